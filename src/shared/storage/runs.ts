// Training runs with their steps and completions. A step is stored together with the run's new state or not at all.
import type { CompletionRecord, RunRecord, StepRecord } from '../domain/run.ts';
import { announceChange } from './changes.ts';
import { resumeStateId } from './checkpoints.ts';
import type { Database } from './database.ts';
import { keysStartingWith, readPages, transact } from './database.ts';
import { noteIn, noteState } from './journal.ts';
import { assertWriter } from './writer-fence.ts';

/** Under which settings key the samples lie that a run was started on; see run-samples.ts. */
export const runSamplesKey = (runId: string): string => `run-samples/${runId}`;

/** Stores or replaces a run. */
export async function putRun(db: Database, run: RunRecord): Promise<void> {
  await transact(db, ['runs', 'journal'], 'readwrite', async (tx) => {
    noteRun(tx.objectStore('journal'), await tx.objectStore('runs').get(run.id), run);
    await tx.objectStore('runs').put(run);
  });
  announceChange('runs', run.id);
}

function noteRun(journal: Parameters<typeof noteState>[0], before: RunRecord | undefined, run: RunRecord): void {
  noteState(journal, 'training', before, run, `step ${run.step} of ${run.maxSteps}`);
}

/** Makes `writer` the only one that may write this run from now on. @returns the run as it is then; undefined where there is none */
export async function claimRun(db: Database, id: string, writer: string): Promise<RunRecord | undefined> {
  return transact(db, ['runs', 'journal'], 'readwrite', async (tx) => {
    const stored = await tx.objectStore('runs').get(id);
    if (!stored) return undefined;
    if (stored.state === 'running')
      noteIn(
        tx.objectStore('journal'),
        'training',
        `"${stored.name}": goes on after an interruption, step ${stored.step} of ${stored.maxSteps}`,
      );
    const claimed = { ...stored, writer };
    await tx.objectStore('runs').put(claimed);
    return claimed;
  });
}

/** Replaces the run of its writer. @throws E-LOCKED when another tab has claimed it */
export async function putRunAsWriter(db: Database, run: RunRecord): Promise<void> {
  await transact(db, ['runs', 'journal'], 'readwrite', async (tx) => {
    const stored = await tx.objectStore('runs').get(run.id);
    assertWriter(stored, run);
    noteRun(tx.objectStore('journal'), stored, run);
    await tx.objectStore('runs').put(run);
  });
  announceChange('runs', run.id);
}

/** Changes what belongs to the user (name, notes, tags) without touching what a running job writes meanwhile. */
export async function changeRun(db: Database, id: string, patch: Partial<RunRecord>): Promise<RunRecord | undefined> {
  const changed = await transact(db, ['runs'], 'readwrite', async (tx) => {
    const stored = await tx.objectStore('runs').get(id);
    if (!stored) return undefined;
    await tx.objectStore('runs').put({ ...stored, ...patch });
    return { ...stored, ...patch };
  });
  if (changed) announceChange('runs', id);
  return changed;
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

/** Steps read at once: their copying into the page is one task of it. */
const STEPS_AT_ONCE = 250;

/** All steps of a run in order. */
export async function listSteps(db: Database, runId: string): Promise<StepRecord[]> {
  const found: StepRecord[] = [];
  const pages = readPages(db, 'steps', keysStartingWith(runId), ({ step }) => [runId, step], STEPS_AT_ONCE);
  for await (const page of pages) found.push(...page);
  return found;
}

/** The steps of a run after `step`, in order. */
export function listStepsAfter(db: Database, runId: string, step: number): Promise<StepRecord[]> {
  const later = IDBKeyRange.bound([runId, step], [runId, []], true);
  return transact(db, ['steps'], 'readonly', (tx) => tx.objectStore('steps').getAll(later));
}

/** The completions of one step in order. */
export function listCompletions(db: Database, runId: string, step: number): Promise<CompletionRecord[]> {
  return transact(db, ['completions'], 'readonly', (tx) => tx.objectStore('completions').getAll(keysStartingWith(runId, step)));
}

/** What a run said about one image, in step order; reads the run page by page. */
export async function listCompletionsOfSample(db: Database, runId: string, sampleId: string): Promise<CompletionRecord[]> {
  const found: CompletionRecord[] = [];
  const pages = readPages(db, 'completions', keysStartingWith(runId), ({ step, index }) => [runId, step, index]);
  for await (const page of pages) found.push(...page.filter((completion) => completion.sampleId === sampleId));
  return found;
}

/**
 * Puts a run back to a step, in one transaction: later steps and completions go. Used when it resumes from a checkpoint.
 * @param run the record as it was at that step
 */
export async function rewindRun(db: Database, run: RunRecord): Promise<void> {
  const later = IDBKeyRange.bound([run.id, run.step], [run.id, []], true);
  const laterCompletions = IDBKeyRange.bound([run.id, run.step, []], [run.id, []], true);
  await transact(db, ['runs', 'steps', 'completions'], 'readwrite', async (tx) => {
    assertWriter(await tx.objectStore('runs').get(run.id), run);
    await tx.objectStore('steps').delete(later);
    await tx.objectStore('completions').delete(laterCompletions);
    await tx.objectStore('runs').put(run);
  });
  announceChange('steps', run.id);
}

/** Removes a run with its steps, completions, list of samples and the states it could continue from; its checkpoints stay. */
export async function deleteRun(db: Database, id: string): Promise<void> {
  await transact(db, ['runs', 'steps', 'completions', 'checkpointFiles', 'settings', 'journal'], 'readwrite', async (tx) => {
    const run = await tx.objectStore('runs').get(id);
    if (run) noteIn(tx.objectStore('journal'), 'delete-run', `"${run.name}": ${run.step} steps`);
    await tx.objectStore('completions').delete(keysStartingWith(id));
    await tx.objectStore('steps').delete(keysStartingWith(id));
    await tx.objectStore('checkpointFiles').delete(keysStartingWith(resumeStateId(id)));
    await tx.objectStore('settings').delete(runSamplesKey(id));
    await tx.objectStore('runs').delete(id);
  });
  announceChange('runs', id);
}
