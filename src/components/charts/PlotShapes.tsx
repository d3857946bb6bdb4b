// What a plot draws inside its axes: grid, bands, lines, marks. Plain SVG, the same on the screen and on paper.
import { useMemo } from 'react';
import type { PlotArea, PlotScales } from './plot-paths.ts';
import { bandPath, linePath, plotScales } from './plot-paths.ts';
import { axisNames, X_AXIS_HEIGHT } from './plot-layout.ts';
import type { PlotProps } from './plot-props.ts';

export type ShapesProps = Pick<
  PlotProps,
  'rows' | 'series' | 'xDomain' | 'yDomain' | 'yTicks' | 'yScale' | 'xName' | 'yName' | 'showRaw' | 'diagonal' | 'markX' | 'marks'
>;

function Grid({ area, scales, yTicks }: { area: PlotArea; scales: PlotScales; yTicks: readonly number[] }) {
  return (
    <g stroke="var(--line-2)">
      {yTicks.map((tick) => (
        <line key={tick} x1={area.x} x2={area.x + area.width} y1={scales.y(tick)} y2={scales.y(tick)} />
      ))}
    </g>
  );
}

/** Below this a mark's word stands on its left, so that the edge does not cut it. */
const LABEL_ROOM = 24;

/** Vertical lines where a setting was changed, and at the step on show. */
function Marks({ area, scales, marks = [], markX }: Pick<ShapesProps, 'marks' | 'markX'> & { area: PlotArea; scales: PlotScales }) {
  const ends = { y1: area.y, y2: area.y + area.height };
  return (
    <g>
      {marks.map(({ x, label }) => {
        const at = scales.x(x);
        const isAtEnd = at > area.x + area.width - LABEL_ROOM;
        return (
          <g key={`${x} ${label}`} data-part="mark">
            <line x1={at} x2={at} {...ends} stroke="var(--ink-2)" strokeDasharray="4 3" />
            <text x={isAtEnd ? at - 4 : at + 4} y={area.y + 10} textAnchor={isAtEnd ? 'end' : 'start'} fontSize={10} fill="var(--ink-2)">
              {label}
            </text>
          </g>
        );
      })}
      {markX === undefined ? null : (
        <line x1={scales.x(markX)} x2={scales.x(markX)} {...ends} stroke="var(--signal)" strokeWidth={2} data-part="mark" />
      )}
    </g>
  );
}

function Lines({ rows, series, showRaw, scales }: Pick<ShapesProps, 'rows' | 'series' | 'showRaw'> & { scales: PlotScales }) {
  return (
    <g fill="none">
      {showRaw
        ? series.map(({ id, style }) => (
            <g key={id}>
              <path d={bandPath(rows, `${id}:range`, scales)} fill={style.color} fillOpacity={0.14} />
              <path d={linePath(rows, `${id}:raw`, scales)} stroke={style.color} strokeOpacity={0.35} />
            </g>
          ))
        : null}
      {series.map(({ id, style }) => (
        <path
          key={id}
          data-part="line"
          data-series={id}
          d={linePath(rows, showRaw ? `${id}:smooth` : `${id}:raw`, scales)}
          stroke={style.color}
          strokeDasharray={style.dash}
          strokeWidth={2}
        />
      ))}
    </g>
  );
}

/** @param area inside the axes, on the surface that it is drawn on */
export function PlotShapes({ area, ...props }: ShapesProps & { area: PlotArea }) {
  const { rows, series, xDomain, yDomain, yTicks, yScale, xName, yName, showRaw, diagonal, markX, marks } = props;
  const scales = useMemo(() => plotScales(area, { xDomain, yDomain, yScale }), [area, xDomain, yDomain, yScale]);
  const [start, end] = [xDomain[0], Math.min(1, xDomain[1])];
  return (
    <g>
      <Grid area={area} scales={scales} yTicks={yTicks} />
      {diagonal ? (
        <line x1={scales.x(start)} y1={scales.y(start)} x2={scales.x(end)} y2={scales.y(end)} stroke="var(--ink-3)" strokeDasharray="3 3" />
      ) : null}
      <Lines rows={rows} series={series} showRaw={showRaw} scales={scales} />
      <Marks area={area} scales={scales} marks={marks} markX={markX} />
      <text
        x={area.x + area.width}
        y={area.y + area.height + X_AXIS_HEIGHT - 4}
        textAnchor="end"
        fontSize={11}
        fill="var(--ink-3)"
        data-part="axis-names"
      >
        {axisNames({ xName, yName })}
      </text>
    </g>
  );
}
