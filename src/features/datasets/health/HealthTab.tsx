import { useEffect } from 'react';
import { Panel } from '../../../components/Page.tsx';
import { formatPlural } from '../../../components/format.ts';
import { TableMenu } from '../../../components/TableMenu.tsx';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import { DatasetHealthStore } from '../../../state/dataset-health.ts';
import { ChecksPanel } from './ChecksPanel.tsx';
import { CopiesPanel } from './CopiesPanel.tsx';
import { CountMatrix } from '../CountMatrix.tsx';
import { balanceWarnings } from '../counts.ts';
import styles from '../DatasetPage.module.css';
import { ProblemList } from '../ProblemList.tsx';
import { countProblems } from '../problems.ts';
import { ShortcutPanel } from './ShortcutPanel.tsx';
import { useSampleEdits } from '../use-sample-edits.ts';

/** Balance, copies and leaks, shortcuts, and what the import found wrong. */
export function HealthTab({ dataset }: { dataset: DatasetRecord }) {
  const store = DatasetHealthStore.useApi();
  const report = DatasetHealthStore.use((state) => (state.datasetId === dataset.id ? state.report : null));
  const problems = dataset.summary?.problems ?? [];
  const edits = useSampleEdits();
  useEffect(() => {
    void store.getState().open(dataset.id);
    // Read anew when the images have changed.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [store, dataset.id, dataset.contentHash]);
  return (
    <div className={styles.health}>
      <Balance dataset={dataset} />
      <ChecksPanel dataset={dataset} />
      {report ? (
        <>
          <CopiesPanel datasetId={dataset.id} groups={report.groups} isComplete={report.comparedAt !== null} edits={edits} />
          <ShortcutPanel findings={report.shortcuts} />
        </>
      ) : null}
      <Panel title="Problems of the import" aside={formatPlural(countProblems(problems), 'problem')}>
        <ProblemList problems={problems} />
      </Panel>
    </div>
  );
}

/** Domains, splits and labels: bars with their numbers in one table, and what could mislead. */
function Balance({ dataset }: { dataset: DatasetRecord }) {
  const warnings = balanceWarnings(dataset.counts);
  const table = () => ({
    columns: ['domain', 'split', 'label', 'images'],
    rows: dataset.counts.map(({ domain, split, label, count }) => [domain, split, label ?? 'none', String(count)]),
  });
  return (
    <Panel title="Balance" aside={<TableMenu table={table} fileName="balance" />}>
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
  );
}
