// Checkpoints: files first, record last, hashes checked on load. A record without `complete` is never offered.
import type { CheckpointRecord } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';
import { sha256Hex, sha256OfText } from '../hash.ts';
import { announceChange } from './changes.ts';
import type { Database } from './database.ts';
import { keysStartingWith, transact } from './database.ts';

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
 * Stores a checkpoint. A crash on the way leaves files without a record, which `deleteOrphanFiles` removes.
 * @returns the record as committed
 */
export async function writeCheckpoint(db: Database, checkpoint: NewCheckpoint, files: readonly NewFile[]): Promise<CheckpointRecord> {
  const written: CheckpointRecord['files'] = [];
  for (const { path, blob } of files) {
    const sha256 = await sha256Hex(blob);
    await transact(db, ['checkpointFiles'], 'readwrite', (tx) =>
      tx.objectStore('checkpointFiles').put({ checkpointId: checkpoint.id, path, blob, sha256 }),
    );
    written.push({ path, sizeBytes: blob.size, sha256 });
  }
  const record: CheckpointRecord = {
    ...checkpoint,
    files: written,
    sizeBytes: written.reduce((sum, file) => sum + file.sizeBytes, 0),
    sha256: await sha256OfText(written.map((file) => file.sha256).join('')),
    complete: true,
  };
  await transact(db, ['checkpoints'], 'readwrite', (tx) => tx.objectStore('checkpoints').put(record));
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

/** Replaces note, name or metrics of a stored checkpoint. */
export async function updateCheckpoint(db: Database, record: CheckpointRecord): Promise<void> {
  await transact(db, ['checkpoints'], 'readwrite', (tx) => tx.objectStore('checkpoints').put(record));
  announceChange('checkpoints', record.id);
}

/** Removes a checkpoint: record first, so that a crash on the way never leaves a broken one on offer. Returns freed bytes. */
export async function deleteCheckpoint(db: Database, id: string): Promise<number> {
  const sizeBytes = await transact(db, ['checkpoints', 'checkpointFiles'], 'readwrite', async (tx) => {
    const record = await tx.objectStore('checkpoints').get(id);
    await tx.objectStore('checkpoints').delete(id);
    await tx.objectStore('checkpointFiles').delete(keysStartingWith(id));
    return record?.sizeBytes ?? 0;
  });
  announceChange('checkpoints', id);
  return sizeBytes;
}

/**
 * Keeps the newest resumable checkpoints of a run.
 * @param keep how many; 0 keeps all
 * @returns ids that were deleted
 */
export async function pruneCheckpoints(db: Database, runId: string, keep: number): Promise<string[]> {
  if (keep === 0) return [];
  const resumable = (await listCheckpointsOfRun(db, runId)).filter((record) => record.resumable).sort((a, b) => b.step - a.step);
  const ids = resumable.slice(keep).map((record) => record.id);
  for (const id of ids) await deleteCheckpoint(db, id);
  return ids;
}

/** Removes files whose checkpoint record was never committed or whose run is gone. Call at start, when nothing is being written. */
export async function deleteOrphanFiles(db: Database): Promise<number> {
  return transact(db, ['checkpoints', 'checkpointFiles', 'runs'], 'readwrite', async (tx) => {
    const runs = await tx.objectStore('runs').getAllKeys();
    const known = new Set([...(await tx.objectStore('checkpoints').getAllKeys()), ...runs.map(resumeStateId)]);
    const keys = await tx.objectStore('checkpointFiles').getAllKeys();
    const orphans = keys.filter(([checkpointId]) => !known.has(checkpointId));
    await Promise.all(orphans.map((key) => tx.objectStore('checkpointFiles').delete(key)));
    return orphans.length;
  });
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
