// What cannot be learnt from is counted and left out, and the two branches of supervised training see what the settings say.
import { describe, expect, it } from 'vitest';
import type { Algorithm, TrainConfig } from '../../src/shared/config/config.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { ModelFolders } from '../../src/shared/models/model-folder.ts';
import { getRun, listCompletions, listSteps, putRun } from '../../src/shared/storage/runs.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { ImageSource } from '../../workers/engine/images.ts';
import { loadModel } from '../../workers/engine/load-model.ts';
import { likelyCause } from '../../workers/engine/nan-cause.ts';
import { decodeFile } from '../support/decode.ts';
import { someDataset, someRun, someStep } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, picture, storeSamples, testEngine, type TestEngine } from './support.ts';

const SAMPLES = 4;

function configOf(algorithm: Algorithm, sft: Partial<TrainConfig['sft']> = {}): TrainConfig {
  const config = presetConfig('tiny-demo', algorithm);
  return {
    ...config,
    maxSteps: 1,
    microBatchSize: 4,
    policy: { ...config.policy, numGenerations: 3, promptsPerStep: 2, maxCompletionLength: 12, beta: 0 },
    sft: { ...config.sft, perDeviceTrainBatchSize: SAMPLES, gradientAccumulationSteps: 1, ...sft },
  };
}

async function trained(engine: TestEngine, config: TrainConfig, id = 'r'): Promise<Record<string, number>> {
  const { algorithm, maxSteps } = config;
  await putRun(engine.db, someRun({ id, state: 'queued', algorithm, config, maxSteps, datasetId: DATASET_ID, baseModelId: TINY_MODEL_ID })); // prettier-ignore
  await engine.handlers.train({ runId: id }, callContext('train'));
  return (await listSteps(engine.db, id))[0]?.metrics ?? {};
}

const erf = (x: number): number => {
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
};

/** The clean images' binary loss in double precision, from weights and vision tokens: projector, clamp, mean, head. */
async function cleanBinaryLoss(engine: TestEngine, samples: readonly SampleRecord[]): Promise<number> {
  const chain = await new ModelFolders(engine.platform, engine.db).chainOf(TINY_MODEL_ID);
  const model = await loadModel(chain, () => undefined);
  const images = new ImageSource(engine.db, decodeFile);
  const values = async (name: string): Promise<number[]> => Array.from(await model.weights.get(name).data());
  const affine = async (x: number[], name: string): Promise<number[]> => {
    const [weight, bias] = [await values(`${name}.weight`), await values(`${name}.bias`)];
    return bias.map((b, o) => x.reduce((sum, value, i) => sum + value * (weight[o * x.length + i] ?? 0), b));
  };
  let total = 0;
  for (const sample of samples) {
    const tokens = Array.from((await images.encoded(model, sample.id)).tokens);
    const S = model.gridSize ** 2;
    const D = tokens.length / S;
    const projected: number[][] = [];
    for (let s = 0; s < S; s++) {
      const hidden = await affine(tokens.slice(s * D, (s + 1) * D), 'model.mm_projector.0');
      projected.push(await affine(hidden.map((x) => 0.5 * x * (1 + erf(x / Math.SQRT2))), 'model.mm_projector.2')); // prettier-ignore
    }
    const width = projected[0]?.length ?? 0;
    const pooled = Array.from({ length: width }, (_, c) => projected.reduce((sum, row) => sum + Math.min(10, Math.max(-10, row[c] ?? 0)), 0) / S); // prettier-ignore
    const relu = (await affine(pooled, 'model.binary_classifier.fc1')).map((x) => Math.max(0, x));
    const [z = NaN] = await affine(relu, 'model.binary_classifier.fc3');
    total += Math.max(z, 0) - z * Number(sample.label === 'fake') + Math.log1p(Math.exp(-Math.abs(z)));
  }
  model.dispose();
  return total / samples.length;
}

describe('the losses of stage 2', () => {
  it('are those of a double-precision reference: paper, released sum, clean and augmented head', async () => {
    const engine = await testEngine();
    const samples = await storeSamples(engine.db, SAMPLES);
    const clean = await cleanBinaryLoss(engine, samples);
    let count = 0;
    const metricsOf = (sft: Partial<TrainConfig['sft']>): Promise<Record<string, number>> =>
      trained(engine, configOf('sft-stage2', sft), `run-${++count}`);
    const plain = await metricsOf({ augmentBinaryBranch: false });
    expect(plain.binary_loss).toBeCloseTo(clean, 5);
    expect(plain.loss).toBeCloseTo((plain.lm_loss ?? NaN) + 10 * clean, 4);
    const augmented = await metricsOf({ augmentBinaryBranch: true });
    expect(Math.abs((augmented.binary_loss ?? NaN) - clean)).toBeGreaterThan(1e-5);
    expect(augmented.lm_loss).toBe(plain.lm_loss);
    expect(await metricsOf({ augmentBinaryBranch: true })).toMatchObject({ binary_loss: augmented.binary_loss });
    const released = await metricsOf({ augmentBinaryBranch: true, releasedLoss: true });
    expect(released.clean_binary_loss).toBeCloseTo(clean, 5);
    expect(augmented).not.toHaveProperty('clean_binary_loss');
    expect(released.loss).toBeCloseTo((augmented.lm_loss ?? NaN) + 10 * (augmented.binary_loss ?? NaN) + 10 * clean, 4);
  });
});

describe('what cannot be learnt from', () => {
  it('a picture that cannot be decoded is left out and counted, in both kinds of training', async () => {
    for (const algorithm of ['sft-stage2', 'prpo'] as const) {
      const engine = await testEngine();
      await storeSamples(engine.db, SAMPLES, [1]);
      const config = configOf(algorithm);
      const metrics = await trained(engine, { ...config, policy: { ...config.policy, promptsPerStep: SAMPLES } });
      expect(metrics['data/left_out_images']).toBe(1);
      if (algorithm === 'prpo') expect(await listCompletions(engine.db, 'r', 1)).toHaveLength(3 * (SAMPLES - 1));
    }
  });

  it('an answer that lies beyond the context is left out and counted, and the others are learnt', async () => {
    const engine = await testEngine();
    await storeSamples(engine.db, SAMPLES - 1);
    const long = { question: `<image>\n${'Is this picture real or fake? '.repeat(120)}`, answer: 'real', source: 'x' };
    const dataset = someDataset({ id: DATASET_ID, imageCount: SAMPLES });
    const sample = { path: 'aster/train/real/long.png', split: 'train', label: 'real', annotation: long } as const;
    const [image, thumbnail] = [picture(9), picture(9)];
    const [base] = await storeSamples(engine.db, 1);
    if (!base) throw new Error('a sample was stored');
    await putSamples(engine.db, [{ sample: { ...base, ...sample, id: `${DATASET_ID}/${sample.path}` }, image, thumbnail }], dataset);
    const metrics = await trained(engine, configOf('sft-stage2'));
    expect(metrics['data/unlearnable_rows']).toBe(1);
    expect(metrics.lm_loss).toBeGreaterThan(0);
  });

  it('groups whose rewards are all equal are counted, and without a KL term nothing moves', async () => {
    const engine = await testEngine(); // its random answers are unparsable: every reward is 0
    await storeSamples(engine.db, SAMPLES);
    const metrics = await trained(engine, configOf('prpo'));
    expect(metrics).toMatchObject({ frac_reward_zero_std: 1, 'prpo/frac_group_zero_std': 1, 'prpo/unparsed_ratio': 1, grad_norm: 0 });
    expect((await getRun(engine.db, 'r'))?.skippedSteps).toBe(0);
  });
});

describe('the likely cause of numbers that are not finite', () => {
  const steps = (norms: (number | undefined)[], losses: (number | undefined)[]) =>
    norms.map((norm, i) => {
      const loss = losses[i];
      const metrics = { ...(norm === undefined ? {} : { grad_norm: norm }), ...(loss === undefined ? {} : { loss }) };
      return { ...someStep('r', i + 1), metrics };
    });
  const config = configOf('prpo');

  it.each([
    [steps([undefined], [undefined]), /not even the first step/],
    [steps([1, 1.2, 0.9, 40, undefined], [1, 1, 1, 1, undefined]), /diverged; the gradient had grown to 40/],
    [steps([1, 1.2, 0.9, 1, undefined], [1, 1, 1, 1, 3]), /overflow in the backward pass; the loss of step 5/],
    [steps([1, 1.2, 0.9, 1, undefined], [1, 1, 1, 1, undefined]), /learning rate of 0.0001 is too high/],
  ])('is told from the steps before (%#)', (history, expected) => {
    expect(likelyCause(history, config)).toMatch(expected);
  });

  it('is a setting where a setting is to blame', () => {
    expect(likelyCause([], configOf('sft-stage2', { lmLossWeight: Infinity }))).toContain('lm_loss_weight');
  });
});
