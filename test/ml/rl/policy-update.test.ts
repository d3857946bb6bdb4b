// Micro-batches must not change an update, and the first update after sampling must have ratio 1.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { memory, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { microBatches, PolicyUpdate, type UpdateRow } from '../../../workers/ml/rl/policy-update.ts';
import { AdamwOptimizer } from '../../../workers/ml/train/optimizer.ts';
import { STAGE_PARAMETERS } from '../../../workers/ml/train/sft.ts';
import { loadSimdNode } from '../../../workers/node/load-simd.ts';
import { loadDxLlavaFolder, type LoadedModel } from '../../parity/model-files.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/dx-llava-gqa-model', import.meta.url));
const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 };

let visionTokens: Tensor;
beforeAll(async () => {
  await loadSimdNode();
  const model = await loadDxLlavaFolder(FOLDER);
  visionTokens = tensor(
    Float32Array.from({ length: 2 * model.model.numVisionTokens * 30 }, (_, i) => Math.sin(i)),
    [2, model.model.numVisionTokens, 30],
  );
  model.dispose();
});
afterAll(() => visionTokens.dispose());

const row = (image: number, length: number, advantages: (number | null)[]): UpdateRow => ({
  promptIds: [1, -200, 5, 6],
  completionIds: Array.from({ length }, (_, t) => 3 + ((t * 7 + image) % 100)),
  image,
  paragraphIds: Array.from({ length }, (_, t) =>
    t === 0 ? null : Math.min(advantages.length - 1, Math.floor((t * advantages.length) / length)),
  ),
  paragraphAdvantages: advantages,
});
const ROWS = [row(0, 9, [1, -0.5]), row(0, 6, [0.3, null, -1]), row(1, 11, [0.7]), row(1, 4, [-1.2, 0.4])];

async function updated(
  microBatchSize: number,
  objective: 'paper' | 'released',
  multipleOf = 1,
): Promise<{ loaded: LoadedModel; scalars: Record<string, number>; gradNorm: number; weight: number[] }> {
  const loaded = await loadDxLlavaFolder(FOLDER);
  const parameters = loaded.weights.trainable(STAGE_PARAMETERS.language);
  const optimizer = new AdamwOptimizer(parameters, ADAMW);
  const settings = {
    objective,
    epsilon: 0.2,
    beta: 0,
    dualClip: objective === 'released' ? 3 : 0,
    temperature: 1,
    microBatchSize,
    gradientCheckpointing: false,
    multipleOf,
  };
  const update = new PolicyUpdate(loaded.model, null, parameters, settings);
  const { scalars, gradNorm } = await update.step(ROWS, visionTokens, optimizer, 1e-3, { old: null, reference: null });
  const weight = Array.from(await loaded.weights.get('model.layers.0.mlp.up_proj.weight').data());
  optimizer.dispose();
  loaded.dispose();
  return { loaded, scalars, gradNorm, weight };
}

test.each(['paper', 'released'] as const)('micro-batches add up to the update of the whole batch (%s)', async (objective) => {
  const [whole, parts] = [await updated(4, objective), await updated(1, objective)];
  expect(parts.gradNorm / whole.gradNorm).toBeCloseTo(1, 4);
  for (const [name, value] of Object.entries(whole.scalars)) expect(parts.scalars[name], name).toBeCloseTo(value, 5);
  expect(Math.max(...whole.weight.map((value, i) => Math.abs(value - (parts.weight[i] ?? 0))))).toBeLessThan(1e-4);
});

test('lengths that are rounded up change neither scalars nor weights', async () => {
  const [exact, padded] = [await updated(2, 'paper'), await updated(2, 'paper', 16)];
  for (const [name, value] of Object.entries(exact.scalars)) expect(padded.scalars[name], name).toBeCloseTo(value, 6);
  expect(padded.gradNorm / exact.gradNorm).toBeCloseTo(1, 6);
  expect(Math.max(...exact.weight.map((value, i) => Math.abs(value - (padded.weight[i] ?? 0))))).toBeLessThan(1e-5);
});

test('micro-batches hold rows of like length, the longest first, each row once', () => {
  const batches = microBatches(ROWS, 2);
  expect(batches.map(({ indices }) => indices)).toEqual([[2, 0], [1, 3]]); // prettier-ignore
  expect(batches.flatMap(({ chunk }) => chunk.map(({ completionIds }) => completionIds.length))).toEqual([11, 9, 6, 4]);
});

test('log-probabilities come back in the order of the rows', async () => {
  const loaded = await loadDxLlavaFolder(FOLDER);
  const settings = { objective: 'paper', epsilon: 0.2, beta: 0, dualClip: 0, temperature: 1, gradientCheckpointing: false } as const;
  const logProbs = (microBatchSize: number) =>
    new PolicyUpdate(loaded.model, null, {}, { ...settings, microBatchSize }).logProbs(ROWS, visionTokens, 'policy');
  const [alone, together] = [await logProbs(1), await logProbs(3)];
  expect(together.map(({ length }) => length)).toEqual([9, 6, 11, 4]);
  for (const [i, values] of alone.entries()) {
    for (const [t, value] of values.entries()) expect(together[i]?.[t]).toBeCloseTo(value, 5);
  }
  loaded.dispose();
});

test('on the first update every ratio is 1: nothing is clipped and the loss is minus the mean advantage', async () => {
  const { scalars } = await updated(4, 'paper');
  expect(scalars.clipfrac).toBe(0);
  expect(scalars.ratioMean).toBeCloseTo(1, 6);
  expect(scalars.loss).toBeCloseTo(-(1 - 0.5 + 0.3 - 1 + 0.7 - 1.2 + 0.4) / 7, 5);
});

test.each([1, 3, 4])('an evaluation has the scalars of a step in micro-batches of %i and changes nothing', async (microBatchSize) => {
  const { scalars } = await updated(4, 'paper');
  const loaded = await loadDxLlavaFolder(FOLDER);
  const weight = await loaded.weights.get('model.layers.0.mlp.up_proj.weight').data();
  const settings = { objective: 'paper', epsilon: 0.2, beta: 0, dualClip: 0, temperature: 1, gradientCheckpointing: false } as const;
  const update = new PolicyUpdate(loaded.model, null, {}, { ...settings, microBatchSize });
  const before = memory().numTensors;
  const evaluated = await update.evaluate(ROWS, visionTokens, { old: null, reference: null });
  expect(memory().numTensors).toBe(before);
  expect(Object.keys(evaluated)).toEqual(Object.keys(scalars));
  for (const [name, value] of Object.entries(scalars)) expect(evaluated[name], name).toBeCloseTo(value, 5);
  expect(await loaded.weights.get('model.layers.0.mlp.up_proj.weight').data()).toEqual(weight);
  loaded.dispose();
});
