import { LabelForm, type Labels } from '../../components/LabelForm.tsx';
import type { CheckpointRecord } from '../../shared/domain/run.ts';
import { ModelsStore } from '../../state/models.ts';
import { NoticesStore } from '../../state/notices.ts';

/** What the user writes on a checkpoint. The weights and their hashes stay as they are; tagged checkpoints are never pruned. */
export function LabelsDialog({ checkpoint, onClose }: { checkpoint: CheckpointRecord; onClose: () => void }) {
  const store = ModelsStore.useApi();
  const notices = NoticesStore.useApi();
  const save = async (labels: Labels) => {
    await store
      .getState()
      .label(checkpoint.id, labels)
      .catch((error: unknown) => notices.getState().raise(error));
    onClose();
  };
  return (
    <LabelForm
      title="Name, note, tags"
      labels={checkpoint}
      tagHint="Enter after each; a tagged checkpoint is never pruned"
      onSave={(labels) => void save(labels)}
      onClose={onClose}
    />
  );
}
