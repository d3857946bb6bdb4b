// Asks before weights go: how large they are, and what would no longer work without them.
import { Button, Modal } from '@mantine/core';
import { formatBytes } from '../../components/format.ts';
import type { RunRecord } from '../../shared/domain/run.ts';
import type { ModelEntry } from '../../state/models.ts';
import { KeptAnswersNote } from './KeptAnswersNote.tsx';
import { dependentsOf, openRunsFrom } from './lineage.ts';
import styles from './ModelsPage.module.css';
import { useDiscard } from './use-discard.ts';

interface DeleteDialogProps {
  model: ModelEntry;
  models: readonly ModelEntry[];
  runs: readonly RunRecord[];
  onClose: () => void;
}

/** A model that others are built on goes only together with them. */
export function DeleteDialog({ model, models, runs, onClose }: DeleteDialogProps) {
  const discard = useDiscard();
  const dependents = dependentsOf(model.id, models);
  const doomed = [model, ...dependents];
  const open = doomed.flatMap(({ id }) => openRunsFrom(id, runs));
  const bytes = doomed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const remove = () => {
    discard(doomed);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Delete ${model.name}, step ${model.step}?`}>
      <p>
        The weights ({formatBytes(model.sizeBytes)}) are removed from this browser. Curves, completions and evaluations made with it stay.{' '}
        {model.checkpoint?.resumable ? 'Its run can no longer resume from this step.' : ''}
      </p>
      {dependents.length > 0 ? (
        <p className={styles.warning}>
          Built on it and of no use without it, so deleted too: {dependents.map(({ name }) => name).join(', ')}. Fold an adapter into full
          weights first to keep it.
        </p>
      ) : null}
      <KeptAnswersNote models={doomed} />
      {open.length > 0 ? <p className={styles.warning}>Can no longer go on: {open.map(({ name }) => name).join(', ')}.</p> : null}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button onClick={remove} data-testid="model-delete">
          Delete {formatBytes(bytes)}
        </Button>
      </div>
    </Modal>
  );
}
