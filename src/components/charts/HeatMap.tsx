// A grid of values as colours with their figures on hover and in a table twin: rows are places, columns are steps.
import { useState } from 'react';
import { formatValue } from '../format.ts';
import { TableSwitch } from './TableSwitch.tsx';
import { TableHead } from '../TableHead.tsx';
import chartStyles from './Chart.module.css';
import styles from './HeatMap.module.css';

export interface HeatMapProps {
  title: string;
  metric: string;
  rowNames: readonly string[];
  /** One per column, in order. */
  columns: readonly { x: number; values: readonly (number | null)[] }[];
  xName?: string;
  rowTitle: string;
  summary: string;
}

/** Columns drawn at most; more are averaged in equal parts. */
const MAX_COLUMNS = 120;

type Column = HeatMapProps['columns'][number];

function meanColumn(part: readonly Column[]): Column | null {
  const first = part[0];
  if (!first) return null;
  const values = first.values.map((_, row) => {
    const present = part.flatMap((column) => column.values[row] ?? []);
    return present.length > 0 ? present.reduce((a, b) => a + b, 0) / present.length : null;
  });
  return { x: part.at(-1)?.x ?? first.x, values };
}

/** At most 120 columns; the same averaging rule for every length beyond that. */
export function groupColumns(columns: readonly Column[]): Column[] {
  if (columns.length <= MAX_COLUMNS) return [...columns];
  const edge = (i: number): number => Math.floor((i * columns.length) / MAX_COLUMNS);
  return Array.from({ length: MAX_COLUMNS }, (_, i) => meanColumn(columns.slice(edge(i), edge(i + 1)))).filter((column) => column !== null);
}

function Grid({ rowNames, columns, xName = 'step' }: Pick<HeatMapProps, 'rowNames' | 'columns' | 'xName'>) {
  const drawn = groupColumns(columns);
  const values = columns.flatMap((column) => column.values.filter((value) => value !== null));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const share = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5);
  return (
    <>
      <div className={styles.grid} style={{ gridTemplateColumns: `auto repeat(${drawn.length}, minmax(2px, 1fr))` }} aria-hidden data-drawn>
        {rowNames.map((name, row) => (
          <div key={name} className={styles.row}>
            <span className={styles.rowName}>{name}</span>
            {drawn.map(({ x, values }) => {
              const value = values[row] ?? null;
              const strength = value === null ? null : Math.round(8 + 92 * share(value));
              const background = strength === null ? 'none' : `color-mix(in oklab, var(--series-2) ${strength}%, var(--sheet-2))`;
              return (
                <span key={x} className={styles.cell} style={{ background }} title={`${name}, ${xName} ${x}: ${formatValue(value)}`} />
              );
            })}
          </div>
        ))}
      </div>
      <p className={styles.scale}>
        <span>
          {xName} {columns[0]?.x ?? ''} to {columns.at(-1)?.x ?? ''}
        </span>
        <span className={styles.ramp}>
          {formatValue(low)} <i data-drawn /> {formatValue(high)}
        </span>
      </p>
    </>
  );
}

function Table({ title, rowNames, columns, xName = 'step' }: Pick<HeatMapProps, 'title' | 'rowNames' | 'columns' | 'xName'>) {
  return (
    <div className={chartStyles.table} role="region" aria-label={`${title}: values`} tabIndex={0}>
      <table>
        <TableHead columns={[xName, ...rowNames]} />
        <tbody>
          {columns.toReversed().map(({ x, values }) => (
            <tr key={x}>
              <th scope="row">{x}</th>
              {rowNames.map((name, row) => (
                <td key={name}>{formatValue(values[row] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Colour runs from the lowest to the highest value; figures are in the table. */
export function HeatMap({ title, metric, rowNames, columns, xName, rowTitle, summary }: HeatMapProps) {
  const [isTable, setIsTable] = useState(false);
  return (
    <figure className={chartStyles.chart} data-testid="chart" data-metric={metric} data-points={columns.length}>
      <figcaption className={chartStyles.head}>
        <span className={chartStyles.title} title={metric}>
          {title}
        </span>
        <span className={styles.rowTitle}>{rowTitle}</span>
        <TableSwitch label={title} isTable={isTable} onChange={setIsTable} />
      </figcaption>
      {columns.length === 0 ? (
        <p className={chartStyles.none}>No values yet.</p>
      ) : isTable ? (
        <Table title={title} rowNames={rowNames} columns={columns} xName={xName} />
      ) : (
        <Grid rowNames={rowNames} columns={columns} xName={xName} />
      )}
      <p className={chartStyles.summary}>{summary}</p>
    </figure>
  );
}
