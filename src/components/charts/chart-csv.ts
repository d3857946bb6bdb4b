// The raw points of a chart as CSV, never the thinned-out ones that are drawn. Pure.
import { tableCsv } from '../../shared/formats/table-text.ts';
import type { ChartSeries } from './series.ts';

/** One row per x, one column per line, two more for a line with a band; a cell is empty where a line has no point. */
export function chartCsv(series: readonly ChartSeries[], xName: string): string {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const columns = series.flatMap(({ name, points, band }) => {
    const values = new Map(points.map(({ x, y }) => [x, y]));
    const own = [{ name, at: (x: number) => values.get(x) ?? null }];
    if (!band) return own;
    const spread = new Map(band.map((point) => [point.x, point]));
    return [
      ...own,
      { name: `${name} low`, at: (x: number) => spread.get(x)?.low ?? null },
      { name: `${name} high`, at: (x: number) => spread.get(x)?.high ?? null },
    ];
  });
  const cell = (value: number | null): number | null => (value === null || Number.isFinite(value) ? value : null);
  return tableCsv({
    columns: [xName, ...columns.map(({ name }) => name)],
    rows: xs.map((x) => [x, ...columns.map(({ at }) => cell(at(x)))]),
  });
}
