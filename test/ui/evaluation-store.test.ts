import { describe, expect, it, vi } from 'vitest';
import type { EvalConfig } from '../../src/shared/config/config.ts';
import { DEFAULT_EVAL, presetConfig } from '../../src/shared/config/presets.ts';
import type { Preference } from '../../src/shared/domain/run.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { PictureApi } from '../../src/shared/picture-api.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { putDataset } from '../../src/shared/storage/datasets.ts';
import { getEval, listAnswers, putAnswers, putEval } from '../../src/shared/storage/evals.ts';
import { getRun, listSteps, putRun } from '../../src/shared/storage/runs.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { createEvaluationStore } from '../../src/state/evaluation.ts';
import { explanationKey } from '../../src/state/explanation-key.ts';
import { createInspectionStore } from '../../src/state/inspection.ts';
import { isInterrupted } from '../../src/state/interrupted.ts';
import { createJobsStore } from '../../src/state/jobs.ts';
import { createNoticesStore } from '../../src/state/notices.ts';
import { createPublisher } from '../../src/state/publisher.ts';
import { completionsKey } from '../../src/state/run-state.ts';
import { createRunStore } from '../../src/state/run.ts';
import { createSerialQueue } from '../../src/state/serial-queue.ts';
import { appendStep } from '../support/append-step.ts';
import { openTestDatabase } from '../support/database.ts';
import { createFakeClient, createFakeEngineClient } from '../support/fake-client.ts';
import { someAnswer, someCompletion, someDataset, someEval, someRun, someSample, someStep } from '../support/records.ts';

const MODEL = { id: 'm', name: 'nano' };

async function setUp(handlers: Partial<Handlers<EngineApi>>) {
  const db = await openTestDatabase();
  const samples = ['1', '2', '3', '4'].map((name) => someSample({ datasetId: 'd', path: `aster/test/fake/${name}.png` }));
  await putSamples(
    db,
    samples.map((sample) => ({ sample, image: new Blob(['x']), thumbnail: new Blob(['x']) })),
    someDataset({ id: 'd', imageCount: samples.length }),
  );
  const client = createFakeEngineClient(handlers);
  const deps = {
    engine: client.calls,
    database: () => Promise.resolve(db),
    jobs: createJobsStore(),
    notices: createNoticesStore(),
    codeVersion: 'test',
  };
  return { db, samples, client, deps };
}

describe('the evaluation store', () => {
  it('stores a seeded choice of samples before it starts the engine, and shows answers as they come', async () => {
    const evaluate = vi.fn<Handlers<EngineApi>['evaluate']>(async ({ evalId }, { progress }) => {
      const last = someAnswer({ evalId, sampleId: 'd/x', index: 0 });
      progress({ state: 'running', done: 1, total: 2, etaMs: null, last });
      return { state: 'done' };
    });
    const { db, deps } = await setUp({ evaluate });
    const store = createEvaluationStore(deps);
    const config = { ...DEFAULT_EVAL, sampleSize: 2, seed: 7 };
    const shown: number[] = [];
    store.subscribe(({ answers }) => shown.push(Object.values(answers)[0]?.length ?? 0));
    const id = await store.getState().create({ dataset: someDataset({ id: 'd' }), model: MODEL, config });
    const stored = await getEval(db, id);
    expect(stored?.sampleIds).toHaveLength(2);
    await vi.waitFor(() => expect(store.getState().live).toBeNull());
    expect(Math.max(...shown)).toBe(1);
    expect(evaluate).toHaveBeenCalledOnce();
    expect(deps.jobs.getState().jobs).toEqual([]);
  });

  it('refuses a filter that no image passes and stores nothing', async () => {
    const { deps } = await setUp({});
    const store = createEvaluationStore(deps);
    const config = { ...DEFAULT_EVAL, filter: { ...DEFAULT_EVAL.filter, domains: ['nowhere'] } };
    await expect(store.getState().create({ dataset: someDataset({ id: 'd' }), model: MODEL, config })).rejects.toThrow('No image passes');
    await store.getState().refresh();
    expect(store.getState().evals).toEqual([]);
  });

  it('calls a running record interrupted when no engine of this tab works on it', () => {
    const record = someEval({ id: 'e', state: 'running' });
    expect(isInterrupted(record, { liveId: null, waiting: [] })).toBe(true);
    expect(isInterrupted(record, { liveId: 'e', waiting: [] })).toBe(false);
    expect(isInterrupted(record, { liveId: 'x', waiting: ['e'] })).toBe(false);
    expect(isInterrupted({ ...record, state: 'done' }, { liveId: null, waiting: [] })).toBe(false);
  });

  it('shows a failure as a notice and gives the page back', async () => {
    const { db, deps } = await setUp({
      evaluate: () => {
        throw new WorkbenchError('E-MEMORY', 'Too large.');
      },
    });
    await putEval(db, someEval({ id: 'e', state: 'paused' }));
    const store = createEvaluationStore(deps);
    await store.getState().resume('e');
    expect(store.getState().live).toBeNull();
    expect(deps.notices.getState().notices[0]?.error?.code).toBe('E-MEMORY');
  });

  it('says why work cannot go on whose pictures cannot be read, and has deleted nothing', async () => {
    const { db, deps } = await setUp({});
    await putDataset(db, someDataset({ id: 'd', name: 'mini', pictures: 'linked' })); // its folder is not known here
    await putEval(db, someEval({ id: 'e', state: 'paused' }));
    await putRun(db, someRun({ id: 'r', datasetId: 'd', state: 'paused' }));
    await putAnswers(db, [someAnswer({ evalId: 'e', sampleId: 'd/1', failure: { code: 'E-IMAGE', message: 'broken' } })]);
    const said = () => deps.notices.getState().notices.map(({ error }) => error?.code);
    const forget = () => deps.notices.setState({ notices: [] });
    const { resume, retryFailed } = createEvaluationStore(deps).getState();
    await resume('e');
    expect(said()).toEqual(['E-MISSING']);
    forget();
    await retryFailed('e');
    expect(said()).toEqual(['E-MISSING']);
    expect(await listAnswers(db, 'e')).toHaveLength(1);
    forget();
    await createRunStore(deps).getState().resume('r');
    expect(said()).toEqual(['E-MISSING']);
  });

  it('asks the failed samples again and no others, and counts the threshold anew', async () => {
    const asked: string[] = [];
    const { db, deps } = await setUp({
      evaluate: async ({ evalId }) => {
        const answered = new Set((await listAnswers(db, evalId)).map(({ sampleId }) => sampleId));
        asked.push(...['d/1', 'd/2', 'd/3'].filter((id) => !answered.has(id)));
        await putAnswers(db, [someAnswer({ evalId, sampleId: 'd/2', index: 1, label: 'real', pFakeHead: 0.9 })]);
        return { state: 'done' };
      },
    });
    const counts = { tp: 1, fp: 0, tn: 1, fn: 0 };
    const from = { evalId: 'v', name: 'v', datasetName: 'd', datasetHash: '', counts };
    const threshold = { source: 'head', value: 0.5, rule: 'max-f1', from, measured: counts, temperature: null, frozenAt: 1 } as const;
    await putEval(db, someEval({ id: 'e', state: 'done', sampleIds: ['d/1', 'd/2', 'd/3'], threshold }));
    await putAnswers(db, [
      someAnswer({ evalId: 'e', sampleId: 'd/1', index: 0, pFakeHead: 0.9 }),
      someAnswer({ evalId: 'e', sampleId: 'd/2', index: 1, failure: { code: 'E-IMAGE', message: 'broken' } }),
      someAnswer({ evalId: 'e', sampleId: 'd/3', index: 2, label: 'real', pFakeHead: 0.1 }),
    ]);
    const store = createEvaluationStore(deps);
    await store.getState().open('e');
    await store.getState().retryFailed('e');
    expect(asked).toEqual(['d/2']);
    expect((await getEval(db, 'e'))?.threshold?.measured).toEqual({ tp: 1, fp: 1, tn: 1, fn: 0 });
  });

  it('makes one evaluation per change on the same images, one after another, and takes waiting ones back', async () => {
    let release = (): void => undefined;
    const { db, deps } = await setUp({
      evaluate: () => new Promise((resolve) => (release = () => resolve({ state: 'paused' }))),
      control: () => {
        release();
        return { accepted: true };
      },
    });
    const preferences: Preference[] = [{ otherId: 'o', sampleId: 'd/1', better: 'here', at: 1 }];
    await putEval(db, someEval({ id: 'e', state: 'done', sampleIds: ['d/1', 'd/2'], trainedOn: ['aster'], preferences }));
    const store = createEvaluationStore(deps);
    const ids = await store.getState().sweep('e', [
      { kind: 'jpeg', level: 50 },
      { kind: 'blur', level: 1 },
    ]);
    const rows = await Promise.all(ids.map((id) => getEval(db, id)));
    expect(rows.map((row) => [row?.sweepOf, row?.sampleIds, row?.config.perturbation?.kind])).toEqual([
      ['e', ['d/1', 'd/2'], 'jpeg'],
      ['e', ['d/1', 'd/2'], 'blur'],
    ]);
    expect(rows.map((row) => row?.preferences)).toEqual([undefined, undefined]); // other answers were judged
    await vi.waitFor(() => expect(store.getState().live?.evalId).toBe(ids[0]));
    expect(store.getState().waiting).toEqual([ids[1]]);
    await store.getState().pauseAll(ids);
    await vi.waitFor(() => expect(store.getState().live).toBeNull());
    expect(store.getState().waiting).toEqual([]);
    expect(store.getState().answers[ids[0] ?? '']).toBeUndefined();
    await store.getState().open(ids[0] ?? ''); // what the paused row still reads is read by then
    await store.getState().remove('e');
    expect(await Promise.all(['e', ...ids].map((id) => getEval(db, id)))).toEqual([undefined, undefined, undefined]);
  });

  it('asks the same model in the same way about all validation images, and names the version that does', async () => {
    const { db, deps } = await setUp({ evaluate: () => new Promise(() => undefined) });
    const images = (['val', 'test'] as const).map((split) => someSample({ datasetId: 'v', path: `birch/${split}/real/1.png`, split }));
    await putSamples(
      db,
      images.map((sample) => ({ sample, image: new Blob(['x']), thumbnail: new Blob(['x']) })),
      someDataset({ id: 'v', imageCount: images.length }),
    );
    const config: EvalConfig = { ...DEFAULT_EVAL, prompt: 'Else?', sampleSize: 1, perturbation: { kind: 'blur', level: 1 } };
    await putEval(db, someEval({ id: 'e', datasetId: 'v', modelId: 'm', state: 'done', config, codeVersion: 'earlier' }));
    const id = await createEvaluationStore(deps).getState().validate('e');
    const { perturbation: _blur, ...clean } = config;
    expect(await getEval(db, id)).toMatchObject({
      modelId: 'm',
      sampleIds: [images[0]?.id],
      config: { ...clean, sampleSize: 0, filter: { ...config.filter, splits: ['val'] } },
      codeVersion: deps.codeVersion,
    });
    expect((await getEval(db, id))?.config.perturbation).toBeUndefined();
  });

  it('reads decisions and scores without texts, once per version of the record', async () => {
    const { db, deps } = await setUp({});
    const record = someEval({ id: 'e', updatedAt: 5 });
    await putAnswers(
      db,
      Array.from({ length: 450 }, (_, i) => someAnswer({ evalId: 'e', sampleId: `d/${i}`, index: i, text: 'long', pFakeHead: i / 450 })),
    );
    const store = createEvaluationStore(deps);
    await store.getState().loadScores([record]);
    const first = store.getState().scores['e'];
    expect(first?.answers.map(({ pFakeHead }) => pFakeHead)).toEqual(Array.from({ length: 450 }, (_, i) => i / 450));
    expect(Object.keys(first?.answers[0] ?? {})).not.toContain('text');
    await store.getState().loadScores([record]);
    expect(store.getState().scores['e']).toBe(first);
  });

  it('opens nothing where there is no such evaluation', async () => {
    const { deps } = await setUp({});
    expect(await createEvaluationStore(deps).getState().open('nothing')).toBe(false);
  });
});

describe('the run store', () => {
  it('follows steps and completions of a live run and reads old steps from storage', async () => {
    const { db, deps } = await setUp({
      train: async ({ runId }, { progress }) => {
        const run = await getRun(db, runId);
        if (!run) throw new Error('not stored');
        for (const step of [1, 2]) {
          await appendStep(db, { ...run, step }, someStep(runId, step), [someCompletion(runId, step, 0)]);
          progress({ kind: 'step', step: someStep(runId, step), completions: [someCompletion(runId, step, 0)], etaMs: 10 });
        }
        return { state: 'done' };
      },
    });
    const store = createRunStore(deps);
    const id = await store
      .getState()
      .create({ dataset: someDataset({ id: 'd' }), model: MODEL, config: presetConfig('tiny-demo', 'prpo') });
    await vi.waitFor(() => expect(store.getState().live).toBeNull());
    expect(store.getState().steps[id]?.map(({ step }) => step)).toEqual([1, 2]);
    await store.getState().loadCompletions(id, 1);
    expect(store.getState().completions[completionsKey(id, 1)]).toHaveLength(1);
    expect(await listSteps(db, id)).toHaveLength(2);
  });

  it('does not start a run that was deleted while it waited', async () => {
    const started: string[] = [];
    let release = (): void => undefined;
    const { deps } = await setUp({
      train: ({ runId }) => {
        started.push(runId);
        return new Promise((resolve) => (release = () => resolve({ state: 'done' })));
      },
    });
    const store = createRunStore(deps);
    const draft = { dataset: someDataset({ id: 'd' }), model: MODEL, config: presetConfig('tiny-demo', 'prpo') };
    const first = await store.getState().create(draft);
    const second = await store.getState().create(draft);
    await vi.waitFor(() => expect(store.getState().waiting).toEqual([second]));
    store.getState().remove(second);
    const third = await store.getState().create(draft);
    release();
    await vi.waitFor(() => expect(started.at(-1)).toBe(third));
    expect(started).toEqual([first, third]);
  });

  it('says so where the name of a run cannot be stored', async () => {
    const { db, deps } = await setUp({});
    const store = createRunStore(deps);
    db.close();
    await store.getState().update('r', { name: 'new' });
    expect(deps.notices.getState().notices[0]?.error?.code).toBe('E-STORAGE');
  });

  it('starts the second run of a pair only after the first is done', async () => {
    const started: string[] = [];
    const { db, deps } = await setUp({
      train: async ({ runId }) => {
        started.push(runId);
        const run = await getRun(db, runId);
        if (run) await appendStep(db, { ...run, state: 'done', step: 1 }, someStep(runId, 1), []);
        return { state: 'done' };
      },
    });
    const store = createRunStore(deps);
    const draft = (algorithm: 'grpo' | 'prpo') => ({
      dataset: someDataset({ id: 'd' }),
      model: MODEL,
      config: presetConfig('tiny-demo', algorithm),
    });
    const [first, second] = await store.getState().createPair([draft('grpo'), draft('prpo')]);
    await vi.waitFor(() => expect(started).toEqual([first, second]));
    const partner = await getRun(db, second);
    expect(partner?.pairedRunId).toBe(first);
  });
});

describe('the inspection store', () => {
  it('streams text and keeps the result by model, image and number of answers', async () => {
    const { deps } = await setUp({
      explain: (_params, { progress }) => {
        progress({ kind: 'head', pFakeHead: 0.8 });
        progress({ kind: 'text', text: 'The skin', tokenCount: 2 });
        throw new WorkbenchError('E-CONTEXT', 'Too long.');
      },
    });
    const store = createInspectionStore({ ...deps, pictures: createFakeClient<PictureApi>({}).calls, unstoredImage: () => undefined });
    const { prompt, template, decoding, parser, reward } = DEFAULT_EVAL;
    const request = { modelId: 'm', sampleId: 'd/1', prompt, template, decoding, parser, reward, numGenerations: 1 };
    await store.getState().explain(request);
    expect(store.getState().explanations[explanationKey(request)]).toMatchObject({
      phase: 'failed',
      pFakeHead: 0.8,
      text: 'The skin',
      error: { code: 'E-CONTEXT' },
    });
  });
});

describe('a serial queue', () => {
  it('runs one job after another, names those that wait, and leaves out one that was taken back', async () => {
    const log: string[] = [];
    let waiting: readonly string[] = [];
    const queue = createSerialQueue((ids) => (waiting = ids));
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const first = queue.add('a', async () => {
      await gate;
      log.push('a');
    });
    void queue.add('b', async () => void log.push('b'));
    const last = queue.add('c', async () => void log.push('c'));
    await Promise.resolve();
    expect(waiting).toEqual(['b', 'c']);
    queue.remove('b');
    release();
    await Promise.all([first, last]);
    expect(log).toEqual(['a', 'c']);
    expect(waiting).toEqual([]);
  });

  it('begins the next job also when one has failed', async () => {
    const queue = createSerialQueue(() => undefined);
    const first = queue.add('a', () => Promise.reject(new Error('no database')));
    const next = queue.add('b', () => Promise.resolve());
    await expect(first).rejects.toThrow('no database');
    await expect(next).resolves.toBeUndefined();
  });
});

describe('a publisher', () => {
  it('flushes at once, then at most once per interval, and never loses the last request', () => {
    vi.useFakeTimers();
    let flushes = 0;
    const publisher = createPublisher(() => flushes++, 250);
    for (let i = 0; i < 10; i++) publisher.request();
    expect(flushes).toBe(1);
    vi.advanceTimersByTime(250);
    expect(flushes).toBe(2);
    publisher.request();
    publisher.finish();
    expect(flushes).toBe(3);
    vi.advanceTimersByTime(1000);
    expect(flushes).toBe(3);
    vi.useRealTimers();
  });
});
