import { add, dispose, engine, memory, tensor1d, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { adamw } from '../../../workers/ml/kernels/adamw.ts';
import type { LossOptions } from '../../../workers/ml/model/dx-llava.ts';
import { computeGradients, type Gradients } from '../../../workers/ml/model/gradients.ts';
import { LoraAdapter } from '../../../workers/ml/model/lora.ts';
import type { SequenceRow } from '../../../workers/ml/model/sequence-layout.ts';
import { TINY_PROMPTS, createTinyModel, useReferenceBackend, type TinyModel } from './tiny.ts';

const PAPER: LossOptions = { lmLossWeight: 1, binaryLossWeight: 10 };
const ROWS: SequenceRow[] = TINY_PROMPTS.map(({ ids, image }) => ({
  ids: [...ids, 11, 12, 2],
  labels: [...ids.map(() => -100), 11, 12, 2],
  image,
}));

let tiny: TinyModel;
let labels: Tensor;

beforeEach(async () => {
  await useReferenceBackend();
  tiny = createTinyModel();
  labels = tensor1d([0, 1]);
});

afterEach(() => {
  labels.dispose();
  tiny.dispose();
});

function gradients(options: LossOptions, rows = ROWS, patterns = ['*'], multipleOf = 1): Gradients {
  const { model, weights, visionTokens } = tiny;
  const layout = model.layout(rows, multipleOf);
  const inputs = { layout, visionTokens, binaryVisionTokens: visionTokens, binaryLabels: labels, multipleOf };
  const run = (): Tensor => model.losses(inputs, options).loss;
  return computeGradients(run, weights.trainable(patterns));
}

async function largestDifference(a: Record<string, Tensor>, b: Record<string, Tensor>): Promise<number> {
  let largest = 0;
  for (const [name, tensor] of Object.entries(a)) {
    const [left, right] = [await tensor.data(), (await b[name]?.data()) ?? []];
    expect(left.length).toBe(right.length);
    for (let i = 0; i < left.length; i++) largest = Math.max(largest, Math.abs((left[i] ?? 0) - (right[i] ?? NaN)));
  }
  return largest;
}

describe('a training step', () => {
  test('gradient checkpointing gives the same loss and gradients', async () => {
    const plain = gradients(PAPER);
    const again = gradients({ ...PAPER, gradientCheckpointing: true });
    expect((await again.value.data())[0]).toBe((await plain.value.data())[0]);
    expect(await largestDifference(plain.gradients, again.gradients)).toBeLessThan(1e-6);
    dispose([plain.value, again.value, ...Object.values(plain.gradients), ...Object.values(again.gradients)]);
  });

  test('gradient checkpointing keeps fewer bytes for the backward pass', () => {
    const peak = (gradientCheckpointing: boolean): number => {
      let bytes = 0;
      const { model, weights, visionTokens } = tiny;
      const layout = model.layout(ROWS);
      const result = computeGradients(
        () => {
          const { loss } = model.losses(
            { layout, visionTokens, binaryVisionTokens: null, binaryLabels: null },
            { ...PAPER, gradientCheckpointing },
          );
          bytes = memory().numBytes;
          return loss;
        },
        weights.trainable(['model.layers.*']),
      );
      dispose([result.value, ...Object.values(result.gradients)]);
      return bytes;
    };
    expect(peak(true)).toBeLessThan(peak(false));
  });

  test('no zeros are made for the gradients of outputs that exist only to be saved', () => {
    const made = vi.spyOn(engine(), 'makeTensor');
    const { value, gradients: given } = gradients(PAPER);
    const shapes = made.mock.calls.map(([, shape]) => shape);
    made.mockRestore();
    expect(shapes.length).toBeGreaterThan(0);
    // Rank 3 and as wide as the feed-forward: its gate and up projections.
    expect(shapes.filter((shape) => shape.length === 3 && shape[2] === tiny.model.config.language.intermediateSize)).toEqual([]);
    dispose([value, ...Object.values(given)]);
  });

  test('a frozen parameter gets no gradient and the others get the same, checkpointed or not', async () => {
    const all = gradients(PAPER);
    const some = gradients({ ...PAPER, gradientCheckpointing: true }, ROWS, ['model.layers.1.*', 'lm_head.weight']);
    expect(Object.keys(some.gradients).every((name) => /layers\.1|lm_head/.test(name))).toBe(true);
    expect(await largestDifference(some.gradients, all.gradients)).toBeLessThan(1e-6);
    dispose([all.value, some.value, ...Object.values(all.gradients), ...Object.values(some.gradients)]);
  });

  test('more padding changes neither loss nor gradients', async () => {
    const [tight, padded] = [gradients(PAPER), gradients(PAPER, ROWS, ['*'], 16)];
    expect((await padded.value.data())[0]).toBeCloseTo((await tight.value.data())[0] ?? NaN, 5);
    expect(await largestDifference(tight.gradients, padded.gradients)).toBeLessThan(1e-6);
    dispose([tight.value, padded.value, ...Object.values(tight.gradients), ...Object.values(padded.gradients)]);
  });

  test('the released loss adds the clean binary loss', async () => {
    const [paper, released] = [gradients(PAPER), gradients({ ...PAPER, releasedLoss: true })];
    const { model, visionTokens } = tiny;
    const layout = model.layout(ROWS);
    const { binaryLoss, lmLoss, loss } = model.losses(
      { layout, visionTokens, binaryVisionTokens: visionTokens, binaryLabels: labels },
      PAPER,
    );
    const [binary = NaN] = await binaryLoss.data();
    expect((await released.value.data())[0]).toBeCloseTo(((await paper.value.data())[0] ?? NaN) + 10 * binary, 4);
    dispose([
      binaryLoss,
      lmLoss,
      loss,
      paper.value,
      released.value,
      ...Object.values(paper.gradients),
      ...Object.values(released.gradients),
    ]);
  });

  test('a batch without any answer token is refused', () => {
    expect(() => gradients(PAPER, TINY_PROMPTS)).toThrow(/no answer token/);
  });

  test('tensors are as many after ten steps as after two, and the loss falls', async () => {
    const parameters = tiny.weights.trainable(['model.layers.*', 'lm_head.weight']);
    const moments = Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, [zeros(shape), zeros(shape)]]));
    const [counts, losses]: [number[], number[]] = [[], []];
    for (let step = 1; step <= 10; step++) {
      const { value, gradients: found } = gradients({ ...PAPER, gradientCheckpointing: step % 2 === 0 }, ROWS, [
        'model.layers.*',
        'lm_head.weight',
      ]);
      for (const [name, gradient] of Object.entries(found)) {
        const [m, v] = moments[name] ?? [];
        const parameter = parameters[name];
        if (m && v && parameter)
          adamw(parameter, gradient, m, v, {
            learningRate: 0.01,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weightDecay: 0,
            step,
            gradientScale: 1,
          });
      }
      losses.push((await value.data())[0] ?? NaN);
      dispose([value, ...Object.values(found)]);
      counts.push(memory().numTensors);
    }
    expect(counts[9]).toBe(counts[1]);
    expect(losses[9]).toBeLessThan((losses[0] ?? 0) - 0.5);
    dispose(Object.values(moments).flat());
  });
});

describe('weights in a training step', () => {
  test('a copy does not follow in-place updates of the original', async () => {
    const copy = tiny.weights.copy();
    const name = 'lm_head.weight';
    const before = Array.from(await copy.get(name).data());
    const parameter = tiny.weights.variable(name);
    const [gradient, m, v] = [add(parameter, 1), add(parameter, 1), add(parameter, 1)];
    adamw(parameter, gradient, m, v, {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      step: 1,
      gradientScale: 1,
    });
    expect(Array.from(await copy.get(name).data())).toEqual(before);
    expect(Array.from(await parameter.data())).not.toEqual(before);
    dispose([gradient, m, v]);
    copy.dispose();
  });

  test('a fresh adapter changes nothing, and only the adapter gets gradients', async () => {
    const { model, visionTokens, config } = tiny;
    const settings = { r: 2, loraAlpha: 4, loraDropout: 0, targetModules: ['q_proj', 'down_proj'], useRslora: false, baseModel: 'tiny' };
    const adapter = LoraAdapter.create(config.language, settings, 3);
    const layout = model.layout(ROWS);
    const run = (checkpointing: boolean): Gradients =>
      computeGradients(
        () =>
          model.losses(
            { layout, visionTokens, binaryVisionTokens: null, binaryLabels: null },
            { ...PAPER, gradientCheckpointing: checkpointing },
          ).lmLoss,
        adapter.variables(),
      );
    tiny.weights.trainable([]);
    const base = model.forwardLogits(layout, visionTokens);
    model.language.adapter = adapter;
    const adapted = model.forwardLogits(layout, visionTokens);
    expect(await largestDifference({ logits: base }, { logits: adapted })).toBe(0);
    const [plain, again] = [run(false), run(true)];
    expect(await largestDifference(plain.gradients, again.gradients)).toBeLessThan(1e-6);
    for (const [name, gradient] of Object.entries(plain.gradients)) {
      const largest = Math.max(...(await gradient.data()).map(Math.abs));
      // With B = 0 nothing flows to A yet.
      if (name.includes('lora_B')) expect(largest).toBeGreaterThan(0);
      else expect(largest).toBe(0);
    }
    model.language.adapter = null;
    dispose([base, adapted, plain.value, again.value, ...Object.values(plain.gradients), ...Object.values(again.gradients)]);
    adapter.dispose();
  });
});
