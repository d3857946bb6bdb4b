import { engine as tensors } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { DEFAULT_EVAL, GREEDY } from '../../src/shared/config/presets.ts';
import type { EvalRecord } from '../../src/shared/domain/run.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { majorityVote } from '../../src/shared/metrics/majority.ts';
import type { EvalProgress } from '../../src/shared/engine-api.ts';
import { getEval, listAnswers, putEval } from '../../src/shared/storage/evals.ts';
import { noteReplaced } from '../../src/shared/storage/replaced-pictures.ts';
import { someEval } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, type TestEngine } from './support.ts';

const CONFIG = { ...DEFAULT_EVAL, decoding: { ...GREEDY, maxNewTokens: 12 } };

/** Stores pictures and an evaluation of all of them. */
async function prepare(engine: TestEngine, count: number, fields: Partial<EvalRecord> = {}, broken: number[] = []): Promise<string> {
  const samples = await storeSamples(engine.db, count, broken);
  const sampleIds = samples.map(({ id }) => id);
  await putEval(
    engine.db,
    someEval({ id: 'e', state: 'queued', modelId: TINY_MODEL_ID, datasetId: DATASET_ID, sampleIds, config: CONFIG, ...fields }),
  );
  return 'e';
}

/** Answers without their times. */
async function answersOf(engine: TestEngine, evalId: string) {
  return (await listAnswers(engine.db, evalId)).map(({ elapsedMs: _, answeredAt: __, ...answer }) => answer);
}

describe('an evaluation', () => {
  it('answers every sample in order, stores each and ends as done', async () => {
    const engine = await testEngine();
    const evalId = await prepare(engine, 12);
    const seen: EvalProgress[] = [];
    const result = await engine.handlers.evaluate(
      { evalId },
      callContext('evaluate', (value) => seen.push(value)),
    );
    expect(result.state).toBe('done');
    const answers = await answersOf(engine, evalId);
    expect(answers.map(({ index }) => index)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(answers.every(({ text, pFakeHead, tokens }) => text !== '' && pFakeHead !== null && (tokens?.length ?? 0) > 0)).toBe(true);
    expect(seen.flatMap(({ last }) => (last ? [last.index] : []))).toEqual(answers.map(({ index }) => index));
    expect(seen.at(-1)).toMatchObject({ state: 'done', done: 12, total: 12 });
    expect(seen.find(({ done }) => done === 4)?.etaMs).toBeNull();
    expect(seen.find(({ done }) => done === 6)?.etaMs).toBeGreaterThan(0);
    expect(await getEval(engine.db, evalId)).toMatchObject({ state: 'done', engine: { backend: 'simd' } });
  });

  it('stamps each answer with the time at which it was written, not with that of the evaluation', async () => {
    const engine = await testEngine();
    const before = Date.now();
    const evalId = await prepare(engine, 3, { createdAt: 1000 });
    await engine.handlers.evaluate({ evalId }, callContext('evaluate'));
    const times = (await listAnswers(engine.db, evalId)).map(({ answeredAt }) => answeredAt ?? 0);
    expect(times.every((time) => time >= before && time <= Date.now())).toBe(true);
    expect(times[1]).toBeGreaterThanOrEqual(times[0] ?? Infinity); // the first one is written alone
  });

  it('pauses after the batch under way and resumes at the next unanswered sample with the same answers', async () => {
    const whole = await testEngine();
    await whole.handlers.evaluate({ evalId: await prepare(whole, 12) }, callContext('evaluate'));
    const engine = await testEngine();
    const evalId = await prepare(engine, 12);
    const pause = (value: EvalProgress): void => {
      if (value.done === 1) void engine.handlers.control({ jobId: evalId, action: 'pause' }, callContext('control'));
    };
    const first = await engine.handlers.evaluate({ evalId }, callContext('evaluate', pause));
    expect(first.state).toBe('paused');
    const stored = (await listAnswers(engine.db, evalId)).length;
    expect(stored).toBe(1);
    const again: number[] = [];
    const resumed = await testEngine({ db: engine.db });
    const second = await resumed.handlers.evaluate(
      { evalId },
      callContext('evaluate', ({ last }) => last && again.push(last.index)),
    );
    expect(second.state).toBe('done');
    expect(again[0]).toBe(stored);
    expect(await answersOf(resumed, evalId)).toEqual(await answersOf(whole, 'e'));
  });

  it('does not go on when one of its pictures was replaced meanwhile, and names it; other changes of the dataset do not matter', async () => {
    const engine = await testEngine();
    const evalId = await prepare(engine, 4, { createdAt: 1000 });
    const stop = (value: EvalProgress): void => {
      if (value.done === 1) void engine.handlers.control({ jobId: evalId, action: 'stop' }, callContext('control'));
    };
    await engine.handlers.evaluate({ evalId }, callContext('evaluate', stop));
    const last = ((await getEval(engine.db, evalId))?.sampleIds.at(-1) ?? '').slice(DATASET_ID.length + 1);
    await noteReplaced(engine.db, DATASET_ID, ['another/picture.png'], 2000);
    await noteReplaced(engine.db, DATASET_ID, [last], 500); // before it began
    await engine.handlers.evaluate(
      { evalId },
      callContext('evaluate', (value) => value.done === 2 && stop({ ...value, done: 1 })),
    );
    await noteReplaced(engine.db, DATASET_ID, [last], 2000);
    const refused = engine.handlers.evaluate({ evalId }, callContext('evaluate'));
    await expect(refused).rejects.toMatchObject({ code: 'E-CHECKSUM', message: expect.stringContaining(last) });
    expect((await listAnswers(engine.db, evalId)).length).toBeLessThan(4);
  });

  it('draws sampled answers from positions: a resume gives what an uninterrupted run gives', async () => {
    const config = { ...CONFIG, decoding: { temperature: 1, topP: 0.9, maxNewTokens: 12, seed: 5 } };
    const whole = await testEngine();
    await whole.handlers.evaluate({ evalId: await prepare(whole, 6, { config }) }, callContext('evaluate'));
    const engine = await testEngine();
    const evalId = await prepare(engine, 6, { config });
    const stop = (value: EvalProgress): void => {
      if (value.done === 1) void engine.handlers.control({ jobId: evalId, action: 'stop' }, callContext('control'));
    };
    expect((await engine.handlers.evaluate({ evalId }, callContext('evaluate', stop))).state).toBe('stopped');
    await engine.handlers.evaluate({ evalId }, callContext('evaluate'));
    expect(await answersOf(engine, evalId)).toEqual(await answersOf(whole, 'e'));
  });

  it('counts a broken and a missing image as failures of their own and answers the others', async () => {
    const engine = await testEngine();
    const evalId = await prepare(engine, 5, {}, [2]);
    const record = await getEval(engine.db, evalId);
    if (record) await putEval(engine.db, { ...record, sampleIds: [...record.sampleIds, 'd/gone.png'] });
    await engine.handlers.evaluate({ evalId }, callContext('evaluate'));
    const answers = await answersOf(engine, evalId);
    expect(answers.map(({ failure }) => failure?.code ?? null)).toEqual([null, null, 'E-IMAGE', null, null, 'E-MISSING']);
    expect(answers[3]?.text).not.toBe('');
  });

  it('keeps an answer behind which the context has no room for the forced heading: it only lacks that readout', async () => {
    const engine = await testEngine();
    const long = { ...GREEDY, temperature: 1, maxNewTokens: 150 }; // fits, but what the words are encoded to anew does not
    const evalId = await prepare(engine, 2, { config: { ...CONFIG, votes: 2, decoding: long } });
    await engine.handlers.evaluate({ evalId }, callContext('evaluate'));
    for (const { failure, text, tokenCount, truncated, pFakeToken, pFakeHead, sampled } of await answersOf(engine, evalId)) {
      expect([failure, tokenCount, truncated, pFakeToken]).toEqual([undefined, 150, true, null]);
      expect(text).not.toBe('');
      expect(pFakeHead).toBeGreaterThan(0);
      expect(sampled?.map((one) => one.pFakeToken)).toEqual([null, null]);
    }
  });

  it('stops cleanly when the disk is full: what was stored stays, and it can go on', async () => {
    const engine = await testEngine();
    const evalId = await prepare(engine, 4);
    const full = new WorkbenchError('E-QUOTA', 'no storage left');
    const platform = { db: engine.db, decode: () => Promise.reject(full) };
    const broken = await testEngine(platform);
    await expect(broken.handlers.evaluate({ evalId }, callContext('evaluate'))).rejects.toMatchObject({ code: 'E-QUOTA' });
    expect(await getEval(engine.db, evalId)).toMatchObject({ state: 'paused', error: { code: 'E-QUOTA' } });
    expect((await engine.handlers.evaluate({ evalId }, callContext('evaluate'))).state).toBe('done');
    expect((await getEval(engine.db, evalId))?.error).toBeUndefined();
  });

  it('fails with the reason in its record when the model is gone', async () => {
    const engine = await testEngine();
    const evalId = await prepare(engine, 2, { modelId: 'deleted' });
    await expect(engine.handlers.evaluate({ evalId }, callContext('evaluate'))).rejects.toMatchObject({ code: 'E-MISSING' });
    expect(await getEval(engine.db, evalId)).toMatchObject({ state: 'failed', error: { code: 'E-MISSING' } });
  });

  it('shows the model a changed picture, the same on every run, and hashes it into the parity card', async () => {
    const engine = await testEngine();
    const evalId = await prepare(engine, 3);
    const noisy = { ...CONFIG, perturbation: { kind: 'noise', level: 0.3 } } as const;
    const clean = await getEval(engine.db, evalId);
    for (const id of ['n1', 'n2']) if (clean) await putEval(engine.db, { ...clean, id, config: noisy });
    for (const id of [evalId, 'n1', 'n2']) await engine.handlers.evaluate({ evalId: id }, callContext('evaluate'));
    const heads = async (id: string) => (await listAnswers(engine.db, id)).map(({ pFakeHead }) => pFakeHead);
    expect(await heads('n1')).not.toEqual(await heads(evalId));
    expect(await heads('n2')).toEqual(await heads('n1'));
    const [ofClean, ofNoisy] = [(await getEval(engine.db, evalId))?.parity, (await getEval(engine.db, 'n1'))?.parity];
    expect(ofNoisy).toEqual({ ...ofClean, preprocessing: ofNoisy?.preprocessing });
    expect(ofNoisy?.preprocessing).not.toBe(ofClean?.preprocessing);
    for (const hash of Object.values(ofClean ?? { none: '' })) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keeps all answers of a vote and takes the majority; a pause in between changes none of them', async () => {
    const config = { ...CONFIG, votes: 5, decoding: { temperature: 1.2, topP: 1, maxNewTokens: 12, seed: 9 } };
    const whole = await testEngine();
    await whole.handlers.evaluate({ evalId: await prepare(whole, 5, { config }) }, callContext('evaluate'));
    const answers = await answersOf(whole, 'e');
    for (const { sampled = [], predict, text, pFakeToken } of answers) {
      expect(sampled).toHaveLength(5);
      expect(predict).toBe(majorityVote(sampled.map((one) => one.predict)).predict);
      expect(text).toBe(sampled.find((one) => one.predict === predict)?.text);
      expect(pFakeToken).toBeCloseTo(sampled.reduce((sum, one) => sum + (one.pFakeToken ?? 0), 0) / 5, 12);
    }
    expect(new Set(answers.flatMap(({ sampled = [] }) => sampled.map(({ text }) => text))).size).toBeGreaterThan(1);
    const engine = await testEngine();
    const evalId = await prepare(engine, 5, { config });
    const pause = ({ done }: EvalProgress) =>
      done === 2 && void engine.handlers.control({ jobId: evalId, action: 'pause' }, callContext('control'));
    await engine.handlers.evaluate({ evalId }, callContext('evaluate', pause));
    await engine.handlers.evaluate({ evalId }, callContext('evaluate'));
    expect(await answersOf(engine, evalId)).toEqual(answers);
  });

  it('leaves as many tensors after five runs as after one', async () => {
    const engine = await testEngine();
    const evalId = await prepare(engine, 3);
    const counts: number[] = [];
    for (let i = 0; i < 5; i++) {
      const record = await getEval(engine.db, evalId);
      if (record) await putEval(engine.db, { ...record, id: `e${i}` });
      await engine.handlers.evaluate({ evalId: `e${i}` }, callContext('evaluate'));
      counts.push(tensors().memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
  });

  it('waits for its turn: two jobs never run at once', async () => {
    const engine = await testEngine();
    const evalId = await prepare(engine, 3);
    const record = await getEval(engine.db, evalId);
    if (record) await putEval(engine.db, { ...record, id: 'second' });
    const order: string[] = [];
    const run = (id: string) =>
      engine.handlers.evaluate(
        { evalId: id },
        callContext('evaluate', ({ state }) => order.push(`${id} ${state}`)),
      );
    await Promise.all([run(evalId), run('second')]);
    expect(order.indexOf('second running')).toBeGreaterThan(order.indexOf('e done'));
  });
});
