import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { formatCount, formatDuration } from '../../../components/format.ts';
import type { ImportSummary } from '../../../shared/domain/sample.ts';
import { StorageStore } from '../../../state/storage.ts';
import styles from './ImportDialog.module.css';
import { ProblemList } from '../ProblemList.tsx';

export interface ImportSummaryPanelProps {
  datasetId: string;
  summary: ImportSummary;
  onClose: () => void;
}

/** What became of every file, and the ways on. */
export function ImportSummaryPanel({ datasetId, summary, onClose }: ImportSummaryPanelProps) {
  const { imported, skipped, failed, matchedAnnotations, imagesWithoutText, elapsedMs } = summary;
  const figures = [
    ['stored', imported],
    ['skipped', skipped],
    ['failed', failed],
    ['with text', matchedAnnotations],
    ['without text', imagesWithoutText],
  ] as const;
  return (
    <div className={styles.review} data-testid="import-summary" data-imported={imported} data-skipped={skipped} data-failed={failed}>
      <dl className={styles.figures}>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dd>{formatCount(value)}</dd>
            <dt>{name}</dt>
          </div>
        ))}
      </dl>
      <p className={styles.note}>
        {formatCount(imported + skipped + failed)} image files seen, done in {formatDuration(elapsedMs)}.
      </p>
      <ProtectionOffer />
      {summary.problems.length > 0 ? <ProblemList problems={summary.problems} /> : null}
      <footer className={styles.footer}>
        <Button variant="subtle" onClick={onClose}>
          Close
        </Button>
        <Button variant="default" component={Link} to={`/eval/new?dataset=${encodeURIComponent(datasetId)}`} onClick={onClose}>
          Evaluate a model on it
        </Button>
        <Button component={Link} to={`/data/${encodeURIComponent(datasetId)}`} onClick={onClose}>
          Browse the images
        </Button>
      </footer>
    </div>
  );
}

/** Shown until the browser has promised to keep the data: now there is something to lose. */
function ProtectionOffer() {
  const isOpen = StorageStore.use((state) => !state.persisted && state.error === null);
  const storage = StorageStore.useApi();
  if (!isOpen) return null;
  return (
    <div className={styles.offer}>
      <p>
        The browser may delete what is stored here when the disk runs full, unless you ask it to protect it. Your own files are never
        touched.
      </p>
      <Button variant="default" onClick={() => void storage.getState().persist()}>
        Protect my data
      </Button>
    </div>
  );
}
