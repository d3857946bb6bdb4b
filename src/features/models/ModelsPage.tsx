// Built-in models and the checkpoints of this browser: choose, look, delete.
import '../../theme/mantine-forms.ts';
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, formatPlural } from '../../components/format.ts';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { ModelSelect } from '../../components/ModelSelect.tsx';
import { Page, Panel } from '../../components/Page.tsx';
import type { ModelEntry } from '../../state/models.ts';
import { chosenModel, ModelsStore } from '../../state/models.ts';
import { RunStore } from '../../state/run.ts';
import { SelectionStore } from '../../state/selection.ts';
import type { RunRecord } from '../../shared/domain/run.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import { DetailsDialog } from './DetailsDialog.tsx';
import { DiffDialog } from './DiffDialog.tsx';
import { ImportModel } from './ImportModel.tsx';
import { LabelsDialog } from './LabelsDialog.tsx';
import type { ModelDialog } from './ModelActions.tsx';
import { ModelTable } from './ModelTable.tsx';
import { PruneDialog, prunableRuns } from './PruneDialog.tsx';
import styles from './ModelsPage.module.css';

const NO_RUNS: readonly RunRecord[] = [];

/** `#/models` */
export function ModelsPage() {
  const phase = ModelsStore.use((state) => state.phase);
  const models = ModelsStore.use((state) => state.models);
  const error = ModelsStore.use((state) => state.error);
  const store = ModelsStore.useApi();
  const selection = SelectionStore.useApi();
  const selected = SelectionStore.use((state) => state.modelId);
  const chosen = chosenModel(models, selected)?.id ?? null;
  const runs = RunStore.use((state) => state.runs) ?? NO_RUNS;
  const runStore = RunStore.useApi();
  const [open, setOpen] = useState<OpenDialog | null>(null);
  const [prunes, setPrunes] = useState(false);
  useEffect(() => {
    void runStore.getState().refresh();
  }, [runStore]);
  const stored = models.filter(({ checkpoint }) => checkpoint);
  const storedBytes = stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

  return (
    <Page title="Models" lead="The built-in model and the checkpoints that training runs stored in this browser.">
      {error ? <ErrorNotice error={error} action={{ label: 'Try again', onClick: () => void store.getState().refresh() }} /> : null}
      {phase === 'loading' ? <p className={styles.quiet}>Reading the list…</p> : null}
      <Panel title="Model in use" aside="proposed by every form; each run and evaluation records which one it used">
        <div className={styles.choose}>
          <ModelSelect label="Model or checkpoint" models={models} value={chosen} onChange={selection.getState().chooseModel} />
        </div>
        <ModelNotes tiny={models.some(({ id, tiny }) => id === chosen && tiny)} synthetic={false} />
      </Panel>
      <Panel
        title="All models"
        aside={stored.length > 0 ? `${formatPlural(stored.length, 'checkpoint')}, ${formatBytes(storedBytes)}` : undefined}
      >
        <ModelTable models={models} chosenId={chosen} onOpen={(model, dialog) => setOpen({ model, dialog })} />
        {prunableRuns(models).length > 0 ? (
          <div>
            <Button variant="default" onClick={() => setPrunes(true)} data-testid="model-prune">
              Prune checkpoints of a run
            </Button>
          </div>
        ) : null}
        <p className={styles.note}>
          Metrics of built-in models: test split of the synthetic demo benchmark, another seed than the training data. Metrics of a
          checkpoint: its own training step.
        </p>
        {phase === 'ready' && stored.length === 0 ? (
          <p className={styles.quiet}>
            No checkpoint yet. <Link to="/train/new">A training run</Link> stores one every few steps.
          </p>
        ) : null}
      </Panel>
      <ImportModel baseModelId={chosen ?? ''} baseName={models.find(({ id }) => id === chosen)?.name ?? 'the model in use'} />
      {open ? <Dialogs open={open} onClose={() => setOpen(null)} /> : null}
      {prunes ? <PruneDialog models={models} runs={runs} onClose={() => setPrunes(false)} /> : null}
    </Page>
  );
}

interface OpenDialog {
  model: ModelEntry;
  dialog: ModelDialog;
}

function Dialogs({ open: { model, dialog }, onClose }: { open: OpenDialog; onClose: () => void }) {
  const models = ModelsStore.use((state) => state.models);
  const runs = RunStore.use((state) => state.runs) ?? NO_RUNS;
  if (dialog === 'details') return <DetailsDialog model={model} models={models} runs={runs} onClose={onClose} />;
  if (dialog === 'diff') return <DiffDialog model={model} models={models} onClose={onClose} />;
  if (dialog === 'delete') return <DeleteDialog model={model} models={models} runs={runs} onClose={onClose} />;
  return model.checkpoint ? <LabelsDialog checkpoint={model.checkpoint} onClose={onClose} /> : null;
}
