// Deleting checkpoints with a way back.
import { formatBytes, formatPlural } from '../../components/format.ts';
import { eraseLater } from '../../state/erase-later.ts';
import type { ModelEntry } from '../../state/models.ts';
import { ModelsStore } from '../../state/models.ts';
import { NoticesStore } from '../../state/notices.ts';

/** @returns a function that takes checkpoints out of the list and, a few seconds later, out of storage */
export function useDiscard(): (models: readonly ModelEntry[]) => void {
  const store = ModelsStore.useApi();
  const notices = NoticesStore.useApi();
  return (models) => {
    const ids = models.map(({ id }) => id);
    const bytes = models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const { setLeaving, remove } = store.getState();
    eraseLater(notices, {
      text: `Deleted ${formatPlural(ids.length, 'checkpoint')}, ${formatBytes(bytes)}.`,
      hide: () => setLeaving(ids, true),
      restore: () => setLeaving(ids, false),
      erase: async () => {
        for (const id of ids) await remove(id);
      },
    });
  };
}
