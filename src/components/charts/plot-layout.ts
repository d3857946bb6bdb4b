// Where the axes of a plot leave room for its shapes, and what stands at the x axis. Pure; screen and paper share it.
import type { PlotArea } from './plot-paths.ts';
import { niceTicks } from './series.ts';

/** Around the whole plot, in CSS pixels. */
export const PLOT_MARGIN = { top: 6, right: 10, bottom: 0, left: 0 };
/** Ticks, and below them the names of the axes. */
export const X_AXIS_HEIGHT = 36;
export const Y_AXIS_WIDTH = 52;

/** The part inside the axes of a plot of this size. */
export function plotArea(width: number, height: number): PlotArea {
  return {
    x: Y_AXIS_WIDTH,
    y: PLOT_MARGIN.top,
    width: width - Y_AXIS_WIDTH - PLOT_MARGIN.right,
    height: height - PLOT_MARGIN.top - X_AXIS_HEIGHT,
  };
}

/** `↑ true positive rate · false positive rate →`; a chart's title names its y axis where nothing else does. */
export function axisNames({ xName, yName }: { xName: string; yName?: string }): string {
  return `${yName ? `↑ ${yName} · ` : ''}${xName} →`;
}

/** About five; whole numbers where steps are counted. */
export function xTicks(xDomain: [number, number], xName: string): number[] {
  const ticks = niceTicks(xDomain, 5);
  return xName === 'step' ? ticks.filter(Number.isInteger) : ticks;
}
