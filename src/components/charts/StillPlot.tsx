// A plot drawn at once and whole, with axes of its own: on paper, far from the screen, and until the one that follows the pointer
// has been loaded. What it needs to know of its frame is given to it.
import { useMemo } from 'react';
import { formatValue } from '../format.ts';
import { plotArea, xTicks } from './plot-layout.ts';
import { plotScales } from './plot-paths.ts';
import type { PlotProps } from './plot-props.ts';
import { PlotShapes } from './PlotShapes.tsx';

interface StillPlotProps {
  plot: PlotProps;
  /** Of the drawing, in CSS pixels; the sheet may stretch it. */
  width: number;
  className?: string | undefined;
  testId: string;
}

/** The axes with their lines inside. Its figures are in the chart's table. */
export function StillPlot({ plot, width, className, testId }: StillPlotProps) {
  const { height } = plot;
  const area = useMemo(() => plotArea(width, height), [width, height]);
  const { x, y } = plotScales(area, plot);
  const bottom = area.y + area.height;
  return (
    <svg className={className} viewBox={`0 0 ${width} ${height}`} fontSize={11} fill="var(--ink-3)" data-testid={testId} aria-hidden>
      <PlotShapes {...plot} area={area} />
      <line x1={area.x} x2={area.x + area.width} y1={bottom} y2={bottom} stroke="var(--line)" />
      {xTicks(plot.xDomain, plot.xName).map((tick) => (
        <text key={tick} x={x(tick)} y={bottom + 15} textAnchor="middle">
          {formatValue(tick)}
        </text>
      ))}
      {plot.yTicks.map((tick) => (
        <text key={tick} x={area.x - 8} y={y(tick) + 4} textAnchor="end">
          {formatValue(tick)}
        </text>
      ))}
    </svg>
  );
}
