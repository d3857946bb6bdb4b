import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { walkFolder } from '../../components/drop-entries.ts';
import { DropZone } from '../../components/DropZone.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { FolderTree } from '../../components/FolderTree.tsx';
import { Page } from '../../components/Page.tsx';
import { formatBytes, formatPlural } from '../../components/format.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import { storedBytes } from '../../shared/stored-bytes.ts';
import { DatasetsStore } from '../../state/datasets.ts';
import { eraseLater } from '../../state/erase-later.ts';
import { ImportsStore } from '../../state/imports.ts';
import { useImportDrop } from '../../state/use-import-drop.ts';
import { NoticesStore } from '../../state/notices.ts';
import { RescanStore } from '../../state/rescan.ts';
import { DatasetCard } from './DatasetCard.tsx';
import styles from './DatasetListPage.module.css';
import { ImportRunning } from './import/ImportRunning.tsx';
import { RescanDialog } from './import/RescanDialog.tsx';

/** `#/data` */
export function DatasetListPage() {
  const phase = DatasetsStore.use((state) => state.phase);
  const datasets = DatasetsStore.use((state) => state.datasets);
  const error = DatasetsStore.use((state) => state.error);
  const store = DatasetsStore.useApi();
  const isImporting = ImportsStore.use((state) => state.phase === 'importing');
  const rescan = RescanStore.useApi();
  const [doomed, setDoomed] = useState<DatasetRecord | null>(null);
  return (
    <Page title="Data" lead="Datasets in this browser. Images are stored here and nowhere else.">
      <BackgroundImport />
      {error ? <ErrorNotice error={error} action={{ label: 'Try again', onClick: () => void store.getState().refresh() }} /> : null}
      {phase === 'loading' ? <p className={styles.quiet}>Reading the list…</p> : null}
      <div className={styles.cards}>
        {datasets.map((dataset) => (
          <DatasetCard
            key={dataset.id}
            dataset={dataset}
            isGrowing={isImporting && dataset.state === 'importing'}
            onDelete={() => setDoomed(dataset)}
            onRescan={() => void rescan.getState().start(dataset.id, walkFolder)}
          />
        ))}
      </div>
      <AddImages isFirst={phase === 'ready' && datasets.length === 0} />
      <RescanDialog />
      {doomed ? <DeleteDialog dataset={doomed} onClose={() => setDoomed(null)} /> : null}
    </Page>
  );
}

/** The running import while its dialog is aside. */
function BackgroundImport() {
  const isAside = ImportsStore.use((state) => state.phase === 'importing' && !state.shown);
  if (!isAside) return null;
  return (
    <section className={styles.running} aria-label="Running import">
      <ImportRunning isAside />
    </section>
  );
}

function AddImages({ isFirst }: { isFirst: boolean }) {
  return (
    <DropZone {...useImportDrop()}>
      <div className={styles.add}>
        <div>
          <h2>{isFirst ? 'No datasets yet' : 'Add images'}</h2>
          <p>
            Drop the folder that contains the domains (for DF-R5: ddim, pixart, sd …). A single domain or a single split works too, and a
            LLaVA JSON beside the images is joined to them.
          </p>
          {isFirst ? (
            <p>
              No images at hand? <Link to="/">Try the demo</Link> on Home.
            </p>
          ) : null}
        </div>
        <FolderTree />
      </div>
    </DropZone>
  );
}

function DeleteDialog({ dataset, onClose }: { dataset: DatasetRecord; onClose: () => void }) {
  const store = DatasetsStore.useApi();
  const notices = NoticesStore.useApi();
  const images = formatPlural(dataset.imageCount, 'image');
  const bytes = formatBytes(storedBytes(dataset));
  const remove = () => {
    const { id, name } = dataset;
    eraseLater(notices, {
      text: `${name} was deleted.`,
      hide: () => store.getState().hide(id, true),
      restore: () => store.getState().hide(id, false),
      erase: async () => {
        if (!store.getState().isHidden(id)) return; // it came back by another way
        const freed = await store.getState().remove(id);
        notices.getState().tell(`${name}: ${formatBytes(freed)} are free again.`);
      },
    });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Delete ${dataset.name}?`}>
      <p>
        {dataset.pictures ? `What is stored of ${images} (about ${bytes}) is removed` : `${images} (${bytes}) are removed`} from this
        browser. The files you imported them from stay as they are. Evaluations and runs keep their numbers but cannot show these images any
        more.
      </p>
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button onClick={remove}>Delete {bytes}</Button>
      </div>
    </Modal>
  );
}
