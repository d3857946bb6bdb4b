import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { picturesLeftOut } from '../../components/left-out-words.ts';
import { fileNameOf, saveFile } from '../../components/save-file.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
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
      if (leftOut.count > 0) notices.getState().raise(picturesLeftOut(leftOut, dataset.imageCount, 'left-out.txt'));
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
