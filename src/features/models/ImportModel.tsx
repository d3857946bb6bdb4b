// Models made elsewhere: LLaVA and PEFT folders, their zips, safetensors and torch files.
import { IconFolderOpen, IconUpload } from '@tabler/icons-react';
import { FilePicker } from '../../components/DropZone.tsx';
import { formatPlural } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import type { LoadReport } from '../../shared/engine-api.ts';
import { ExchangeStore } from '../../state/exchange.ts';
import { NoticesStore } from '../../state/notices.ts';
import styles from './ModelsPage.module.css';
import { NameLists } from './NameLists.tsx';

/** @param baseModelId what an adapter or loose tensors are for */
export function ImportModel({ baseModelId, baseName }: { baseModelId: string; baseName: string }) {
  const exchange = ExchangeStore.useApi();
  const notices = NoticesStore.useApi();
  const isBusy = ExchangeStore.use((state) => state.busy !== null);
  const loaded = ExchangeStore.use((state) => state.loaded);
  const onFiles: Parameters<typeof FilePicker>[0]['onFiles'] = (walk) =>
    void walk(() => undefined)
      .then((entries) => exchange.getState().importModel(entries, baseModelId))
      .catch((error: unknown) => notices.getState().raise(error));
  return (
    <Panel title="Import a model" aside={`adapters and loose tensors are taken for ${baseName}`}>
      <p className={styles.quiet}>
        A LLaVA folder (config.json, safetensors, tokenizer.json), a PEFT adapter, a zip of either, or a single .safetensors or .bin file
        such as mm_projector.bin. Torch files are read without running anything in them.
      </p>
      <div className={styles.importButtons}>
        <FilePicker
          label="Choose files or a zip"
          icon={<IconUpload size={15} aria-hidden />}
          testId="model-import"
          disabled={isBusy}
          onFiles={onFiles}
        />
        <FilePicker
          label="Choose a folder"
          icon={<IconFolderOpen size={15} aria-hidden />}
          testId="model-import-folder"
          directory
          disabled={isBusy}
          onFiles={onFiles}
        />
        {isBusy ? <span role="status">Working…</span> : null}
      </div>
      {loaded ? <ReportView report={loaded.report} /> : null}
    </Panel>
  );
}

function ReportView({ report: { matched, missing, unexpected, newlyInitialised, shapeClashes } }: { report: LoadReport }) {
  const lists: [string, string[]][] = [
    ['Missing', missing],
    ['Unexpected, not used', unexpected],
    ['Newly initialised', newlyInitialised],
    ['Other shape', shapeClashes.map(({ name, expected, got }) => `${name}: [${got.join(', ')}] for [${expected.join(', ')}]`)],
  ];
  return (
    <div data-testid="load-report" data-matched={matched} data-missing={missing.length} data-unexpected={unexpected.length}>
      <p>{formatPlural(matched, 'tensor')} matched.</p>
      <NameLists lists={lists} />
    </div>
  );
}
