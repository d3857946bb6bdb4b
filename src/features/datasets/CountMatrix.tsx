import { TableHead } from '../../components/TableHead.tsx';
import type { CountRow } from '../../shared/domain/sample.ts';
import { formatCount } from '../../components/format.ts';
import styles from './CountMatrix.module.css';
import { tabulateCounts } from './counts.ts';

/** Domains down, splits across; each cell a bar of real and fake with its numbers. */
export function CountMatrix({ rows }: { rows: readonly CountRow[] }) {
  const { domains, splits, cells, largest } = tabulateCounts(rows);
  return (
    <div className={styles.scroll}>
      <table className={styles.matrix}>
        <TableHead columns={['domain', ...splits.map((split) => (split === 'none' ? 'no split' : split))]} />
        <tbody>
          {domains.map((domain) => (
            <tr key={domain}>
              <th scope="row">{domain || 'no domain'}</th>
              {splits.map((split) => (
                <td key={split}>
                  <CellBar counts={cells.get(`${domain}/${split}`)} largest={largest} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellBar({ counts, largest }: { counts: { real: number; fake: number; none: number } | undefined; largest: number }) {
  if (!counts) return <span className={styles.empty}>–</span>;
  const parts = (['real', 'fake', 'none'] as const).filter((label) => counts[label] > 0);
  return (
    <div className={styles.cell}>
      <div className={styles.bar} aria-hidden>
        {parts.map((label) => (
          <span key={label} data-label={label} data-drawn style={{ width: `${(counts[label] / largest) * 100}%` }} />
        ))}
      </div>
      <span className={styles.numbers}>
        {parts.map((label) => (
          <span key={label} data-label={label}>
            {formatCount(counts[label])} {label === 'none' ? 'unlabelled' : label}
          </span>
        ))}
      </span>
    </div>
  );
}
