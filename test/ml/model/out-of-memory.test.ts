// What is being made when memory ends is freed: whoever tries again with smaller settings has the room that the error promised.
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, expect, it } from 'vitest';
import { Generator } from '../../../workers/ml/model/generate.ts';
import { PackedDecoder } from '../../../workers/ml/model/decoder.ts';
import { DxLlava } from '../../../workers/ml/model/dx-llava.ts';
import { LoraAdapter } from '../../../workers/ml/model/lora.ts';
import { dxLlavaParameters } from '../../../workers/ml/model/parameters.ts';
import { IMAGE_TOKEN_ID, IGNORED_LABEL } from '../../../workers/ml/model/sequence-layout.ts';
import { Weights } from '../../../workers/ml/model/weights.ts';
import { PolicyUpdate, type UpdateRow } from '../../../workers/ml/rl/policy-update.ts';
import { AdamwOptimizer } from '../../../workers/ml/train/optimizer.ts';
import { SftTrainer } from '../../../workers/ml/train/sft.ts';
import { presetConfig } from '../../../src/shared/config/presets.ts';
import { prepareBackends } from '../../support/backends.ts';
import { createTinyModel, TINY_PROMPTS } from './tiny.ts';

const simd = await prepareBackends({ threads: 1 });
const { config, weights, model, visionTokens, dispose: end } = createTinyModel({ intermediate_size: 32, vocab_size: 40 });
const language = model.language;
const settings = { r: 2, loraAlpha: 4, loraDropout: 0.1, useRslora: false, targetModules: ['q_proj', 'down_proj'], baseModel: '' };
const adapter = LoraAdapter.create(config.language, settings);
/** A kernel of tfjs's own that runs out of memory may lose a scalar of its own. */
const PLAIN_KERNEL_BYTES = 64;
const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 };
afterEach(() => {
  simd.heap.limitBytes = Infinity;
});
afterAll(() => {
  adapter.dispose();
  end();
});

const row = (length: number, advantages: (number | null)[]): UpdateRow => ({
  promptIds: [1, IMAGE_TOKEN_ID, 5, 6],
  completionIds: Array.from({ length }, (_, t) => 3 + (t % 10)),
  image: 0,
  paragraphIds: Array.from({ length }, () => 0),
  paragraphAdvantages: advantages,
});

async function updatePolicy(gradientCheckpointing: boolean): Promise<{ dispose: () => void }> {
  const optimizer = new AdamwOptimizer(adapter.variables(), ADAMW);
  language.adapter = adapter;
  try {
    const options = { objective: 'paper', epsilon: 0.2, beta: 0.1, dualClip: 0, temperature: 1, microBatchSize: 1, gradientCheckpointing } as const; // prettier-ignore
    const update = new PolicyUpdate(model, model, adapter.variables(), options);
    const rows = [row(5, [1]), row(3, [-1])];
    const [old, reference] = [await update.logProbs(rows, visionTokens, 'policy'), await update.logProbs(rows, visionTokens, 'reference')];
    await update.evaluate(rows, visionTokens, { old, reference });
    await update.step(rows, visionTokens, optimizer, 0, { old, reference }, 'key');
    return optimizer;
  } catch (error) {
    optimizer.dispose();
    throw error;
  } finally {
    language.adapter = null;
  }
}

async function fineTune(): Promise<{ dispose: () => void }> {
  const { optimizer } = presetConfig('tiny-demo', 'sft-stage2');
  const parameters = weights.trainable(['model.mm_projector.*', 'model.layers.*']);
  const loss = { lmLossWeight: 1, binaryLossWeight: 1 };
  const trainer = new SftTrainer(model, parameters, { ...optimizer, learningRate: 0 }, 5, loss);
  const batch = () => ({
    rows: [{ ids: [1, IMAGE_TOKEN_ID, 5, 6, 7], labels: [IGNORED_LABEL, IGNORED_LABEL, 5, 6, 7], image: 0 }],
    visionTokens,
    binaryVisionTokens: null,
    binaryLabels: null,
  });
  try {
    await trainer.trainStep([batch(), batch()]);
    return trainer;
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

async function generate(): Promise<{ dispose: () => void }> {
  const generator = new Generator(model);
  try {
    await generator.generate(TINY_PROMPTS, visionTokens, {
      maxNewTokens: 24,
      temperature: 1,
      topP: 1,
      seed: 3,
      numGenerations: 4,
      chunk: 2,
    });
    return generator;
  } catch (error) {
    generator.dispose();
    throw error;
  }
}

function packAdapted(): { dispose: () => void } {
  language.adapter = adapter;
  try {
    return new PackedDecoder(language);
  } finally {
    language.adapter = null;
  }
}

it.each<[string, () => { dispose: () => void } | Promise<{ dispose: () => void }>]>([
  ['weights', () => Weights.create(dxLlavaParameters(config))],
  ['a copy of weights', () => weights.copy()],
  ['a model', () => new DxLlava(config, weights)],
  ['an adapter', () => LoraAdapter.create(config.language, settings)],
  ['a packed decoder with an adapter', packAdapted],
  ['completions', generate],
  ['an update of a policy', () => updatePolicy(false)],
  ['an update of a policy with gradient checkpointing', () => updatePolicy(true)],
  ['a supervised step', fineTune],
])('%s: nothing is left behind, wherever memory ends', async (_name, make) => {
  (await make()).dispose(); // the engine's own buffers have grown to what they must be
  const tensors = memory().numTensors;
  for (let spare = 0; ; spare += 256) {
    const bytes = simd.heap.liveBytes;
    simd.heap.limitBytes = bytes + spare;
    try {
      (await make()).dispose();
      break;
    } catch (error) {
      expect(error).toMatchObject({ code: 'E-MEMORY' });
    }
    expect([spare, memory().numTensors]).toEqual([spare, tensors]);
    expect(simd.heap.liveBytes - bytes).toBeLessThanOrEqual(PLAIN_KERNEL_BYTES);
  }
});
