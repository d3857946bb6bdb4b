// Where a run goes on: the newest whole state after a step, else its newest resumable checkpoint, else its beginning.
import type { RunRecord } from '../../src/shared/domain/run.ts';
import { listCheckpointsOfRun, readCheckpointFile } from '../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { readResumeStates } from '../../src/shared/storage/resume-states.ts';
import { rewindRun } from '../../src/shared/storage/runs.ts';
import { toErrorRecord } from '../../src/shared/errors.ts';
import { readCounters, restoreTrainerState, type Trained, type TrainerCounters } from './trainer-state.ts';

const START: TrainerCounters = { step: 0, updates: 0, consecutiveSkips: 0, numTokens: 0 };

/**
 * Puts weights and moments where the run stopped, and drops steps that lie beyond.
 * @param trained of a fresh algorithm on the run's base model
 */
export async function resumeRun(db: Database, run: RunRecord, trained: Trained): Promise<{ run: RunRecord; counters: TrainerCounters }> {
  const state = (await newestState(db, run.id)) ?? (await newestCheckpoint(db, run.id));
  const counters = state ? await restoreTrainerState(trained, state) : START;
  if (counters.step === run.step) return { run, counters };
  const rewound = { ...run, step: counters.step };
  await rewindRun(db, rewound);
  return { run: rewound, counters };
}

async function newestState(db: Database, runId: string): Promise<Map<string, Blob> | null> {
  let newest: { files: Map<string, Blob>; step: number } | null = null;
  for (const files of await readResumeStates(db, runId)) {
    const { step } = await readCounters(files);
    if (!newest || step > newest.step) newest = { files, step };
  }
  return newest?.files ?? null;
}

async function newestCheckpoint(db: Database, runId: string): Promise<Map<string, Blob> | null> {
  const resumable = (await listCheckpointsOfRun(db, runId)).filter((checkpoint) => checkpoint.resumable);
  for (const { id, files } of resumable.sort((a, b) => b.step - a.step)) {
    try {
      const entries = files.map(async ({ path }): Promise<[string, Blob]> => [path, await readCheckpointFile(db, id, path)]);
      return new Map(await Promise.all(entries));
    } catch (error) {
      if (toErrorRecord(error).code !== 'E-CHECKSUM') throw error; // a damaged one leaves the one before it
    }
  }
  return null;
}
