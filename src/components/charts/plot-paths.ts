// Where the values of a plot lie on its surface, and the paths through them. Pure. Recharts' own lines cost a few milliseconds each
// at every change (labels, animation, length of the path), which a page of twenty charts cannot afford.
import type { PlotRow } from './series.ts';

/** The part of the surface inside the axes, in CSS pixels. */
export interface PlotArea {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** From a value to its place on the surface. */
export interface PlotScales {
  x: (value: number) => number;
  y: (value: number) => number;
}

interface Domains {
  xDomain: readonly [number, number];
  yDomain: readonly [number, number];
  yScale: 'linear' | 'log';
}

/** Linear in x; linear or logarithmic in y, which grows upwards. */
export function plotScales(area: PlotArea, { xDomain: [left, right], yDomain, yScale }: Domains): PlotScales {
  const shape = yScale === 'log' ? Math.log10 : (value: number): number => value;
  const [low, high] = [shape(yDomain[0]), shape(yDomain[1])];
  const perX = area.width / (right - left || 1);
  const perY = area.height / (high - low || 1);
  return {
    x: (value) => tenth(area.x + (value - left) * perX),
    y: (value) => tenth(area.y + area.height - (shape(value) - low) * perY),
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** A line through the numbers under `key`; rows without one are passed over. Empty where there is none. */
export function linePath(rows: readonly PlotRow[], key: string, { x, y }: PlotScales): string {
  let path = '';
  for (const row of rows) {
    const value = row[key];
    if (typeof value === 'number' && Number.isFinite(value)) path += `${path ? 'L' : 'M'}${x(row.x)},${y(value)}`;
  }
  return path;
}

/** The area between the [low, high] pairs under `key`. */
export function bandPath(rows: readonly PlotRow[], key: string, { x, y }: PlotScales): string {
  let upper = '';
  let lower = '';
  for (const row of rows) {
    const value = row[key];
    if (typeof value !== 'object') continue;
    const at = x(row.x);
    upper += `${upper ? 'L' : 'M'}${at},${y(value[1])}`;
    lower = `L${at},${y(value[0])}${lower}`;
  }
  return upper && `${upper}${lower}Z`;
}

/** The row whose x is nearest. @param rows in order of x */
export function nearestRow(rows: readonly PlotRow[], x: number): PlotRow | undefined {
  let [low, high] = [0, rows.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.x ?? 0) < x) low = middle;
    else high = middle;
  }
  const [before, after] = [rows[low], rows[high]];
  if (!before || !after) return before ?? after;
  return x - before.x <= after.x - x ? before : after;
}
