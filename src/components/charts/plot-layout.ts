// Where the axes of a plot leave room for its shapes, and what stands at the x axis. Pure; screen and paper share it.
import type { PlotArea } from './plot-paths.ts';
import { niceTicks } from './series.ts';

/** Around the whole plot, in CSS pixels. */
export const PLOT_MARGIN = { top: 6, right: 10, bottom: 0, left: 0 };
export const X_AXIS_HEIGHT = 22;
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

/** About five; whole numbers where steps are counted. */
export function xTicks(xDomain: [number, number], xName: string): number[] {
  const ticks = niceTicks(xDomain, 5);
  return xName === 'step' ? ticks.filter(Number.isInteger) : ticks;
}
