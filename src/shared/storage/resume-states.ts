// The state a killed run continues from. A step's record and the state after it are one transaction: either both are there or
// neither. Two slots take turns, so that a damaged state leaves the one before it.
import type { CompletionRecord, RunRecord, StepRecord } from '../domain/run.ts';
import { sha256Hex } from '../hash.ts';
import { announceChange } from './changes.ts';
import { assertHash, resumeStateId, type NewFile } from './checkpoints.ts';
import type { Database } from './database.ts';
import { keysStartingWith, queue, transact } from './database.ts';
import { assertWriter } from './writer-fence.ts';

/** One finished step with everything that is needed to go on after it. */
export interface FinishedStep {
  run: RunRecord;
  step: StepRecord;
  completions: readonly CompletionRecord[];
  /** Weights, optimizer and counters after the step. */
  state: readonly NewFile[];
}

/**
 * Stores a step, its completions, the run that now stands at it and the state after it: all or nothing.
 * @throws E-LOCKED when another tab has claimed the run
 */
export async function commitStep(db: Database, { run, step, completions, state }: FinishedStep): Promise<void> {
  const checkpointId = resumeStateId(run.id);
  const slot = run.step % 2;
  const files = await Promise.all(
    state.map(async ({ path, blob }) => ({ checkpointId, path: `${slot}/${path}`, blob, sha256: await sha256Hex(blob) })),
  );
  await transact(db, ['runs', 'steps', 'completions', 'checkpointFiles'], 'readwrite', async (tx) => {
    assertWriter(await tx.objectStore('runs').get(run.id), run);
    queue(tx.objectStore('checkpointFiles').delete(keysUnderSlot(checkpointId, slot)));
    for (const file of files) queue(tx.objectStore('checkpointFiles').put(file));
    for (const completion of completions) queue(tx.objectStore('completions').put(completion));
    queue(tx.objectStore('steps').put(step));
    await tx.objectStore('runs').put(run);
  });
  announceChange('steps', run.id);
}

/** The states of a run, each as files by path. Damaged ones are left out. */
export async function readResumeStates(db: Database, runId: string): Promise<Map<string, Blob>[]> {
  const range = keysStartingWith(resumeStateId(runId));
  const rows = await transact(db, ['checkpointFiles'], 'readonly', (tx) => tx.objectStore('checkpointFiles').getAll(range));
  const states: Map<string, Blob>[] = [];
  for (const slot of [0, 1]) {
    const own = rows.filter(({ path }) => path.startsWith(`${slot}/`));
    const checks = await Promise.allSettled(own.map(({ blob, sha256, path }) => assertHash(blob, sha256, path)));
    const isWhole = own.length > 0 && checks.every(({ status }) => status === 'fulfilled');
    if (isWhole) states.push(new Map(own.map(({ path, blob }) => [path.slice(2), blob])));
  }
  return states;
}

/** Removes the states of a run that needs none any more. */
export async function deleteResumeStates(db: Database, runId: string): Promise<void> {
  await transact(db, ['checkpointFiles'], 'readwrite', (tx) =>
    tx.objectStore('checkpointFiles').delete(keysStartingWith(resumeStateId(runId))),
  );
}

function keysUnderSlot(checkpointId: string, slot: number): IDBKeyRange {
  return IDBKeyRange.bound([checkpointId, `${slot}/`], [checkpointId, `${slot}0`], false, true); // "0" follows "/" in code point order
}
