// From raw series to what a chart draws and says. Pure; raw points stay as they are.
import type { DrawnRow, SeriesPoint } from '../../shared/downsample.ts';
import { drawnRows, MAX_DRAWN_POINTS } from '../../shared/downsample.ts';
import { formatValue } from '../format.ts';

/** The spread around a line at one x. */
export interface ChartBandPoint {
  x: number;
  low: number;
  high: number;
}

/** One line of a chart. Colour and dash come from its place in the list, so that they are stable. */
export interface ChartSeries {
  id: string;
  name: string;
  points: readonly SeriesPoint[];
  /** Overrides the place in the list, for series that must look the same in all charts. */
  style?: number;
  /** Drawn in place of the envelope of thinned-out points, such as the spread over seeds. */
  band?: readonly ChartBandPoint[];
}

/** A row of the plot: x, and per series raw, smooth and [low, high]. */
export interface PlotRow {
  x: number;
  [key: string]: number | [number, number];
}

export interface SeriesStyle {
  color: string;
  dash: string | undefined;
}

const DASHES = [undefined, '7 3', '2 3', '9 3 2 3', '12 4', '4 2'];

const COLORS = 6;

/** Colour and dash of the n-th series; both differ, so that colour is never alone. From the seventh on colours return with other dashes. */
export function seriesStyle(index: number): SeriesStyle {
  const color = index % COLORS;
  return { color: `var(--series-${color + 1})`, dash: DASHES[(color + Math.floor(index / COLORS)) % DASHES.length] };
}

/** FNV-1a, 32 bits: spreads ids evenly, says nothing else about them. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/**
 * A style index for every run, from its id: the same run looks the same on every page and in every comparison. Where an older run
 * has the colour already, the next free one is taken; a newer run never changes an older one's.
 * @param runs all runs of this browser, in any order
 */
export function runStyles(runs: readonly { id: string; createdAt: number }[]): Map<string, number> {
  const used = Array.from({ length: COLORS }, () => 0);
  const styles = new Map<string, number>();
  for (const { id } of [...runs].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))) {
    const rounds = Math.min(...used);
    const start = hashOf(id) % COLORS;
    const color = used.map((_, i) => (start + i) % COLORS).find((one) => used[one] === rounds) ?? start;
    used[color] = rounds + 1;
    styles.set(id, color + COLORS * rounds);
  }
  return styles;
}

/** A row of a table twin: one value per series, null where it has no point there. */
export interface TableRow {
  x: number;
  values: (number | null)[];
}

/** Which point at its x each one is, from 0: an upright piece of a curve, as in ROC, has several. */
function placesAtX(points: readonly { x: number }[]): number[] {
  const seen = new Map<number, number>();
  return points.map(({ x }) => {
    const place = seen.get(x) ?? 0;
    seen.set(x, place + 1);
    return place;
  });
}

/** All raw points of several series, joined on x, in order of x. */
export function tableRows(series: readonly ChartSeries[]): TableRow[] {
  const rows = new Map<string, TableRow>();
  series.forEach(({ points }, column) => {
    const places = placesAtX(points);
    points.forEach(({ x, y }, i) => {
      const key = `${x} ${places[i]}`;
      const row = rows.get(key) ?? { x, values: series.map(() => null) };
      row.values[column] = y;
      rows.set(key, row);
    });
  });
  return [...rows.values()].sort((a, b) => a.x - b.x);
}

/** Rows of several series joined on x, at most 500 points each. */
export function plotRows(series: readonly ChartSeries[], smoothing: number): PlotRow[] {
  const rows = new Map<string, PlotRow>();
  const limit = Math.max(50, Math.floor(MAX_DRAWN_POINTS / Math.max(1, Math.ceil(series.length / 2))));
  for (const { id, points, band } of series) {
    const spread = new Map(band?.map((point) => [point.x, point]));
    const drawn = drawnRows(points, { smoothing, limit });
    const places = placesAtX(drawn);
    drawn.forEach((row, i) => addRow(rows, `${row.x} ${places[i]}`, id, { ...row, ...spread.get(row.x) }));
  }
  return [...rows.values()].sort((a, b) => a.x - b.x);
}

function addRow(rows: Map<string, PlotRow>, key: string, id: string, { x, raw, smooth, low, high }: DrawnRow): void {
  const row = rows.get(key) ?? { x };
  row[`${id}:raw`] = raw;
  row[`${id}:smooth`] = smooth;
  row[`${id}:range`] = [low, high];
  rows.set(key, row);
}

/** The newest finite value; null where there is none. */
export function lastValue(points: readonly SeriesPoint[]): number | null {
  return points.findLast(({ y }) => Number.isFinite(y))?.y ?? null;
}

const placeFigure = (x: number): string => (Number.isInteger(x) ? String(x) : formatValue(x));

/** "step 6", but "0.1035 minutes of work". */
function placeName(xName: string, x: number): string {
  const figure = placeFigure(x);
  return xName === 'step' ? `step ${figure}` : `${figure} ${xName}`;
}

/** In words. Early and late values on average decide; where the two ends alone say otherwise, there is no trend to speak of. */
function trendOf(values: readonly number[], range: number): string {
  const quarter = Math.max(1, Math.floor(values.length / 4));
  const mean = (part: readonly number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
  const change = mean(values.slice(-quarter)) - mean(values.slice(0, quarter));
  const ends = (values.at(-1) ?? 0) - (values[0] ?? 0);
  if (Math.abs(change) <= 0.1 * range) return 'is about level';
  if (change * ends <= 0) return 'goes up and down';
  return change > 0 ? 'rises' : 'falls';
}

/** One sentence for those who do not see the line: range, trend and last value. */
export function summarise(name: string, points: readonly SeriesPoint[], xName: string): string {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  const first = finite[0];
  const last = finite.at(-1);
  if (!first || !last) return `${name}: no values yet.`;
  if (finite.length === 1) return `${name} is ${formatValue(last.y)} at ${placeName(xName, last.x)}.`;
  const values = finite.map(({ y }) => y);
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (low === high) return `${name}: ${formatValue(low)} throughout, ${placeName(xName, first.x)} to ${placeName(xName, last.x)}.`;
  return `${name} ${trendOf(values, high - low)}: ${formatValue(first.y)} at ${placeName(xName, first.x)}, ${formatValue(last.y)} at ${placeName(xName, last.x)}; between ${formatValue(low)} and ${formatValue(high)}.`;
}

/** One sentence for several lines: where each ends. */
export function summariseLast(series: readonly ChartSeries[]): string {
  const ends = series.map(({ name, points }) => {
    const last = points.at(-1);
    return `${name} ${formatValue(lastValue(points))}${last ? ` at ${placeFigure(last.x)}` : ''}`;
  });
  return `Last values: ${ends.join('; ')}.`;
}

/** Round ends around all values, with a little air; equal values get a band of their own. */
export function niceDomain(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  if (low === high) {
    if (low === 0) return [0, 1];
    const margin = Math.abs(low) * 0.1;
    return [low - margin, high + margin];
  }
  const step = 10 ** Math.floor(Math.log10((high - low) / 2));
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}

/** About `count` round tick positions in [low, high]. */
export function niceTicks([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Whole powers of ten around the values above 0; null where there is none. */
export function logDomain(values: readonly number[]): [number, number] | null {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return null;
  const low = 10 ** Math.floor(Math.log10(positive.reduce((a, b) => Math.min(a, b))));
  const high = 10 ** Math.ceil(Math.log10(positive.reduce((a, b) => Math.max(a, b))));
  return [low, high > low ? high : 10 * low];
}

/** The powers of ten in a domain of such, at most six of them. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const [first, last] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const step = Math.max(1, Math.ceil((last - first) / 5));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 10 ** (first + i * step));
}

/** Rows for a logarithmic axis: what is not above 0 is left out, and a band ends at the axis. */
export function logRows(rows: readonly PlotRow[], lowest: number): PlotRow[] {
  return rows.map((row) => {
    const kept = Object.entries(row).flatMap(([key, value]): [string, PlotRow[string]][] => {
      if (key === 'x') return [[key, value]];
      if (typeof value === 'number') return value > 0 ? [[key, value]] : [];
      return value[1] > 0 ? [[key, [Math.max(lowest, value[0]), value[1]]]] : [];
    });
    return { x: row.x, ...Object.fromEntries(kept) };
  });
}
