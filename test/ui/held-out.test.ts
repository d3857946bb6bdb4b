import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { pairedTests, testFigures, testRequest } from '../../src/features/held-out/before-after.ts';
import type { EvalRecord, RunRecord } from '../../src/shared/domain/run.ts';
import type { DatasetRecord } from '../../src/shared/domain/sample.ts';
import type { DatasetsState } from '../../src/state/datasets.ts';
import type { EvaluationDraft, EvaluationState } from '../../src/state/evaluation-state.ts';
import { createHeldOutStore, HELD_OUT_MODEL, HELD_OUT_PER_CLASS, heldOutRecords } from '../../src/state/held-out.ts';
import type { ModelsState } from '../../src/state/models.ts';
import { createNoticesStore } from '../../src/state/notices.ts';
import type { RunDraft, RunState } from '../../src/state/run-state.ts';
import { mcNemarTest } from '../../src/shared/metrics/paired.ts';
import { allIntervals } from '../support/intervals.ts';
import { someAnswer, someDataset, someEval, someRun } from '../support/records.ts';

const DATASET = 'demo-3-dahlia';

/** Stores whose jobs end at once, and the calls they got. */
function fakeWorld(endState: { run: RunRecord['state'] | 'deleted' }) {
  const calls: string[] = [];
  const datasets = createStore<Pick<DatasetsState, 'datasets' | 'refresh' | 'installDemo'>>((set) => ({
    datasets: [],
    refresh: async () => {},
    installDemo: async (perClass, domain) => {
      calls.push(`draw ${perClass} ${domain}`);
      const dataset: DatasetRecord = someDataset({ id: DATASET, imageCount: perClass * 6 });
      set({ datasets: [dataset] });
      return dataset;
    },
  }));
  const evaluation = createStore<Pick<EvaluationState, 'evals' | 'refresh' | 'create' | 'resume'>>((set, get) => ({
    evals: [],
    refresh: async () => {},
    create: async ({ model, dataset }: EvaluationDraft) => {
      calls.push(`test ${model.id}`);
      const record: EvalRecord = someEval({ id: `eval-${calls.length}`, modelId: model.id, datasetId: dataset.id, state: 'running' });
      set({ evals: [record, ...(get().evals ?? [])] });
      queueMicrotask(() => set({ evals: get().evals?.map((one) => (one.id === record.id ? { ...one, state: 'done' } : one)) ?? null }));
      return record.id;
    },
    resume: async (id) => void calls.push(`resume ${id}`),
  }));
  const run = createStore<Pick<RunState, 'runs' | 'refresh' | 'create' | 'resume'>>((set, get) => ({
    runs: [],
    refresh: async () => {},
    create: async ({ model, dataset, config }: RunDraft) => {
      calls.push(`train ${model.id} ${config.algorithm}`);
      const record = someRun({ id: 'run-1', baseModelId: model.id, datasetId: dataset.id, algorithm: 'prpo', state: 'running' });
      set({ runs: [record] });
      const { run: end } = endState;
      queueMicrotask(() => set({ runs: end === 'deleted' ? [] : [{ ...record, state: end, checkpointIds: ['cp-60'] }] }));
      return record.id;
    },
    resume: async (id) => {
      calls.push(`resume ${id}`);
      set({ runs: get().runs?.map((one) => ({ ...one, state: 'done', checkpointIds: ['cp-60'] })) ?? null });
    },
  }));
  const models = createStore<Pick<ModelsState, 'models' | 'refresh'>>(() => ({ models: [], refresh: async () => {} }));
  const notices = createNoticesStore();
  return { calls, notices, store: createHeldOutStore({ datasets, evaluation, run, models, notices }) };
}

describe('the held-out experiment', () => {
  it('draws, tests, trains without the held-out domain in the start model, and tests the last checkpoint', async () => {
    const { calls, store, notices } = fakeWorld({ run: 'done' });
    await store.getState().start();
    expect(calls).toEqual([`draw ${HELD_OUT_PER_CLASS} dahlia`, `test ${HELD_OUT_MODEL}`, `train ${HELD_OUT_MODEL} prpo`, 'test cp-60']);
    expect(store.getState().isDriving).toBe(false);
    expect(notices.getState().notices).toEqual([]);
  });

  it('stops where a run was paused, and goes on there at the next start without a second test', async () => {
    const { calls, store } = fakeWorld({ run: 'paused' });
    await store.getState().start();
    expect(calls.at(-1)).toBe(`train ${HELD_OUT_MODEL} prpo`);
    await store.getState().start();
    expect(calls.slice(3)).toEqual(['resume run-1', 'test cp-60']);
  });

  it('ends where its run was deleted, so that it can be started again', async () => {
    const { store } = fakeWorld({ run: 'deleted' });
    await store.getState().start();
    expect(store.getState().isDriving).toBe(false);
  });

  it('is found among everything stored, without perturbed or voted tests', () => {
    const before = someEval({ id: 'a', datasetId: DATASET, modelId: HELD_OUT_MODEL });
    const sweep = someEval({ id: 'b', datasetId: DATASET, modelId: HELD_OUT_MODEL, sweepOf: 'a' });
    const run = someRun({
      id: 'r',
      datasetId: DATASET,
      baseModelId: HELD_OUT_MODEL,
      algorithm: 'prpo',
      state: 'done',
      checkpointIds: ['c'],
    });
    const grpo = someRun({ id: 'g', datasetId: DATASET, baseModelId: HELD_OUT_MODEL, algorithm: 'grpo' });
    const after = someEval({ id: 'd', datasetId: DATASET, modelId: 'c' });
    expect(heldOutRecords([someDataset({ id: DATASET })], [sweep, before, after], [grpo, run])).toMatchObject({ before, run, after });
    expect(heldOutRecords([], [], []).before).toBeUndefined();
  });
});

describe('before and after', () => {
  const answer = (index: number, label: 'real' | 'fake', predict: 'real' | 'fake' | null) =>
    someAnswer({ evalId: 'e', sampleId: `s${index}`, index, label, predict });
  const before = [answer(0, 'fake', 'real'), answer(1, 'fake', 'fake'), answer(2, 'real', 'real'), answer(3, 'fake', null)];
  const after = [answer(0, 'fake', 'fake'), answer(1, 'fake', 'fake'), answer(2, 'real', 'fake'), answer(3, 'fake', 'fake')];

  it('counts an unparsed answer as an error', () => {
    const value = (name: string) => testFigures(before).find((figure) => figure.name === name)?.value;
    expect(value('accuracy')).toBe(0.5);
    expect(value('recall')).toBeCloseTo(1 / 3);
    expect(value('precision')).toBe(1);
    expect(value('f1')).toBeCloseTo(0.5);
  });

  it('pairs the tests by picture', () => {
    const paired = pairedTests(before, after);
    expect(mcNemarTest(paired?.tested.answers ?? [])).toMatchObject({ onlyARight: 1, onlyBRight: 2 });
    expect(paired?.request).toMatchObject({ kind: 'paired', pairs: { length: 4 } });
  });

  it('asks the statistics worker for intervals of exactly the figures that it shows', () => {
    const intervals = allIntervals(testRequest(before));
    for (const { name, value } of testFigures(before)) {
      const { low, high } = intervals[`all/${name}_unparsed_wrong`] ?? { low: 1, high: 0 };
      expect(low).toBeLessThanOrEqual(value ?? NaN);
      expect(high).toBeGreaterThanOrEqual(value ?? NaN);
    }
  });
});
