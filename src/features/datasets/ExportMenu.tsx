import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { formatCount, formatPlural } from '../../components/format.ts';
import { fileNameOf, saveFile } from '../../components/save-file.ts';
import type { LeftOutPictures } from '../../shared/data-api.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import { WorkbenchError } from '../../shared/errors.ts';
import { DatasetsStore, type ExportFormat } from '../../state/datasets.ts';
import { NoticesStore } from '../../state/notices.ts';
import { SamplesStore } from '../../state/samples.ts';
import { useFolderAccess } from '../../state/use-folder-access.ts';

const FORMATS: { format: ExportFormat; label: string; extension: string; needsPictures?: true }[] = [
  { format: 'llava-json', label: 'Annotations, LLaVA JSON', extension: 'json' },
  { format: 'question-jsonl', label: 'Questions, JSONL', extension: 'jsonl' },
  { format: 'zip', label: 'Everything, zip with images', extension: 'zip', needsPictures: true },
  { format: 'imagefolder', label: 'Hugging Face imagefolder, zip', extension: 'imagefolder.zip', needsPictures: true },
];

const NAMED_IN_NOTICE = 3;

/** The file is saved; this says what it does not hold. */
function picturesLeftOut({ count, named }: LeftOutPictures, { imageCount }: DatasetRecord): WorkbenchError {
  const names = named.slice(0, NAMED_IN_NOTICE).map(({ path }) => path);
  const list = `${names.join(', ')}${count > names.length ? ' and others' : ''}`;
  const message = `The file is saved, but ${formatCount(count)} of ${formatPlural(imageCount, 'picture')} could not be read and ${count === 1 ? 'is' : 'are'} not in it: ${list}.`;
  return new WorkbenchError('E-MISSING', message, {
    safe: 'Everything else is in the file; left-out.txt there names each missing picture with the reason.',
    remedy: 'Press Re-scan on Data to take changed and missing files into account, then export again.',
    details: { named },
  });
}

/** Evaluate, train and export: what can be done with a whole dataset. */
export function ExportMenu({ dataset }: { dataset: DatasetRecord }) {
  const store = DatasetsStore.useApi();
  const notices = NoticesStore.useApi();
  const [busy, setBusy] = useState(false);
  const samples = SamplesStore.useApi();
  const { blocked } = useFolderAccess(dataset.id);
  const onlyThumbnails = blocked?.folder === null;
  const save = async ({ format, extension, needsPictures }: (typeof FORMATS)[number]) => {
    setBusy(true);
    try {
      if (needsPictures) await samples.getState().allowFolder(dataset.id); // on this click the browser may ask
      const { file, leftOut } = await store.getState().export(dataset.id, format);
      await saveFile(`${fileNameOf(dataset.name, 'dataset')}.${extension}`, file);
      if (leftOut.count > 0) notices.getState().raise(picturesLeftOut(leftOut, dataset));
    } catch (error) {
      notices.getState().raise(error);
    }
    setBusy(false);
  };
  const query = `?dataset=${encodeURIComponent(dataset.id)}`;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" loading={busy}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FORMATS.map((one) => (
            <Menu.Item
              key={one.format}
              onClick={() => void save(one)}
              disabled={onlyThumbnails && one.needsPictures === true}
              data-testid={`export-${one.format}`}
            >
              {one.label}
            </Menu.Item>
          ))}
          {onlyThumbnails ? (
            <Menu.Label data-testid="export-thumbnails-only" maw={320}>
              Only thumbnails are stored here, so no file with images can be made. Press Re-scan on Data and choose the folder to link its
              pictures, or export the annotations alone.
            </Menu.Label>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" component={Link} to={`/train/new${query}`}>
        Train on it
      </Button>
      <Button component={Link} to={`/eval/new${query}`}>
        Evaluate
      </Button>
    </>
  );
}
