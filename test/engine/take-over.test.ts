// A run or an evaluation that another tab takes over: the tab that had it can store nothing more, whatever it is doing at that moment.
import { describe, expect, it } from 'vitest';
import { DEFAULT_EVAL, GREEDY, presetConfig } from '../../src/shared/config/presets.ts';
import { SFT_PROMPT } from '../../src/shared/config/prompts.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { EvalProgress, TrainProgress } from '../../src/shared/engine-api.ts';
import { changeEval, claimEval, getEval, listAnswers, putAnswersAsWriter, putEval } from '../../src/shared/storage/evals.ts';
import { commitStep } from '../../src/shared/storage/resume-states.ts';
import {
  changeRun,
  claimRun,
  getRun,
  listSteps,
  listStepsAfter,
  putRun,
  putRunAsWriter,
  rewindRun,
} from '../../src/shared/storage/runs.ts';
import type { EnginePlatform } from '../../workers/engine/platform.ts';
import { openTestDatabase } from '../support/database.ts';
import { someAnswer, someEval, someRun, someStep } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, type TestEngine } from './support.ts';

const preset = presetConfig('tiny-demo', 'sft-stage2');
const CONFIG = { ...preset, prompt: SFT_PROMPT, maxSteps: 4, saveSteps: 2, sft: { ...preset.sft, perDeviceTrainBatchSize: 2 } };

async function prepare(engine: TestEngine): Promise<void> {
  await storeSamples(engine.db, 4);
  const fields = { id: 'r', state: 'queued', algorithm: 'sft-stage2', config: CONFIG, maxSteps: 4 } as const;
  await putRun(engine.db, someRun({ ...fields, datasetId: DATASET_ID, baseModelId: TINY_MODEL_ID }));
}

const onStep = (number: number, act: () => void) => (value: TrainProgress) => {
  if (value.kind === 'step' && value.step.step === number) act();
};

async function lossesOf(engine: TestEngine): Promise<(number | undefined)[]> {
  return (await listSteps(engine.db, 'r')).map(({ metrics }) => metrics.loss);
}

it('refuses every write of a run that was claimed anew, in the transaction that would write', async () => {
  const db = await openTestDatabase();
  await putRun(db, someRun({ id: 'r', step: 1 }));
  const old = await claimRun(db, 'r', 'first tab');
  const fresh = await claimRun(db, 'r', 'second tab');
  if (!old || !fresh) throw new Error('not claimed');
  const step = (run: typeof old) => ({ run: { ...run, step: 2 }, step: someStep('r', 2), completions: [], state: [] });
  await expect(commitStep(db, step(old))).rejects.toMatchObject({ code: 'E-LOCKED' });
  await expect(putRunAsWriter(db, { ...old, state: 'paused' })).rejects.toMatchObject({ code: 'E-LOCKED' });
  await expect(rewindRun(db, { ...old, step: 0 })).rejects.toMatchObject({ code: 'E-LOCKED' });
  expect(await listSteps(db, 'r')).toEqual([]);
  expect(await getRun(db, 'r')).toEqual(fresh);
  await commitStep(db, step(fresh));
  expect((await listStepsAfter(db, 'r', 1)).map((row) => row.step)).toEqual([2]);
});

it("keeps the user's words and the writer's numbers apart", async () => {
  const db = await openTestDatabase();
  await putRun(db, someRun({ id: 'r', step: 7 }));
  await claimRun(db, 'r', 'tab');
  expect(await changeRun(db, 'r', { name: 'best so far' })).toMatchObject({ name: 'best so far', step: 7, writer: 'tab' });
  expect(await changeRun(db, 'unknown', { name: 'x' })).toBeUndefined();
});

it('a tab that never hears of it stops at its next step; the other one ends with the curve of an undisturbed run', async () => {
  const whole = await testEngine();
  await prepare(whole);
  await whole.handlers.train({ runId: 'r' }, callContext('train'));
  const first = await testEngine();
  await prepare(first);
  const take = onStep(2, () => void claimRun(first.db, 'r', 'other tab'));
  await expect(first.handlers.train({ runId: 'r' }, callContext('train', take))).rejects.toMatchObject({ code: 'E-LOCKED' });
  expect(await getRun(first.db, 'r')).toMatchObject({ state: 'running', step: 2 });
  const second = await testEngine({ db: first.db });
  await second.handlers.train({ runId: 'r', takeOver: true }, callContext('train'));
  expect(await lossesOf(second)).toEqual(await lossesOf(whole));
  expect(await getRun(second.db, 'r')).toMatchObject({ state: 'done', step: 4 });
});

it('a tab whose lock is stolen ends before its next step and leaves the record to the other tab', async () => {
  let steal: (() => void) | null = null;
  const taken = new WorkbenchError('E-LOCKED', 'taken');
  const asOnlyWriter: EnginePlatform['asOnlyWriter'] = async (work, { recordId, takeOver, onTaken }) => {
    expect([recordId, takeOver]).toEqual(['r', false]);
    steal = () => onTaken(taken);
    return work();
  };
  const engine = await testEngine({ asOnlyWriter });
  await prepare(engine);
  const running = engine.handlers.train({ runId: 'r' }, callContext('train', onStep(1, () => steal?.()))); // prettier-ignore
  await expect(running).rejects.toBe(taken);
  expect(await getRun(engine.db, 'r')).toMatchObject({ state: 'running', step: 1 });
});

describe('an evaluation', () => {
  const config = { ...DEFAULT_EVAL, decoding: { ...GREEDY, maxNewTokens: 6 } };
  const prepareEval = async (engine: TestEngine): Promise<void> => {
    const sampleIds = (await storeSamples(engine.db, 12)).map(({ id }) => id);
    await putEval(engine.db, someEval({ id: 'e', state: 'queued', modelId: TINY_MODEL_ID, datasetId: DATASET_ID, sampleIds, config }));
  };
  const textsOf = async (engine: TestEngine) => (await listAnswers(engine.db, 'e')).map(({ index, text }) => [index, text]);

  it('that was claimed anew refuses answers, states and errors of the earlier job', async () => {
    const db = await openTestDatabase();
    await putEval(db, someEval({ id: 'e', state: 'running', sampleIds: ['d/1'] }));
    await claimEval(db, 'e', 'first tab');
    const fresh = await claimEval(db, 'e', 'second tab');
    const answer = someAnswer({ evalId: 'e', sampleId: 'd/1' });
    await expect(putAnswersAsWriter(db, 'e', 'first tab', [answer])).rejects.toMatchObject({ code: 'E-LOCKED' });
    const end = changeEval(db, 'e', (stored) => ({ ...stored, state: 'failed' }), 'first tab');
    await expect(end).rejects.toMatchObject({ code: 'E-LOCKED' });
    expect([await listAnswers(db, 'e'), await getEval(db, 'e')]).toEqual([[], fresh]);
    await putAnswersAsWriter(db, 'e', 'second tab', [answer]);
    expect(await listAnswers(db, 'e')).toEqual([answer]);
    await expect(putAnswersAsWriter(db, 'gone', 'second tab', [answer])).rejects.toMatchObject({ code: 'E-MISSING' });
    expect(await claimEval(db, 'gone', 'tab')).toBeUndefined();
  });

  it('keeps the name that the user gave it while it ran', async () => {
    const db = await openTestDatabase();
    await putEval(db, someEval({ id: 'e' }));
    await claimEval(db, 'e', 'tab');
    expect(await changeEval(db, 'e', (stored) => ({ ...stored, name: 'mine' }))).toMatchObject({ name: 'mine', writer: 'tab' });
  });

  it('in a tab that never hears of it ends at its next answers; the other tab gives each image one answer', async () => {
    const whole = await testEngine();
    await prepareEval(whole);
    await whole.handlers.evaluate({ evalId: 'e' }, callContext('evaluate'));
    const first = await testEngine();
    await prepareEval(first);
    const take = ({ done, last }: EvalProgress): void => {
      if (last && done === 1) void claimEval(first.db, 'e', 'other tab');
    };
    const running = first.handlers.evaluate({ evalId: 'e' }, callContext('evaluate', take));
    await expect(running).rejects.toMatchObject({ code: 'E-LOCKED' });
    expect(await textsOf(first)).toHaveLength(1);
    expect(await getEval(first.db, 'e')).toMatchObject({ state: 'running', writer: 'other tab' });
    const second = await testEngine({ db: first.db });
    await second.handlers.evaluate({ evalId: 'e', takeOver: true }, callContext('evaluate'));
    expect(await textsOf(second)).toEqual(await textsOf(whole));
    expect(await getEval(second.db, 'e')).toMatchObject({ state: 'done' });
  });
});
