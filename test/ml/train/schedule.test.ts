import { expect, test } from 'vitest';
import { batchIndices } from '../../../workers/ml/train/data-order.ts';
import { decays } from '../../../workers/ml/train/optimizer.ts';
import { learningRateAt } from '../../../workers/ml/train/schedule.ts';

test('warm-up starts at rate 0 and a cosine ends at 0', () => {
  const schedule = { learningRate: 2, warmupSteps: 4, lrSchedulerType: 'cosine' } as const;
  expect([0, 1, 2, 3].map((step) => learningRateAt(step, 12, schedule))).toEqual([0, 0.5, 1, 1.5]);
  expect(learningRateAt(4, 12, schedule)).toBe(2);
  expect(learningRateAt(8, 12, schedule)).toBeCloseTo(1, 12);
  expect(learningRateAt(12, 12, schedule)).toBeCloseTo(0, 12);
});

test('a linear schedule falls by equal steps and a constant one stays', () => {
  const at = (step: number, lrSchedulerType: 'linear' | 'constant'): number =>
    learningRateAt(step, 10, { learningRate: 1, warmupSteps: 0, lrSchedulerType });
  expect([0, 5, 10].map((step) => at(step, 'linear'))).toEqual([1, 0.5, 0]);
  expect(at(9, 'constant')).toBe(1);
});

test('constant_with_warmup rises first, and so does a constant one that an earlier version stored with warm-up steps', () => {
  for (const lrSchedulerType of ['constant_with_warmup', 'constant'] as const)
    expect([0, 1, 2, 9].map((step) => learningRateAt(step, 10, { learningRate: 1, warmupSteps: 2, lrSchedulerType }))).toEqual([
      0, 0.5, 1, 1,
    ]);
});

test('every sample comes once per epoch, in another order in the next, and a step needs no history', () => {
  const epoch = (e: number): number[] => [0, 1, 2, 3].flatMap((step) => batchIndices(7, 12, 3, 4 * e + step));
  expect(epoch(0).toSorted((a, b) => a - b)).toEqual([...Array(12).keys()]);
  expect(epoch(1).toSorted((a, b) => a - b)).toEqual([...Array(12).keys()]);
  expect(epoch(1)).not.toEqual(epoch(0));
  expect(batchIndices(7, 12, 3, 5)).toEqual(epoch(1).slice(3, 6));
  expect(batchIndices(8, 12, 12, 0)).not.toEqual(epoch(0));
});

test('a batch that spans two epochs takes the rest of the first', () => {
  expect(batchIndices(1, 4, 3, 1)[0]).toBe(batchIndices(1, 4, 4, 0)[3]);
  expect(batchIndices(1, 4, 3, 1).slice(1)).toEqual(batchIndices(1, 4, 4, 1).slice(0, 2));
});

test('biases, norms and layer scales get no weight decay', () => {
  const names = [
    'model.layers.0.self_attn.q_proj.weight',
    'model.embed_tokens.weight',
    'model.norm.weight',
    'model.layers.0.input_layernorm.weight',
    'x.bias',
    'b.gamma',
    'visual.trunk.stem.0.weight',
    'visual.trunk.stem.1.weight',
    'visual.trunk.stages.1.downsample.0.weight',
    'visual.trunk.stages.1.downsample.1.weight',
  ];
  expect(names.map(decays)).toEqual([true, true, false, false, false, false, true, false, false, true]);
});
