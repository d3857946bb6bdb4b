// The drawn part of a chart: the only file that imports Recharts, so that it loads when a chart is first shown.
import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatValue } from '../format.ts';
import type { PlotRow, SeriesStyle } from './series.ts';
import { niceTicks } from './series.ts';
import styles from './Chart.module.css';

export interface PlotSeries {
  id: string;
  name: string;
  style: SeriesStyle;
}

export interface PlotProps {
  rows: PlotRow[];
  series: readonly PlotSeries[];
  xDomain: [number, number];
  yDomain: [number, number];
  yTicks: number[];
  yScale: 'linear' | 'log';
  xName: string;
  height: number;
  /** In CSS pixels; otherwise the width of the frame. */
  width?: number;
  /** Faint raw line and envelope under the smooth one; off for curves such as ROC. */
  showRaw: boolean;
  diagonal?: boolean;
  /** Vertical markers, such as the step on show. */
  markX?: number;
  /** Places where something was changed, such as the learning rate. */
  marks?: readonly { x: number; label: string }[];
}

const AXIS = { stroke: 'var(--line)', tick: { fill: 'var(--ink-3)', fontSize: 11 }, tickLine: false } as const;
const STILL = { dot: false, isAnimationActive: false, connectNulls: true, activeDot: { r: 3 } } as const;

interface HoverProps {
  active?: boolean;
  label?: unknown;
  payload?: readonly { payload?: PlotRow }[];
  series: readonly PlotSeries[];
  xName: string;
  showRaw: boolean;
}

function Hover({ active, label, payload, series, xName, showRaw }: HoverProps) {
  const row = payload?.[0]?.payload;
  if (!active || !row) return null;
  const figure = (key: string): string => {
    const value = row[key];
    return formatValue(typeof value === 'number' ? value : null);
  };
  return (
    <div className={styles.hover}>
      <b>
        {xName} {formatValue(Number(label))}
      </b>
      {series.map(({ id, name, style }) =>
        row[`${id}:raw`] === undefined ? null : (
          <span key={id}>
            <i style={{ background: style.color }} /> {name} {figure(`${id}:raw`)}
            {showRaw ? <small> smooth {figure(`${id}:smooth`)}</small> : null}
          </span>
        ),
      )}
    </div>
  );
}

/** All lines of one chart. Number axes, no animation, no dots (engineering/dependencies.md 5). */
export function Plot({
  rows,
  series,
  xDomain,
  yDomain,
  yTicks,
  yScale,
  xName,
  height,
  width,
  showRaw,
  diagonal,
  markX,
  marks = [],
}: PlotProps) {
  const ticks = niceTicks(xDomain, 5);
  const xTicks = xName === 'step' ? ticks.filter(Number.isInteger) : ticks;
  return (
    <ResponsiveContainer width={width ?? '100%'} height={height}>
      <ComposedChart data={rows} margin={{ top: 6, right: 10, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line-2)" vertical={false} />
        <XAxis type="number" dataKey="x" domain={xDomain} ticks={xTicks} tickFormatter={formatValue} height={22} {...AXIS} />
        <YAxis
          type="number"
          domain={yDomain}
          scale={yScale}
          ticks={yTicks}
          tickFormatter={formatValue}
          width={52}
          allowDataOverflow
          {...AXIS}
          axisLine={false}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--ink-3)' }}
          content={<Hover series={series} xName={xName} showRaw={showRaw} />}
        />
        {diagonal ? (
          <ReferenceLine
            segment={[
              { x: xDomain[0], y: xDomain[0] },
              { x: 1, y: 1 },
            ]}
            stroke="var(--ink-3)"
            strokeDasharray="3 3"
          />
        ) : null}
        {marks.map(({ x, label }) => (
          <ReferenceLine
            key={`${x} ${label}`}
            x={x}
            stroke="var(--ink-2)"
            strokeDasharray="4 3"
            label={{ value: label, position: 'insideTopLeft', fontSize: 10, fill: 'var(--ink-2)' }}
          />
        ))}
        {markX === undefined ? null : <ReferenceLine x={markX} stroke="var(--signal)" strokeWidth={2} />}
        {series.flatMap(({ id, style }) =>
          showRaw
            ? [
                <Area
                  key={`${id}-range`}
                  dataKey={`${id}:range`}
                  stroke="none"
                  fill={style.color}
                  fillOpacity={0.14}
                  {...STILL}
                  activeDot={false}
                />,
                <Line key={`${id}-raw`} dataKey={`${id}:raw`} stroke={style.color} strokeOpacity={0.35} strokeWidth={1} {...STILL} />,
              ]
            : [],
        )}
        {series.map(({ id, style }) => (
          <Line
            key={id}
            dataKey={showRaw ? `${id}:smooth` : `${id}:raw`}
            stroke={style.color}
            strokeDasharray={style.dash}
            strokeWidth={2}
            type="linear"
            {...STILL}
            activeDot={false}
          />
        ))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}
