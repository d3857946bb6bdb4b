// Built-in models and the checkpoints of this browser: choose, look, delete.
import '../../theme/mantine-forms.ts';
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, formatPlural } from '../../components/format.ts';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { ModelSelect } from '../../components/ModelSelect.tsx';
import { Page, Panel } from '../../components/Page.tsx';
import type { ModelEntry } from '../../state/models.ts';
import { ModelsStore } from '../../state/models.ts';
import { NoticesStore } from '../../state/notices.ts';
import { SelectionStore } from '../../state/selection.ts';
import { ImportModel } from './ImportModel.tsx';
import { ModelTable } from './ModelTable.tsx';
import styles from './ModelsPage.module.css';

/** `#/models` */
export function ModelsPage() {
  const phase = ModelsStore.use((state) => state.phase);
  const models = ModelsStore.use((state) => state.models);
  const error = ModelsStore.use((state) => state.error);
  const store = ModelsStore.useApi();
  const selection = SelectionStore.useApi();
  const chosen = SelectionStore.use((state) => state.modelId) ?? models[0]?.id ?? null;
  const [doomed, setDoomed] = useState<ModelEntry | null>(null);
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
        <ModelTable models={models} chosenId={chosen} onDelete={setDoomed} />
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
      {doomed ? <DeleteDialog model={doomed} onClose={() => setDoomed(null)} /> : null}
    </Page>
  );
}

function DeleteDialog({ model, onClose }: { model: ModelEntry; onClose: () => void }) {
  const store = ModelsStore.useApi();
  const notices = NoticesStore.useApi();
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await store.getState().remove(model.id);
    } catch (error) {
      notices.getState().raise(error);
    }
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Delete ${model.name}, step ${model.step}?`}>
      <p>
        The weights ({formatBytes(model.sizeBytes)}) are removed from this browser and cannot be brought back. Curves, completions and
        evaluations made with it stay. {model.checkpoint?.resumable ? 'Its run can no longer resume from this step.' : ''}
      </p>
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button onClick={() => void remove()} loading={busy}>
          Delete {formatBytes(model.sizeBytes)}
        </Button>
      </div>
    </Modal>
  );
}
