import { describe, expect, it } from 'vitest';
import { runSentence, type RunStanding } from '../../src/features/training/run/run-sentence.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { RunRecord } from '../../src/shared/domain/run.ts';
import type { LiveRun } from '../../src/state/run-state.ts';
import { someRun } from '../support/records.ts';

const config = presetConfig('tiny-demo', 'prpo');
const run = (fields: Partial<RunRecord> = {}): RunRecord => someRun({ id: 'r', config, maxSteps: 60, ...fields });
const live = (fields: Partial<LiveRun> = {}): LiveRun => ({ runId: 'r', phase: null, etaMs: null, stopping: false, ...fields });
const generating = { step: 1, phase: 'generate', done: 11, total: 110 } as const;

const nobody: RunStanding = { live: null, waiting: [], elsewhereId: null };

describe('the sentence of a run', () => {
  it.each([
    [run(), live(), false, 'Loading the model; then 8 answers for 4 images are generated.'],
    [run(), live({ phase: { ...generating, done: 0 } }), false, 'Generating 8 answers for 4 images; the first reward follows.'],
    [run(), live({ phase: generating, phaseLeftMs: 20_000 }), false, 'Generating 8 answers for 4 images; first reward in about 20 s.'],
    [run({ step: 5 }), live(), false, 'Loading the model and the state after step 5.'],
    [run({ step: 5 }), live({ phase: generating, etaMs: 90_000 }), false, 'About 1 min 30 s left.'],
    [run({ step: 5 }), live({ phase: generating, stopping: true }), false, 'Ends after the current step.'],
    [run(), null, true, 'Waits for the run in progress.'],
    [run({ step: 5, state: 'paused' }), null, false, 'Paused at step 5 of 60.'],
    [run({ step: 60, state: 'done', summary: { train_runtime: 90 } }), null, false, 'All 60 steps done, 1 min 30 s of work.'],
    [run({ step: 5, state: 'stopped' }), null, false, 'Stopped at step 5 of 60.'],
    [run({ state: 'failed' }), null, false, 'An error ended it before its first step.'],
    [run({ step: 5, state: 'failed' }), null, false, 'An error ended it after step 5 of 60; what was stored is below.'],
  ])('says what it does or how it ended (%#)', (record, working, isWaiting, expected) => {
    expect(runSentence(record, { live: working, waiting: isWaiting ? ['r'] : [], elsewhereId: null })).toBe(expected);
  });

  it('names what supervised training takes, and that a run that nobody works on was interrupted', () => {
    const sft = run({ algorithm: 'sft-stage2', config: presetConfig('tiny-demo', 'sft-stage2') });
    expect(runSentence(sft, { ...nobody, live: live() })).toMatch(/^Loading the model; the first step takes \d+ annotated images\.$/);
    expect(runSentence(run({ step: 7, state: 'running' }), nobody)).toContain('Interrupted at step 7 of 60');
  });

  it('calls nothing interrupted before it was looked who works', () => {
    expect(runSentence(run({ step: 7, state: 'running' }), { ...nobody, elsewhereId: undefined })).toBe('');
  });
});
