// Turns a whole series into at most a few hundred rows to draw. Raw points are never changed: smoothing and the
// min/max envelope are drawn over them. The same rule holds for every length (spec/ui.md 7).

/** One raw point of a series. */
export interface SeriesPoint {
  x: number;
  y: number;
}

/** One drawn row. Where a bucket holds one point, low = high = raw. */
export interface DrawnRow {
  x: number;
  raw: number;
  smooth: number;
  low: number;
  high: number;
}

/** Points drawn per series; beyond it Recharts leaves one frame (engineering/dependencies.md 5). */
export const MAX_DRAWN_POINTS = 500;

/**
 * Exponential moving average with start-up correction. It looks only back, so that a new point never
 * changes what was drawn before, and does not depend on the length of the series.
 * @param weight 0 = none, towards 1 = stronger
 */
export function smoothValues(values: readonly number[], weight: number): number[] {
  let average = 0;
  let correction = 1;
  return values.map((value) => {
    average = weight * average + (1 - weight) * value;
    correction *= weight;
    return average / (1 - correction);
  });
}

/** Twice the area of the triangle a, b, c: how far b stands out. */
function prominence(a: SeriesPoint, b: SeriesPoint, c: SeriesPoint): number {
  return Math.abs((a.x - c.x) * (b.y - a.y) - (a.x - b.x) * (c.y - a.y));
}

function meanPoint(points: readonly SeriesPoint[]): SeriesPoint {
  const sum = points.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/** [start, end) of each bucket: first and last point alone, the rest in `limit - 2` equal parts. */
function bucketRanges(count: number, limit: number): [number, number][] {
  if (count <= limit) return Array.from({ length: count }, (_, i) => [i, i + 1]);
  const inner = limit - 2;
  const edge = (i: number): number => 1 + Math.floor((i * (count - 2)) / inner);
  return [[0, 1], ...Array.from({ length: inner }, (_, i): [number, number] => [edge(i), edge(i + 1)]), [count - 1, count]];
}

/** Index of the point of [start, end) that stands out most between the last chosen point and the next bucket's mean. */
function mostProminent(points: readonly SeriesPoint[], start: number, end: number, before: SeriesPoint, after: SeriesPoint): number {
  let best = start;
  let bestArea = -1;
  for (let i = start; i < end; i++) {
    const point = points[i];
    const area = point ? prominence(before, point, after) : -1;
    if (area > bestArea) [best, bestArea] = [i, area];
  }
  return best;
}

function minMax(points: readonly SeriesPoint[]): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const { y } of points) {
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  return { low, high };
}

/**
 * Rows to draw: largest-triangle-three-buckets for the line, with the bucket's minimum and maximum beside it.
 * @param points in order of x; points that are not finite are left out
 * @param options.smoothing weight of `smoothValues`, applied to all raw points before they are thinned out
 * @see Steinarsson 2013, Downsampling time series for visual representation
 */
export function drawnRows(points: readonly SeriesPoint[], options: { smoothing?: number; limit?: number } = {}): DrawnRow[] {
  const finite = points.filter((point) => Number.isFinite(point.y));
  const smooth = smoothValues(
    finite.map((point) => point.y),
    options.smoothing ?? 0,
  );
  const ranges = bucketRanges(finite.length, options.limit ?? MAX_DRAWN_POINTS);
  let previous = finite[0];
  const rows: DrawnRow[] = [];
  ranges.forEach(([start, end], bucket) => {
    const next = ranges[bucket + 1];
    if (!previous) return;
    const after = next ? meanPoint(finite.slice(next[0], next[1])) : previous;
    const index = mostProminent(finite, start, end, previous, after);
    const point = finite[index];
    if (!point) return;
    rows.push({ x: point.x, raw: point.y, smooth: smooth[index] ?? point.y, ...minMax(finite.slice(start, end)) });
    previous = point;
  });
  return rows;
}
