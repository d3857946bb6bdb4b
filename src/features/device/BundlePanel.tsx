// Everything as one file: the backup against a browser that forgets, and the way to another machine.
import { Button, Checkbox } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { FilePicker } from '../../components/DropZone.tsx';
import { formatCount, formatPlural } from '../../components/format.ts';
import { picturesLeftOut } from '../../components/left-out-words.ts';
import { Panel } from '../../components/Page.tsx';
import { saveFile } from '../../components/save-file.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import type { BundleSummary } from '../../shared/data-api.ts';
import { WorkbenchError } from '../../shared/errors.ts';
import { DatasetsStore } from '../../state/datasets.ts';
import { ExchangeStore } from '../../state/exchange.ts';
import { NoticesStore } from '../../state/notices.ts';
import { type SamplesState, SamplesStore } from '../../state/samples.ts';
import styles from './DevicePage.module.css';

const LIST_IN_BUNDLE = 'left-out.jsonl in the folder of the dataset';

/** Export and import of a project bundle. */
export function BundlePanel() {
  const exchange = ExchangeStore.useApi();
  const busy = ExchangeStore.use((state) => state.busy);
  const bundle = ExchangeStore.use((state) => state.bundle);
  const [images, setImages] = useState(true);
  const datasets = DatasetsStore.use((state) => state.datasets);
  const samples = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  const total = datasets.reduce((sum, { pictures, imageCount }) => sum + (pictures === 'thumbnails' ? 0 : imageCount), 0);
  const exportAll = async () => {
    // On this click the browser may ask; later it would refuse. A folder that is not known is told with the pictures left out.
    for (const { id, pictures } of images ? datasets : []) if (pictures === 'linked') await allowKnown(samples.getState(), id);
    const written = await exchange.getState().exportBundle(images);
    if (!written) return;
    await saveFile(`prpo-workbench-${new Date().toISOString().slice(0, 10)}.zip`, written.file);
    if (written.leftOut.count > 0) notices.getState().raise(picturesLeftOut(written.leftOut, total, LIST_IN_BUNDLE));
  };
  return (
    <Panel title="Project bundle" aside="one zip with everything stored here; every file has a checksum">
      <p className={styles.quiet}>
        Datasets, runs, evaluations and checkpoints in open formats. On the way in every file is checked; a damaged bundle changes nothing,
        and what is here already stays as it is.
      </p>
      <Checkbox
        label="With images"
        checked={images}
        onChange={(event) => setImages(event.currentTarget.checked)}
        data-testid="bundle-images"
      />
      {images ? <WithoutPictures datasets={datasets} /> : null}
      <div className={styles.bundleButtons}>
        <Button
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          disabled={busy !== null}
          onClick={() => void exportAll().catch((error: unknown) => notices.getState().raise(error))}
          data-testid="bundle-export"
        >
          Export everything
        </Button>
        <FilePicker
          label="Import a bundle"
          icon={<IconUpload size={15} aria-hidden />}
          testId="bundle-import"
          disabled={busy !== null}
          onFiles={(walk) => void walk(() => undefined).then(([entry]) => entry && exchange.getState().importBundle(entry.file))}
        />
        {busy?.work === 'bundle-in' || busy?.work === 'bundle-out' ? (
          <>
            <span role="status">
              {formatCount(busy.done)} of {formatCount(busy.total)}
            </span>
            <Button variant="subtle" onClick={exchange.getState().cancel}>
              Stop
            </Button>
          </>
        ) : null}
      </div>
      {bundle ? <BundleReport bundle={bundle} /> : null}
    </Panel>
  );
}

/** @throws E-UNSUPPORTED where reading the folder was refused */
async function allowKnown({ allowFolder }: Pick<SamplesState, 'allowFolder'>, datasetId: string): Promise<void> {
  try {
    await allowFolder(datasetId);
  } catch (error) {
    if (!(error instanceof WorkbenchError && error.code === 'E-MISSING')) throw error;
  }
}

/** Said before the export: what the bundle cannot hold. */
function WithoutPictures({ datasets }: { datasets: readonly DatasetRecord[] }) {
  const names = datasets.filter(({ pictures }) => pictures === 'thumbnails').map(({ name }) => name);
  if (names.length === 0) return null;
  return (
    <p className={styles.quiet} data-testid="bundle-without-pictures">
      Only thumbnails are stored of {names.join(', ')}: the bundle will hold the texts, tags and results of{' '}
      {names.length === 1 ? 'this dataset' : 'these datasets'}, but no pictures, and importing it asks for the folder. To take the pictures
      along, import the folder again with copies or as a linked folder.
    </p>
  );
}

function BundleReport({ bundle: { added, alreadyHere, withoutImages, picturesLeftOut, unknown } }: { bundle: BundleSummary }) {
  const counts = [
    formatPlural(added.datasets.length, 'dataset'),
    formatPlural(added.runs.length, 'run'),
    formatPlural(added.evals.length, 'evaluation'),
    formatPlural(added.checkpoints.length, 'checkpoint'),
  ];
  return (
    <div
      data-testid="bundle-summary"
      data-added={Object.values(added).flat().length}
      data-here={alreadyHere.length}
      data-unknown={unknown.length}
    >
      <p className={styles.passed}>Added {counts.join(', ')}.</p>
      <NameList title="Here already, left as they were" names={alreadyHere} />
      <NameList title="Datasets without images in the bundle, not stored: drop their folders" names={withoutImages} />
      {picturesLeftOut > 0 ? (
        <p className={styles.quiet} data-testid="bundle-left-out">
          {formatPlural(picturesLeftOut, 'picture')} could not be read when the bundle was made: texts and thumbnails are here. Press
          Re-scan on Data and choose the folder to link {picturesLeftOut === 1 ? 'it' : 'them'}.
        </p>
      ) : null}
      <NameList title="Files that this version does not know" names={unknown} />
    </div>
  );
}

function NameList({ title, names }: { title: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <p className={styles.quiet}>
      {title}: {names.slice(0, 20).join(', ')}
      {names.length > 20 ? ` and ${formatCount(names.length - 20)} more` : ''}
    </p>
  );
}
