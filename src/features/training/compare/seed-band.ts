// The mean line of runs that differ only in the seed, with a band around it. Pure.
import type { ChartBandPoint } from '../../../components/charts/series.ts';
import type { SeriesPoint } from '../../../shared/downsample.ts';
import { spreadOf } from './figures.ts';

export type BandKind = 'minmax' | 'sd';

export interface MeanSeries {
  n: number;
  points: SeriesPoint[];
  /** Empty for a single run: one seed has no spread. */
  band: ChartBandPoint[];
}

/** Only steps that all runs have: a mean over fewer runs towards the end would bend the line. */
export function meanSeries(series: readonly (readonly SeriesPoint[])[], kind: BandKind): MeanSeries {
  const [first = [], ...others] = series.map((points) => points.filter(({ y }) => Number.isFinite(y)));
  const tables = others.map((points) => new Map(points.map(({ x, y }) => [x, y])));
  const rows = first.flatMap(({ x, y }) => {
    const values = [y, ...tables.flatMap((table) => table.get(x) ?? [])];
    const spread = values.length === series.length ? spreadOf(values) : null;
    return spread ? [{ x, values, spread }] : [];
  });
  const band = rows.map(({ x, values, spread: { mean, sd } }) =>
    kind === 'sd'
      ? { x, low: mean - (sd ?? 0), high: mean + (sd ?? 0) }
      : { x, low: values.reduce((a, b) => Math.min(a, b)), high: values.reduce((a, b) => Math.max(a, b)) },
  );
  return {
    n: series.length,
    points: rows.map(({ x, spread: { mean } }) => ({ x, y: mean })),
    band: series.length > 1 ? band : [],
  };
}
