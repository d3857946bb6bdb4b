import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { fileNameOf, saveFile } from '../../components/save-file.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import { DatasetsStore, type ExportFormat } from '../../state/datasets.ts';
import { NoticesStore } from '../../state/notices.ts';

const FORMATS: { format: ExportFormat; label: string; extension: string }[] = [
  { format: 'llava-json', label: 'Annotations, LLaVA JSON', extension: 'json' },
  { format: 'question-jsonl', label: 'Questions, JSONL', extension: 'jsonl' },
  { format: 'zip', label: 'Everything, zip with images', extension: 'zip' },
  { format: 'imagefolder', label: 'Hugging Face imagefolder, zip', extension: 'imagefolder.zip' },
];

/** Evaluate, train and export: what can be done with a whole dataset. */
export function ExportMenu({ dataset }: { dataset: DatasetRecord }) {
  const store = DatasetsStore.useApi();
  const notices = NoticesStore.useApi();
  const [busy, setBusy] = useState(false);
  const save = async (format: ExportFormat, extension: string) => {
    setBusy(true);
    try {
      await saveFile(`${fileNameOf(dataset.name, 'dataset')}.${extension}`, await store.getState().export(dataset.id, format));
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
          {FORMATS.map(({ format, label, extension }) => (
            <Menu.Item key={format} onClick={() => void save(format, extension)}>
              {label}
            </Menu.Item>
          ))}
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
