import { describe, expect, it } from 'vitest';
import { dependentsOf, lineageOf, openRunsFrom, prunePlan } from '../../src/features/models/lineage.ts';
import type { ModelEntry } from '../../src/state/models.ts';
import { someRun } from '../support/records.ts';

interface Fields {
  id: string;
  step?: number;
  runId?: string | null;
  parentId?: string | null;
  metrics?: Record<string, number>;
  whole?: boolean;
  tags?: string[];
}

function entry({ id, step = 1, runId = 'r', parentId = 'nano', metrics = {}, whole = false, tags }: Fields): ModelEntry {
  const base = { id, name: id, kind: 'lora', step, sizeBytes: 100, tiny: true, metrics } as const;
  const files = (whole ? ['config.json', 'model.safetensors'] : ['adapter_model.safetensors']).map((path) => ({
    path,
    sizeBytes: 50,
    sha256: '',
  }));
  return { ...base, checkpoint: { ...base, createdAt: step, runId, parentId, sha256: '', complete: true, resumable: true, files, tags } };
}

const NANO: ModelEntry = { id: 'nano', name: 'nano', kind: 'built-in', step: 0, sizeBytes: 1, tiny: true, metrics: {} };
const MODELS = [
  NANO,
  entry({ id: 'a', runId: 'r1' }),
  entry({ id: 'b', runId: 'r2', parentId: 'a' }),
  entry({ id: 'merged', runId: null, parentId: 'b', whole: true }),
];

describe('the lineage of a model', () => {
  it('goes from the start model through runs and checkpoints', () => {
    const runs = [someRun({ id: 'r1', name: 'First' })];
    expect(lineageOf('merged', MODELS, runs).map(({ id, run }) => [id, run?.name ?? null])).toEqual([
      ['nano', null],
      ['a', 'First'],
      ['b', 'r2'],
      ['merged', null],
    ]);
  });

  it('ends at a model that is not here, and at a circle', () => {
    expect(lineageOf('x', [entry({ id: 'x', parentId: 'gone' })], []).map(({ id, model }) => [id, model?.id])).toEqual([['gone', undefined], ['x', 'x']]); // prettier-ignore
    expect(lineageOf('p', [entry({ id: 'p', parentId: 'q' }), entry({ id: 'q', parentId: 'p' })], [])).toHaveLength(2);
  });

  it('says what could not be loaded without a model: a merged one stands alone', () => {
    expect(dependentsOf('a', MODELS).map(({ id }) => id)).toEqual(['b']);
    expect(dependentsOf('b', MODELS)).toEqual([]);
    const runs = [someRun({ id: 'x', baseModelId: 'a', state: 'paused' }), someRun({ id: 'y', baseModelId: 'a', state: 'done' })];
    expect(openRunsFrom('a', runs).map(({ id }) => id)).toEqual(['x']);
  });
});

describe('pruning the checkpoints of a run', () => {
  const own = [1, 2, 3, 4, 5].map((step) =>
    entry({ id: `s${step}`, step, metrics: { reward: [0.1, 0.9, 0.2, 0.3, 0.4][step - 1] ?? 0, loss: step } }),
  );

  it('keeps the last ones and the best by a metric in its direction, and adds up what it frees', () => {
    const plan = prunePlan(own, own, [], { keepLast: 2, keepBest: 'reward' });
    expect(plan.removed.map(({ id }) => id)).toEqual(['s3', 's1']);
    expect(plan.freedBytes).toBe(200);
    expect(prunePlan(own, own, [], { keepLast: 0, keepBest: 'loss' }).kept.map(({ model }) => model.id)).toEqual(['s1']);
    const probed = own.map((model) => ({ ...model, metrics: { 'eval/acc': model.step } }));
    expect(prunePlan(probed, probed, [], { keepLast: 0, keepBest: 'eval/acc' }).kept).toMatchObject([
      { model: { id: 's5' }, reason: 'best by probe: accuracy' },
    ]);
  });

  it('never removes one that another model is built on, that a run which is not done began from, or that is tagged', () => {
    const tagged = own.map((model) => (model.id === 's1' ? entry({ id: 's1', step: 1, tags: ['paper'] }) : model));
    const all = [...tagged, entry({ id: 'child', runId: 'other', parentId: 's3' })];
    const runs = [someRun({ id: 'x', baseModelId: 's2', state: 'paused' }), someRun({ id: 'y', baseModelId: 's4', state: 'done' })];
    const plan = prunePlan(tagged, all, runs, { keepLast: 1, keepBest: null });
    expect(plan.removed.map(({ id }) => id)).toEqual(['s4']);
    expect(plan.kept.map(({ model, reason }) => [model.id, reason])).toEqual([
      ['s5', 'newest'],
      ['s3', 'other models are built on it'],
      ['s2', 'a run that is not done began from it'],
      ['s1', 'tagged by you'],
    ]);
  });
});
