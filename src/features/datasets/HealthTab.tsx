import { Panel } from '../../components/Page.tsx';
import { formatPlural } from '../../components/format.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import { CountMatrix } from './CountMatrix.tsx';
import { balanceWarnings } from './counts.ts';
import styles from './DatasetPage.module.css';
import { ProblemList } from './ProblemList.tsx';

/** Balance of domains, splits and labels, and what the import found wrong. */
export function HealthTab({ dataset }: { dataset: DatasetRecord }) {
  const warnings = balanceWarnings(dataset.counts);
  const problems = dataset.summary?.problems ?? [];
  return (
    <div className={styles.health}>
      <Panel title="Balance" aside="images per domain, split and label">
        <CountMatrix rows={dataset.counts} />
        {warnings.length === 0 ? (
          <p className={styles.quiet}>Every domain and split has both classes in fair shares.</p>
        ) : (
          <ul className={styles.warnings}>
            {warnings.map(({ text, cells }) => (
              <li key={text}>
                {text} <span className={styles.quiet}>{cells.join(', ')}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Problems of the import" aside={formatPlural(problems.length, 'problem')}>
        <ProblemList problems={problems} />
      </Panel>
    </div>
  );
}
