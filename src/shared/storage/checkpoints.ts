// Checkpoints: files and record in one transaction, hashes checked on load. A record without `complete` is never offered.
import type { CheckpointRecord } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';
import { sha256Hex, sha256OfText } from '../hash.ts';
import { announceChange } from './changes.ts';
import type { Database } from './database.ts';
import { keysStartingWith, queue, transact } from './database.ts';
import { noteIn } from './journal.ts';
import { keptAnswersOf } from './kept-answers.ts';

/** A checkpoint before it is stored: what the store fills in is left out. */
export type NewCheckpoint = Omit<CheckpointRecord, 'complete' | 'files' | 'sha256' | 'sizeBytes'>;

export interface NewFile {
  path: string;
  blob: Blob;
}

/** Under which id the states that a run continues from lie in the store `checkpointFiles`; see resume-states.ts. */
export function resumeStateId(runId: string): string {
  return `resume:${runId}`;
}

/**
 * Stores a checkpoint whole or not at all; one with the same id is replaced.
 * @returns the record as committed
 */
export async function writeCheckpoint(db: Database, checkpoint: NewCheckpoint, files: readonly NewFile[]): Promise<CheckpointRecord> {
  const hashes = await Promise.all(files.map(({ blob }) => sha256Hex(blob)));
  const stored = files.map(({ path, blob }, index) => ({ checkpointId: checkpoint.id, path, blob, sha256: hashes[index] ?? '' }));
  const record: CheckpointRecord = {
    ...checkpoint,
    files: stored.map(({ path, blob, sha256 }) => ({ path, sizeBytes: blob.size, sha256 })),
    sizeBytes: files.reduce((sum, { blob }) => sum + blob.size, 0),
    sha256: await sha256OfText(hashes.join('')),
    complete: true,
  };
  await transact(db, ['checkpoints', 'checkpointFiles'], 'readwrite', async (tx) => {
    queue(tx.objectStore('checkpointFiles').delete(keysStartingWith(record.id)));
    for (const file of stored) queue(tx.objectStore('checkpointFiles').put(file));
    await tx.objectStore('checkpoints').put(record);
  });
  announceChange('checkpoints', record.id);
  return record;
}

/**
 * One file of a checkpoint, checked against its recorded hash.
 * @throws E-MISSING, E-CHECKSUM
 */
export async function readCheckpointFile(db: Database, checkpointId: string, path: string): Promise<Blob> {
  const [record, row] = await transact(db, ['checkpoints', 'checkpointFiles'], 'readonly', (tx) =>
    Promise.all([tx.objectStore('checkpoints').get(checkpointId), tx.objectStore('checkpointFiles').get([checkpointId, path])]),
  );
  const expected = record?.files.find((file) => file.path === path)?.sha256;
  if (!row || !expected) {
    throw new WorkbenchError('E-MISSING', `The checkpoint "${checkpointId}" has no file "${path}" in this browser.`, {
      safe: 'Other checkpoints are unharmed.',
      remedy: 'Choose another checkpoint, or import this one again.',
    });
  }
  await assertHash(row.blob, expected, `${checkpointId}/${path}`);
  return row.blob;
}

/** One complete checkpoint, or undefined. */
export async function getCheckpoint(db: Database, id: string): Promise<CheckpointRecord | undefined> {
  const record = await transact(db, ['checkpoints'], 'readonly', (tx) => tx.objectStore('checkpoints').get(id));
  return record?.complete ? record : undefined;
}

/** All complete checkpoints, newest first. */
export async function listCheckpoints(db: Database): Promise<CheckpointRecord[]> {
  const records = await transact(db, ['checkpoints'], 'readonly', (tx) => tx.objectStore('checkpoints').index('createdAt').getAll());
  return records.filter((record) => record.complete).reverse();
}

/** The complete checkpoints of a run, newest first. */
export async function listCheckpointsOfRun(db: Database, runId: string): Promise<CheckpointRecord[]> {
  return (await listCheckpoints(db)).filter((record) => record.runId === runId);
}

/** Removes a checkpoint with its files and the answers that were kept of it. Returns the freed bytes of the files. */
export async function deleteCheckpoint(db: Database, id: string): Promise<number> {
  const sizeBytes = await transact(db, ['checkpoints', 'checkpointFiles', 'answers', 'journal'], 'readwrite', async (tx) => {
    const record = await tx.objectStore('checkpoints').get(id);
    if (record) noteIn(tx.objectStore('journal'), 'delete-checkpoint', `"${record.name}": ${record.sizeBytes} bytes`);
    await tx.objectStore('checkpoints').delete(id);
    await tx.objectStore('checkpointFiles').delete(keysStartingWith(id));
    await tx.objectStore('answers').delete(keptAnswersOf(id));
    return record?.sizeBytes ?? 0;
  });
  announceChange('checkpoints', id);
  return sizeBytes;
}

/**
 * Keeps the newest resumable checkpoints of a run.
 * @param keep how many; 0 keeps all
 * @param spared ids that are kept beside them, such as the best one
 * @returns ids that were deleted
 */
export async function pruneCheckpoints(db: Database, runId: string, keep: number, spared: readonly string[] = []): Promise<string[]> {
  if (keep === 0) return [];
  const resumable = (await listCheckpointsOfRun(db, runId)).filter((record) => record.resumable).sort((a, b) => b.step - a.step);
  const ids = resumable
    .slice(keep)
    .map((record) => record.id)
    .filter((id) => !spared.includes(id));
  for (const id of ids) await deleteCheckpoint(db, id);
  return ids;
}

/**
 * Compares bytes with a recorded hash.
 * @throws E-CHECKSUM
 */
export async function assertHash(blob: Blob, expected: string, name: string): Promise<void> {
  const got = await sha256Hex(blob);
  if (got === expected) return;
  throw new WorkbenchError(
    'E-CHECKSUM',
    `The file "${name}" is damaged: its SHA-256 is ${got.slice(0, 12)}…, recorded was ${expected.slice(0, 12)}….`,
    {
      safe: 'Other files and checkpoints are unharmed.',
      remedy: 'Choose another checkpoint, or import this one again.',
      details: { got, expected },
    },
  );
}
