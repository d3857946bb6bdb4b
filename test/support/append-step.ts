// Stores a finished step for a test as the engine stores it, without a state to go on from.
import type { CompletionRecord, RunRecord, StepRecord } from '../../src/shared/domain/run.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { commitStep } from '../../src/shared/storage/resume-states.ts';

export function appendStep(db: Database, run: RunRecord, step: StepRecord, completions: readonly CompletionRecord[]): Promise<void> {
  return commitStep(db, { run, step, completions, state: [] });
}
