// What the user writes on a checkpoint. The files and their hashes stay as they were committed.
import type { CheckpointRecord } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';
import { announceChange } from './changes.ts';
import type { Database } from './database.ts';
import { transact } from './database.ts';

export type CheckpointLabels = Pick<Partial<CheckpointRecord>, 'name' | 'tags' | 'note'>;

/** @throws E-MISSING when it was deleted meanwhile */
export async function labelCheckpoint(db: Database, id: string, labels: CheckpointLabels): Promise<void> {
  await transact(db, ['checkpoints'], 'readwrite', async (tx) => {
    const record = await tx.objectStore('checkpoints').get(id);
    if (!record)
      throw new WorkbenchError('E-MISSING', `The checkpoint "${id}" is not in this browser.`, {
        safe: 'Other checkpoints are unharmed.',
        remedy: 'Choose another checkpoint.',
      });
    await tx.objectStore('checkpoints').put({ ...record, ...labels });
  });
  announceChange('checkpoints', id);
}
