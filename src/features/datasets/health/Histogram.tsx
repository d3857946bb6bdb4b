// A histogram of whole numbers as bars, with the same numbers as a table.
import { useState } from 'react';
import { TableHead } from '../../../components/TableHead.tsx';
import { TableSwitch } from '../../../components/charts/TableSwitch.tsx';
import { formatCount, formatFigure } from '../../../components/format.ts';
import type { Distribution } from '../../../shared/domain/text-statistics.ts';
import styles from './Histogram.module.css';

export interface HistogramProps {
  title: string;
  /** For tests and tools, such as `tokens`. */
  metric: string;
  distribution: Distribution;
  /** A limit to mark, with its name. */
  limit?: { value: number; words: string };
}

function rangeWords({ from, to }: Distribution['bins'][number]): string {
  return to - from === 1 ? String(from) : `${from} to ${to - 1}`;
}

/** Bars and their table twin. */
export function Histogram({ title, metric, distribution, limit }: HistogramProps) {
  const [isTable, setIsTable] = useState(false);
  const { bins, min, median, mean, p95, max } = distribution;
  const largest = bins.reduce((most, { count }) => Math.max(most, count), 1);
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const summary =
    min === max
      ? `${formatCount(total)} rows, each ${min}.`
      : `${formatCount(total)} rows from ${min} to ${max}: half of them at most ${median}, 95 % at most ${p95}, mean ${formatFigure(mean, 1)}. The highest bar is ${formatCount(largest)}.`;
  return (
    <figure className={styles.figure} data-testid="chart" data-metric={metric} data-points={bins.length}>
      <figcaption>
        <b>{title}</b>
        <TableSwitch label={title} isTable={isTable} onChange={setIsTable} />
      </figcaption>
      {isTable ? (
        <div className={styles.table} role="region" aria-label={`${title}: values`} tabIndex={0}>
          <table>
            <TableHead columns={[metric, 'rows']} />
            <tbody>
              {bins.map((bin) => (
                <tr key={bin.from}>
                  <th scope="row">{rangeWords(bin)}</th>
                  <td>{formatCount(bin.count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className={styles.bars} aria-hidden data-drawn>
          {bins.map((bin) => (
            <span
              key={bin.from}
              title={`${rangeWords(bin)}: ${formatCount(bin.count)}`}
              data-over={(limit && bin.to - 1 > limit.value) || undefined}
            >
              <i style={{ height: `${(bin.count / largest) * 100}%` }} />
            </span>
          ))}
        </div>
      )}
      <p className={styles.axis} aria-hidden>
        <span>{min}</span>
        <span>
          {max}
          {limit ? (limit.value > max ? ` · ${limit.words} →` : ` · ${limit.words}`) : ''}
        </span>
      </p>
      <p className={styles.summary}>{summary}</p>
    </figure>
  );
}
