// The drawn part of a chart: with PlotLines.tsx the only file that imports Recharts, so that it loads when a chart is first shown.
// Recharts lays out and draws the axes. It is given no rows: it copies, freezes and measures every one of them at each change.
import { useMemo } from 'react';
import { ComposedChart, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { PLOT_MARGIN, plotArea, X_AXIS_HEIGHT, xTicks, Y_AXIS_WIDTH } from './plot-layout.ts';
import { PlotLines } from './PlotLines.tsx';
import { PlotPointer } from './PlotPointer.tsx';
import type { PlotProps } from './plot-props.ts';
import { formatValue } from '../format.ts';

/** `interval` 0 draws the ticks that are given, without measuring their texts. */
const AXIS = {
  type: 'number',
  allowDataOverflow: true,
  tickFormatter: formatValue,
  stroke: 'var(--line)',
  tick: { fill: 'var(--ink-3)', fontSize: 11 },
  tickLine: false,
  interval: 0,
} as const;

/** One chart of axes, lines and pointer. */
export function Plot({ xDomain, yDomain, yTicks, yScale, xName, yName, height, width, ...inside }: PlotProps) {
  const ticks = useMemo(() => xTicks(xDomain, xName), [xDomain, xName]);
  const areaOf = (frame: number) => plotArea(frame, height);
  return (
    <PlotPointer {...inside} xDomain={xDomain} xName={xName} areaOf={areaOf}>
      <ResponsiveContainer width={width ?? '100%'} height={height}>
        <ComposedChart margin={PLOT_MARGIN} accessibilityLayer={false}>
          {/* Without a key the axis would count rows. */}
          <XAxis {...AXIS} dataKey="x" domain={xDomain} ticks={ticks} height={X_AXIS_HEIGHT} />
          <YAxis {...AXIS} domain={yDomain} ticks={yTicks} scale={yScale} width={Y_AXIS_WIDTH} axisLine={false} />
          <PlotLines {...inside} {...{ xDomain, yDomain, yTicks, yScale, xName, yName }} />
        </ComposedChart>
      </ResponsiveContainer>
    </PlotPointer>
  );
}
