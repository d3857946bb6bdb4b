// A linked folder read again: what is new, changed or gone is shown before anything is stored.
import { Button, Modal, Progress } from '@mantine/core';
import { FilePicker } from '../../../components/DropZone.tsx';
import { IconFolderOpen } from '@tabler/icons-react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatCount, formatPlural } from '../../../components/format.ts';
import { Spoken, spokenCount, spokenShare } from '../../../components/Spoken.tsx';
import { DatasetsStore } from '../../../state/datasets.ts';
import { RescanStore } from '../../../state/rescan.ts';
import styles from './ImportDialog.module.css';
import { PathList } from './PathList.tsx';

/** Mounted by the Data page while a re-scan is open. */
export function RescanDialog() {
  const { phase, datasetId } = RescanStore.use((state) => state);
  const store = RescanStore.useApi();
  const name = DatasetsStore.use(({ datasets }) => datasets.find(({ id }) => id === datasetId)?.name ?? 'dataset');
  return (
    <Modal opened={phase !== 'idle'} onClose={store.getState().close} title={`Re-scan ${name}`} size={720} closeOnClickOutside={false}>
      <RescanContent />
    </Modal>
  );
}

function RescanContent() {
  const { phase, datasetId, progress, diff, summary, error } = RescanStore.use((state) => state);
  const store = RescanStore.useApi();
  if (phase === 'failed' && error) return <ErrorNotice error={error} />;
  if (phase === 'unlinked')
    return (
      <div className={styles.review} data-testid="rescan-unlinked">
        <p>
          The browser holds no lasting access to the folder of this dataset: it came through a file list or a bundle. Choose the folder
          once; from then on Re-scan works by itself where the browser allows it (Chrome, Edge).
        </p>
        <div className={styles.buttons}>
          <FilePicker
            label="Choose the folder"
            icon={<IconFolderOpen size={16} stroke={1.7} />}
            testId="rescan-input"
            directory
            onFiles={(walk) => void store.getState().startWith(datasetId, walk)}
          />
        </div>
      </div>
    );
  if (phase === 'review' && diff) return <DiffReview />;
  if (phase === 'done' && summary)
    return (
      <div className={styles.review} data-testid="rescan-done" data-imported={summary.imported} data-failed={summary.failed}>
        <p>
          The dataset is what the folder is: {formatPlural(summary.imported, 'image')} read anew, {formatCount(summary.failed)} failed.
          Tags, notes and ratings stayed.
        </p>
        <Button onClick={store.getState().close}>Close</Button>
      </div>
    );
  const words = { walking: 'files found', comparing: 'files compared', applying: 'images stored' }[phase as 'walking'];
  const count = `${formatCount(progress.done)} ${progress.total > 0 ? `of ${formatCount(progress.total)} ` : ''}${words}`;
  return (
    <div className={styles.running}>
      <Progress value={progress.total > 0 ? (progress.done / progress.total) * 100 : 0} size={8} aria-label="Progress of the re-scan" />
      <p>{count}</p>
      <Spoken
        words={
          phase === 'walking'
            ? `${formatCount(spokenCount(progress.done))} ${words}`
            : `${words}: ${spokenShare(progress.done, progress.total, 'them')}`
        }
      />
    </div>
  );
}

function DiffReview() {
  const diff = RescanStore.use((state) => state.diff);
  const store = RescanStore.useApi();
  if (!diff) return null;
  const { added, changed, removed, moved = [], unchanged } = diff;
  const isSame = added.length + changed.length + removed.length + moved.length === 0;
  return (
    <div
      className={styles.review}
      data-testid="rescan-review"
      data-added={added.length}
      data-changed={changed.length}
      data-removed={removed.length}
      data-moved={moved.length}
      data-unchanged={unchanged}
    >
      <p>
        {isSame ? 'Nothing has changed: ' : ''}
        {formatPlural(unchanged, 'image')} as before, {formatCount(added.length)} new, {formatCount(changed.length)} changed,{' '}
        {formatCount(removed.length)} gone{moved.length > 0 ? `, ${formatCount(moved.length)} renamed or moved` : ''}.
      </p>
      <PathList title="New" paths={added} />
      <PathList title="Changed: file, label or annotation" paths={changed} />
      <PathList title="Gone from the folder" paths={removed} />
      <PathList title="Renamed or moved, the same bytes" paths={moved.map(({ from, to }) => `${from} → ${to}`)} />
      {moved.length > 0 ? (
        <p className={styles.note}>Tags, notes and ratings go with a renamed picture; answers stored before keep its old name.</p>
      ) : null}
      {removed.length > 0 ? (
        <p className={styles.caution}>
          {formatPlural(removed.length, 'image')} will be removed from the dataset. Evaluations keep their numbers but cannot show them.
        </p>
      ) : null}
      <footer className={styles.footer}>
        <Button variant="default" onClick={store.getState().close}>
          {isSame ? 'Close' : 'Leave the dataset as it is'}
        </Button>
        {isSame ? null : (
          <Button onClick={() => void store.getState().apply()} data-testid="rescan-apply">
            Apply
          </Button>
        )}
      </footer>
    </div>
  );
}
