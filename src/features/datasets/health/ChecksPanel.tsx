// Starts and stops the checks of the stored files, and says what is known so far.
import { Button, Progress } from '@mantine/core';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { Panel } from '../../../components/Page.tsx';
import { formatCount, formatDate, formatDuration } from '../../../components/format.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import { DatasetHealthStore } from '../../../state/dataset-health.ts';
import styles from './Health.module.css';

/** The first panel of the checks. */
export function ChecksPanel({ dataset }: { dataset: DatasetRecord }) {
  const { report, progress, error } = DatasetHealthStore.use((state) => state);
  const store = DatasetHealthStore.useApi();
  const isRunning = progress !== null;
  return (
    <Panel title="Checks of the files" aside="copies, near copies, leaks between splits, shortcuts">
      <div
        className={styles.checks}
        data-testid="health-report"
        data-checked={report?.checkedCount ?? 0}
        data-compared={report?.comparedAt ?? ''}
      >
        <p className={styles.quiet}>{isRunning ? <Running /> : <Known />}</p>
        {isRunning ? (
          <Button variant="default" onClick={store.getState().cancel} data-testid="checks-cancel">
            Stop, keep what was read
          </Button>
        ) : (
          <Button onClick={() => void store.getState().run(dataset.name)} disabled={!report} data-testid="checks-run">
            {report?.comparedAt ? 'Run checks again' : 'Run checks'}
          </Button>
        )}
      </div>
      {progress ? (
        <Progress
          value={progress.total > 0 ? (progress.done / progress.total) * 100 : 0}
          size={8}
          aria-label="Progress of the checks"
          data-testid="checks-progress"
          data-done={progress.done}
          data-total={progress.total}
        />
      ) : null}
      {error ? <ErrorNotice error={error} /> : null}
    </Panel>
  );
}

function Running() {
  const progress = DatasetHealthStore.use((state) => state.progress);
  const etaMs = DatasetHealthStore.use((state) => state.etaMs);
  if (!progress || progress.total === 0) return 'Starting…';
  const words = progress.phase === 'read' ? 'Reading the stored files' : 'Comparing the pictures';
  const left = etaMs === null ? '' : ` About ${formatDuration(etaMs)} left.`;
  return `${words}: ${formatCount(progress.done)} of ${formatCount(progress.total)}.${left}`;
}

function Known() {
  const report = DatasetHealthStore.use((state) => state.report);
  if (!report) return 'Reading what is known…';
  const { checkedCount, imageCount, comparedAt } = report;
  if (comparedAt && checkedCount < imageCount)
    return `${formatCount(checkedCount)} of ${formatCount(imageCount)} images were compared on ${formatDate(comparedAt)}. The files of the others are gone from the linked folder or have changed: press Re-scan on Data, then run the checks again.`;
  if (comparedAt) return `All ${formatCount(imageCount)} images were compared on ${formatDate(comparedAt)}. Nothing was sent anywhere.`;
  if (checkedCount > 0) return `${formatCount(checkedCount)} of ${formatCount(imageCount)} files were read. Run the checks to go on there.`;
  return 'Exact copies are known from the import. Near copies, JPEG quality and EXIF need one look at each stored file.';
}
