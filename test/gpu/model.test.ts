// The whole model: one training step and one rollout of a tiny DX-LLaVA on webgpu equal those on the cpu reference.
import { dispose, setBackend, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resetCounts } from '../../workers/ml/backends/webgpu/wgsl-runner.ts';
import type { WorkCounts } from '../../workers/ml/backends/webgpu/wgsl-runner.ts';
import { Generator } from '../../workers/ml/model/generate.ts';
import type { Completion } from '../../workers/ml/model/generate.ts';
import { computeGradients } from '../../workers/ml/model/gradients.ts';
import { AdamwOptimizer } from '../../workers/ml/train/optimizer.ts';
import { TINY_PROMPTS, createTinyModel } from '../ml/model/tiny.ts';
import type { TinyModel } from '../ml/model/tiny.ts';
import { describeGpu, deviceErrors, expectClose, openGpu } from './gpu.ts';
import type { Values } from './gpu.ts';

const LOSS = { lmLossWeight: 1, binaryLossWeight: 10 };
const ROWS = TINY_PROMPTS.map(({ ids, image }) => ({ ids: [...ids, 11, 12, 2], labels: [...ids.map(() => -100), 11, 12, 2], image }));
/** Relative, of gradients that went through the whole model. */
const DEEP_TOLERANCE = 3e-4;
const OPTIMIZER = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01, maxGradNorm: 1 };

async function valuesOf(tensor: Tensor): Promise<Values> {
  return { shape: tensor.shape, dtype: tensor.dtype, data: Float32Array.from(await tensor.data()) };
}

interface StepOutcome {
  loss: number;
  gradNorm: number;
  gradients: Map<string, Values>;
  /** After the update. */
  nextLoss: number;
}

/** Gradients, clipping and update of every parameter once. */
async function trainOnce({ model, weights, visionTokens }: TinyModel): Promise<StepOutcome> {
  const parameters = weights.trainable(['*']);
  const optimizer = new AdamwOptimizer(parameters, OPTIMIZER);
  const labels = tensor1d([0, 1]);
  const layout = model.layout(ROWS);
  const run = (): Tensor => model.losses({ layout, visionTokens, binaryVisionTokens: visionTokens, binaryLabels: labels }, LOSS).loss;
  const { value, gradients } = computeGradients(run, parameters);
  const seen = new Map<string, Values>();
  for (const [name, gradient] of Object.entries(gradients)) seen.set(name, await valuesOf(gradient));
  const { gradNorm, scalars } = await optimizer.step(gradients, 0.01, [value]);
  const next = tidy(run);
  const [nextLoss = NaN] = await next.data();
  optimizer.dispose();
  dispose([value, labels, next]);
  return { loss: scalars[0] ?? NaN, gradNorm, gradients: seen, nextLoss };
}

async function onTinyModel<T>(
  backend: 'cpu' | 'webgpu',
  overrides: Record<string, unknown>,
  work: (tiny: TinyModel) => Promise<T>,
): Promise<T> {
  await setBackend(backend);
  const tiny = createTinyModel(overrides);
  try {
    return await work(tiny);
  } finally {
    tiny.dispose();
  }
}

async function rollout({ model, visionTokens }: TinyModel): Promise<Completion[]> {
  const generator = new Generator(model);
  const completions = await generator.generate(TINY_PROMPTS, visionTokens, {
    maxNewTokens: 12,
    numGenerations: 3,
    temperature: 1,
    topP: 0.9,
    seed: 5,
  });
  generator.dispose();
  return completions;
}

const families = [
  { family: 'row kernels', tiles: false },
  { family: 'tiled kernels', tiles: true },
];

describeGpu('a tiny DX-LLaVA on webgpu', () => {
  afterAll(() => {
    expect(deviceErrors).toEqual([]);
  });

  describe.each(families)('with $family', ({ tiles }) => {
    beforeAll(async () => {
      (await openGpu()).runner.prefersTiles = tiles;
    });

    it('makes the same training step as the cpu reference', async () => {
      const expected = await onTinyModel('cpu', {}, trainOnce);
      const actual = await onTinyModel('webgpu', {}, trainOnce);
      expect(actual.loss).toBeCloseTo(expected.loss, 4);
      expect(actual.gradNorm / expected.gradNorm).toBeCloseTo(1, 4);
      expect(actual.gradients.size).toBe(expected.gradients.size);
      for (const [name, values] of expected.gradients) expectClose(actual.gradients.get(name), values, name, DEEP_TOLERANCE);
      expect(actual.nextLoss).toBeCloseTo(expected.nextLoss, 3);
      expect(expected.loss - expected.nextLoss).toBeGreaterThan(0.5);
    }, 180_000); // a software adapter compiles some fifty kernels
  });

  it('writes the same completions as the cpu reference', async () => {
    (await openGpu()).runner.prefersTiles = false;
    const expected = await onTinyModel('cpu', {}, rollout);
    const actual = await onTinyModel('webgpu', {}, rollout);
    expect(actual.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids));
    expect(new Set(expected.map(({ ids }) => ids.join())).size).toBeGreaterThan(3);
    actual.forEach(({ logProbs }, i) => {
      const data = Float32Array.from(expected[i]?.logProbs ?? []);
      expectClose(
        { shape: [data.length], dtype: 'float32', data: Float32Array.from(logProbs) },
        { shape: [data.length], dtype: 'float32', data },
        `row ${i}`,
      );
    });
  });

  it('needs few dispatches and submits for a token of a decoder with four layers', async () => {
    const { runner } = await openGpu();
    runner.prefersTiles = false;
    await onTinyModel('webgpu', { num_hidden_layers: 4, eos_token_id: 99 }, async ({ model, visionTokens }) => {
      const options = { maxNewTokens: 32, temperature: 1, topP: 1, seed: 1 };
      const generator = new Generator(model);
      resetCounts(runner.counts);
      await generator.generate(TINY_PROMPTS, visionTokens, options);
      generator.dispose();
    });
    expect(runner.counts.dispatches / 32).toBeLessThanOrEqual(DISPATCHES_PER_TOKEN);
    expect(runner.counts.submits / 32).toBeLessThan(1);
  });

  it('needs few dispatches and submits for a step of a decoder with four layers', async () => {
    const { runner } = await openGpu();
    runner.prefersTiles = false;
    const counts = await onTinyModel('webgpu', { num_hidden_layers: 4 }, (tiny) => countLanguageStep(tiny, runner.counts));
    expect(counts.byKey.get('adamw 2 v4')).toBe(Math.floor(PARAMETERS / 2));
    expect(counts.dispatches).toBeLessThanOrEqual(160);
    expect(counts.submits).toBeLessThanOrEqual(3);
  });
});

/** Eight a layer; embedding, norm, head, sample; its share of prompt, packing and read-backs. */
const DISPATCHES_PER_TOKEN = 8 * 4 + 4 + 6;

/** Four layers of nine, embedding, norm and head. */
const PARAMETERS = 39;

/** Work of the second step of the language model alone: loss, gradients, clipping, update. */
async function countLanguageStep({ model, weights, visionTokens }: TinyModel, counts: WorkCounts): Promise<WorkCounts> {
  const parameters = weights.trainable(['model.layers.*', 'model.norm.weight', 'model.embed_tokens.weight', 'lm_head.weight']);
  const optimizer = new AdamwOptimizer(parameters, OPTIMIZER);
  const layout = model.layout(ROWS);
  const run = (): Tensor => model.losses({ layout, visionTokens, binaryVisionTokens: null, binaryLabels: null }, LOSS).loss;
  for (let step = 0; step < 2; step++) {
    resetCounts(counts);
    const { value, gradients } = computeGradients(run, parameters);
    await optimizer.step(gradients, 0.01, [value]);
    value.dispose();
  }
  optimizer.dispose();
  return { ...counts, byKey: new Map(counts.byKey) };
}
