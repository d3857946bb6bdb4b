// Training runs with their steps and completions. A step is stored together with the run's new state or not at all.
import type { CompletionRecord, RunRecord, StepRecord } from '../domain/run.ts';
import { announceChange } from './changes.ts';
import { resumeStateId } from './checkpoints.ts';
import type { Database } from './database.ts';
import { keysStartingWith, queue, transact } from './database.ts';

/** Stores or replaces a run. */
export async function putRun(db: Database, run: RunRecord): Promise<void> {
  await transact(db, ['runs'], 'readwrite', (tx) => tx.objectStore('runs').put(run));
  announceChange('runs', run.id);
}

/** One run, or undefined. */
export function getRun(db: Database, id: string): Promise<RunRecord | undefined> {
  return transact(db, ['runs'], 'readonly', (tx) => tx.objectStore('runs').get(id));
}

/** All runs, newest first. */
export async function listRuns(db: Database): Promise<RunRecord[]> {
  const runs = await transact(db, ['runs'], 'readonly', (tx) => tx.objectStore('runs').index('createdAt').getAll());
  return runs.reverse();
}

/** Stores one optimizer step: its scalars, its completions and the run that now stands at it, in one transaction. */
export async function appendStep(db: Database, run: RunRecord, step: StepRecord, completions: readonly CompletionRecord[]): Promise<void> {
  await transact(db, ['runs', 'steps', 'completions'], 'readwrite', async (tx) => {
    queue(tx.objectStore('steps').put(step));
    for (const completion of completions) queue(tx.objectStore('completions').put(completion));
    queue(tx.objectStore('runs').put(run));
  });
  announceChange('steps', run.id);
}

/** All steps of a run in order. */
export function listSteps(db: Database, runId: string): Promise<StepRecord[]> {
  return transact(db, ['steps'], 'readonly', (tx) => tx.objectStore('steps').getAll(keysStartingWith(runId)));
}

/** The completions of one step in order. */
export function listCompletions(db: Database, runId: string, step: number): Promise<CompletionRecord[]> {
  return transact(db, ['completions'], 'readonly', (tx) => tx.objectStore('completions').getAll(keysStartingWith(runId, step)));
}

/**
 * Puts a run back to a step, in one transaction: later steps and completions go. Used when it resumes from a checkpoint.
 * @param run the record as it was at that step
 */
export async function rewindRun(db: Database, run: RunRecord): Promise<void> {
  const later = IDBKeyRange.bound([run.id, run.step], [run.id, []], true);
  const laterCompletions = IDBKeyRange.bound([run.id, run.step, []], [run.id, []], true);
  await transact(db, ['runs', 'steps', 'completions'], 'readwrite', async (tx) => {
    await tx.objectStore('steps').delete(later);
    await tx.objectStore('completions').delete(laterCompletions);
    await tx.objectStore('runs').put(run);
  });
  announceChange('steps', run.id);
}

/** Removes a run with its steps, completions and the states it could continue from; its checkpoints stay. */
export async function deleteRun(db: Database, id: string): Promise<void> {
  await transact(db, ['runs', 'steps', 'completions', 'checkpointFiles'], 'readwrite', async (tx) => {
    await tx.objectStore('completions').delete(keysStartingWith(id));
    await tx.objectStore('steps').delete(keysStartingWith(id));
    await tx.objectStore('checkpointFiles').delete(keysStartingWith(resumeStateId(id)));
    await tx.objectStore('runs').delete(id);
  });
  announceChange('runs', id);
}
