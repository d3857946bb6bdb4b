// The raw points of a chart as CSV, never the thinned-out ones that are drawn. Pure.
import { tableCsv } from '../../shared/formats/table-text.ts';
import type { ChartSeries } from './series.ts';
import { tableRows } from './series.ts';

const cell = (value: number | null | undefined): number | null => (value != null && Number.isFinite(value) ? value : null);

/** One row per point, one column per line, two more for a line with a band; a cell is empty where a line has no point. */
export function chartCsv(series: readonly ChartSeries[], xName: string): string {
  const spreads = series.map(({ band }) => band && new Map(band.map((point) => [point.x, point])));
  const names = series.flatMap(({ name, band }) => (band ? [name, `${name} low`, `${name} high`] : [name]));
  const rows = tableRows(series).map(({ x, values }) => [
    x,
    ...values.flatMap((value, i) => {
      const spread = spreads[i];
      return spread ? [cell(value), cell(spread.get(x)?.low), cell(spread.get(x)?.high)] : [cell(value)];
    }),
  ]);
  return tableCsv({ columns: [xName, ...names], rows });
}
