// Empties the database while nobody writes; the user's own settings and the action log stay.
import { WorkbenchError } from '../shared/errors.ts';
import { announceChange } from '../shared/storage/changes.ts';
import type { Database, StoreName } from '../shared/storage/database.ts';
import { keysUnder, queue, transact } from '../shared/storage/database.ts';
import { DATASET_KEYS } from '../shared/storage/dataset-settings.ts';
import { noteIn } from '../shared/storage/journal.ts';
import { DATA_WRITER_LOCK, ENGINE_WRITER_LOCK } from '../shared/storage/locks.ts';
import { runSamplesKey } from '../shared/storage/runs.ts';

/** All that the user has stored, and what is made from it. */
export const EMPTIED = [
  'datasets',
  'samples',
  'images',
  'thumbnails',
  'evals',
  'answers',
  'runs',
  'steps',
  'completions',
  'checkpoints',
  'checkpointFiles',
  'modelCache',
] as const satisfies readonly StoreName[];

/** Settings that belong to a dataset or a run, such as the handle of its folder: their keys end with its id. */
const ownedSettings = (): IDBKeyRange[] => [...DATASET_KEYS, runSamplesKey].map((keyOf) => keysUnder(keyOf('').replace(/\/$/, '')));

/**
 * Deletes all data, evaluations, runs and checkpoints in one transaction: all or nothing.
 * @throws E-LOCKED while an import, an evaluation or a run works, here or in another tab
 */
export async function deleteEverything(db: Database): Promise<void> {
  await whileFree(DATA_WRITER_LOCK, () =>
    whileFree(ENGINE_WRITER_LOCK, () =>
      transact(db, [...EMPTIED, 'settings', 'journal'], 'readwrite', async (tx) => {
        for (const name of EMPTIED) queue(tx.objectStore(name).clear());
        for (const keys of ownedSettings()) queue(tx.objectStore('settings').delete(keys));
        noteIn(tx.objectStore('journal'), 'delete-everything', 'all data, evaluations, runs and checkpoints');
      }),
    ),
  );
  for (const name of ['datasets', 'evals', 'runs', 'checkpoints'] as const) announceChange(name, '');
}

async function whileFree(lockName: string, work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(lockName, { ifAvailable: true }, async (lock) => {
    if (lock) return work();
    throw new WorkbenchError('E-LOCKED', 'An import, an evaluation or a training run is working, here or in another tab.', {
      safe: 'Nothing was deleted.',
      remedy: 'Stop it, then delete.',
    });
  });
}
