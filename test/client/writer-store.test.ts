import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { putAnswers, putEval } from '../../src/shared/storage/evals.ts';
import { putRun } from '../../src/shared/storage/runs.ts';
import type { LiveEvaluation } from '../../src/state/evaluation-state.ts';
import type { LiveRun } from '../../src/state/run-state.ts';
import { createWriterStore } from '../../src/state/writer.ts';
import { openTestDatabase } from '../support/database.ts';
import { someAnswer, someEval, someRun } from '../support/records.ts';

const LIVE: LiveRun = { runId: 'r', phase: { step: 4, phase: 'update', done: 1, total: 2 }, etaMs: null, stopping: false };

/** A writer store over records of a run `r` and an evaluation `e`; `working` is what the locks say. */
async function startWriter(working: string[], own: { run?: LiveRun; evaluation?: LiveEvaluation } = {}) {
  const db = await openTestDatabase();
  await putRun(db, someRun({ id: 'r', name: 'PRPO', step: 3, maxSteps: 10 }));
  await putEval(db, someEval({ id: 'e', name: 'Test', sampleIds: ['a', 'b'] }));
  await putAnswers(db, [someAnswer({ evalId: 'e', sampleId: 'a' })]);
  const resume = { run: vi.fn(() => Promise.resolve()), evaluation: vi.fn(() => Promise.resolve()) };
  const run = createStore(() => ({ live: own.run ?? null, resume: resume.run }));
  const evaluation = createStore(() => ({ live: own.evaluation ?? null, resume: resume.evaluation }));
  const writer = createWriterStore({
    database: () => Promise.resolve(db),
    listWorkingIds: () => Promise.resolve(working),
    run,
    evaluation,
  });
  await writer.getState().refresh();
  return { writer, resume };
}

describe('the writer store', () => {
  it('does not claim that nobody works before it has looked', async () => {
    const empty = createStore(() => ({ live: null, resume: () => Promise.resolve() }));
    const database = openTestDatabase();
    const writer = createWriterStore({
      database: () => database,
      listWorkingIds: () => Promise.resolve([]),
      run: empty,
      evaluation: empty,
    });
    expect(writer.getState().elsewhere).toBeUndefined();
    await writer.getState().refresh();
    expect(writer.getState().elsewhere).toBeNull();
  });

  it('tells which run or evaluation another tab works on, and how far it is', async () => {
    const training = await startWriter(['r']);
    expect(training.writer.getState().elsewhere).toEqual({ id: 'r', kind: 'training', name: 'PRPO', done: 3, total: 10, to: '/run/r' });
    const evaluation = await startWriter(['e']);
    expect(evaluation.writer.getState().elsewhere).toMatchObject({ id: 'e', kind: 'evaluation', done: 1, total: 2, to: '/eval/e' });
  });

  it('does not take the work of its own tab, or nobody, for another tab', async () => {
    expect((await startWriter(['r'], { run: LIVE })).writer.getState().elsewhere).toBeNull();
    expect((await startWriter([])).writer.getState().elsewhere).toBeNull();
  });

  it('keeps what the other tab tells only while that tab works on it', async () => {
    const working = ['r'];
    const { writer } = await startWriter(working);
    writer.getState().hear(LIVE);
    await writer.getState().refresh();
    expect(writer.getState().live).toEqual(LIVE);
    working.length = 0;
    await writer.getState().refresh();
    expect(writer.getState()).toMatchObject({ elsewhere: null, live: null });
  });

  it('takes over by resuming the record here, with the right taken from the other tab', async () => {
    const { writer, resume } = await startWriter(['e']);
    await writer.getState().takeOver();
    expect(resume.evaluation).toHaveBeenCalledExactlyOnceWith('e', { takeOver: true });
    expect(resume.run).not.toHaveBeenCalled();
    expect(writer.getState().elsewhere).toBeNull();
    await writer.getState().takeOver();
    expect(resume.evaluation).toHaveBeenCalledOnce();
  });
});
