import { engine as tensors } from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import type { Algorithm, TrainConfig } from '../../src/shared/config/config.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { SFT_PROMPT } from '../../src/shared/config/prompts.ts';
import type { PreviewToken } from '../../src/shared/domain/preview.ts';
import { creditPreview } from '../../src/shared/rewards/preview-rewards.ts';
import { listCompletions, listRuns, listSteps, putRun } from '../../src/shared/storage/runs.ts';
import { Generator } from '../../workers/ml/model/generate.ts';
import { withPeakBytes } from '../../workers/ml/peak-bytes.ts';
import { someRun } from '../support/records.ts';
import { TINY_ANSWER, TINY_MODEL_ID, withoutClip } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, trainedModelFiles, timelessMetrics, type TestEngine } from './support.ts';

function configOf(algorithm: Algorithm, changes: Partial<TrainConfig> = {}): TrainConfig {
  const config = presetConfig('tiny-demo', algorithm);
  return {
    ...config,
    prompt: SFT_PROMPT,
    maxSteps: 2,
    saveSteps: 2,
    optimizer: { ...config.optimizer, learningRate: 1e-2, warmupSteps: 0 },
    policy: { ...config.policy, numGenerations: 3, promptsPerStep: 3, maxCompletionLength: 56 },
    sft: { ...config.sft, perDeviceTrainBatchSize: 2 },
    ...changes,
  };
}

async function preparedEngine(): Promise<TestEngine> {
  const engine = await testEngine({ served: await trainedModelFiles() });
  await storeSamples(engine.db, 6);
  return engine;
}

const paramsOf = (config: TrainConfig) => ({ config, modelId: TINY_MODEL_ID, datasetId: DATASET_ID });
const textOf = (tokens: readonly PreviewToken[], use: PreviewToken['use']): string =>
  tokens
    .filter((token) => token.use === use && !token.text.startsWith('<'))
    .map(({ text }) => text)
    .join('');

async function train(engine: TestEngine, config: TrainConfig): Promise<void> {
  const { algorithm, maxSteps } = config;
  const run = someRun({ id: 'r', state: 'queued', algorithm, config, maxSteps, datasetId: DATASET_ID, baseModelId: TINY_MODEL_ID });
  await putRun(engine.db, run);
  await engine.handlers.train({ runId: 'r' }, callContext('train'));
}

describe('the mask preview', () => {
  it('of SFT learns exactly the reference answer with its end, and reads prompt and image', async () => {
    const engine = await preparedEngine();
    const rows = await engine.handlers.maskPreview(paramsOf(configOf('sft-stage2')), callContext('maskPreview'));
    expect(rows).toHaveLength(3);
    for (const { tokens, label, visionTokens, cutTokens } of rows) {
      expect(textOf(tokens, 'learnt').trim()).toBe(TINY_ANSWER.replace('fake', label ?? ''));
      expect(tokens.filter(({ use }) => use === 'learnt').at(-1)?.text).toBe('</s>');
      expect(tokens.filter(({ use }) => use === 'image')).toHaveLength(1);
      expect(textOf(tokens, 'prompt')).toContain('ASSISTANT:');
      expect(visionTokens).toBeGreaterThan(0);
      expect(cutTokens).toBe(0);
    }
  });

  it('of PRPO gives every token of an answer its paragraph by the real token map', async () => {
    const engine = await preparedEngine();
    const [row] = await engine.handlers.maskPreview(paramsOf(configOf('prpo')), callContext('maskPreview'));
    const paragraph = (index: number): string => (row?.tokens ?? []).flatMap((token) => (token.paragraph === index ? token.text : [])).join('').trim(); // prettier-ignore
    expect(paragraph(0)).toBe('**Skin**: The skin looks smooth and waxy here.');
    expect(paragraph(1)).toBe('**Eyes**: The eyes look natural.');
    expect(paragraph(2)).toMatch(/^### Answer: (fake|real)<\/s>$/);
    expect(row?.source).toBe('reference');
    expect(row?.tokens.some(({ use }) => use === 'learnt')).toBe(false);
  });

  it('marks as ignored what lies beyond the model and what is beyond the last paragraph that counts', async () => {
    const engine = await preparedEngine();
    const config = configOf('prpo');
    const [row] = await engine.handlers.maskPreview(
      paramsOf({ ...config, reward: { ...config.reward, maxParagraphs: 1 } }),
      callContext('maskPreview'),
    );
    expect(textOf(row?.tokens ?? [], 'ignored')).toContain('### Answer:');
    const long = await engine.handlers.maskPreview(
      paramsOf({ ...config, prompt: `${SFT_PROMPT} ${'The skin looks smooth. '.repeat(200)}` }),
      callContext('maskPreview'),
    );
    expect(long[0]?.cutTokens).toBeGreaterThan(0);
    expect(long[0]?.tokens.at(-1)?.use).toBe('ignored');
  });
});

describe('the reward preview', () => {
  it.each<Algorithm>(['prpo', 'grpo'])(
    'of %s shows the answers, rewards and advantages that the first step then has',
    async (algorithm) => {
      const engine = await preparedEngine();
      const config = configOf(algorithm);
      const preview = await engine.handlers.rewardPreview({ ...paramsOf(config), source: 'generated' }, callContext('rewardPreview'));
      expect(await listRuns(engine.db)).toEqual([]);
      await train(engine, config);
      const stored = await listCompletions(engine.db, 'r', 1);
      const credited = creditPreview(preview.images, config.policy, config.reward).flatMap(({ path, completions }) =>
        completions.map((one) => ({ path, ...one })),
      );
      expect(credited).toHaveLength(9);
      expect(credited.map(({ path, text }) => [path, text])).toEqual(stored.map(({ path, text }) => [path, text]));
      credited.forEach(({ scored, advantage }, i) => {
        expect(scored.reward).toBeCloseTo(stored[i]?.reward ?? NaN, 10);
        expect(advantage).toBeCloseTo(stored[i]?.advantage ?? NaN, 6);
        expect(scored.paragraphs.map((one) => one.advantage)).toEqual(stored[i]?.paragraphs.map((one) => one.advantage));
      });
      expect(credited.some(({ advantage }) => advantage !== 0)).toBe(true);
    },
  );

  it('scores the reference answers without generating', async () => {
    const engine = await preparedEngine();
    const preview = await engine.handlers.rewardPreview(
      { ...paramsOf(configOf('prpo')), source: 'reference' },
      callContext('rewardPreview'),
    );
    expect(preview.images.map(({ completions }) => completions.length)).toEqual([1, 1, 1]);
    for (const { completions, label } of preview.images) {
      expect(completions[0]?.scored.predict).toBe(label);
      expect(completions[0]?.scored.paragraphs).toHaveLength(3);
    }
  });

  it('scores the reference answers of a model without a CLIP by their consistency, as a run would', async () => {
    const engine = await testEngine({ served: await withoutClip(await trainedModelFiles()) });
    await storeSamples(engine.db, 6);
    const preview = await engine.handlers.rewardPreview(
      { ...paramsOf(configOf('prpo')), source: 'reference' },
      callContext('rewardPreview'),
    );
    for (const { completions, label } of preview.images) {
      const scored = completions[0]?.scored;
      expect(scored?.predict).toBe(label);
      expect(scored?.paragraphs.map(({ reward, pcr, hasImage }) => [reward, hasImage, pcr])).toEqual(
        scored?.paragraphs.map(({ pcr }) => [pcr, false, pcr]),
      );
      expect(scored?.paragraphs).toHaveLength(3);
    }
  });

  it('leaves out a picture that cannot be read, and says so where that leaves none', async () => {
    const [some, none] = [await testEngine(), await testEngine()];
    await storeSamples(some.db, 6, [0, 1, 2]);
    await storeSamples(none.db, 6, [0, 1, 2, 3, 4, 5]);
    const ask = async ({ handlers }: TestEngine) =>
      handlers.rewardPreview({ ...paramsOf(configOf('prpo')), source: 'reference' }, callContext('rewardPreview'));
    expect((await ask(some)).images.length).toBeGreaterThan(0);
    await expect(ask(none)).rejects.toMatchObject({ code: 'E-IMAGE' });
  });

  it('computes other weights from the scores alone, as a run with these weights would', async () => {
    const engine = await preparedEngine();
    const config = configOf('prpo');
    const other = { ...config, reward: { ...config.reward, alpha: 0.9, beta: 0.2 } };
    const preview = await engine.handlers.rewardPreview({ ...paramsOf(config), source: 'generated' }, callContext('rewardPreview'));
    const anew = await engine.handlers.rewardPreview({ ...paramsOf(other), source: 'generated' }, callContext('rewardPreview'));
    const rewards = (images: typeof preview.images): number[] => creditPreview(images, other.policy, other.reward).flatMap(({ completions }) => completions.map(({ scored }) => scored.reward)); // prettier-ignore
    expect(rewards(preview.images)).toEqual(rewards(anew.images));
    expect(anew.images[0]?.completions[0]?.scored.reward).not.toBe(preview.images[0]?.completions[0]?.scored.reward);
  });
});

describe('the dry run', () => {
  it.each<Algorithm>(['prpo', 'sft-stage2'])(
    'of %s has the figures of the first step, stores nothing and leaves the weights as they are',
    async (algorithm) => {
      const config = configOf(algorithm, { evalSteps: 1, probeSize: 2 });
      const [plain, tried] = [await preparedEngine(), await preparedEngine()];
      const report = await tried.handlers.dryRun(paramsOf(config), callContext('dryRun'));
      expect(await listRuns(tried.db)).toEqual([]);
      expect(await tried.db.count('steps')).toBe(0);
      expect(await tried.db.count('checkpointFiles')).toBe(0);
      await train(plain, config);
      await train(tried, config);
      const curve = async (engine: TestEngine) => (await listSteps(engine.db, 'r')).map(timelessMetrics);
      expect(await curve(tried)).toEqual(await curve(plain));
      expect(report.metrics.loss).toBe((await curve(tried))[0]?.loss);
      expect(report.metrics.grad_norm).toBeGreaterThan(0);
      expect(report.answers).toBe(algorithm === 'prpo' ? 9 : 0);
      expect(Object.keys(report.phaseMs)).toEqual(expect.arrayContaining(algorithm === 'prpo' ? ['generate', 'reward', 'logprobs', 'update'] : ['update'])); // prettier-ignore
      expect(report.totalMs).toBeCloseTo(2 * report.stepMs + 2 * (report.probeMs ?? 0), 6);
      expect(report.stateBytes).toBeGreaterThan(0);
    },
  );

  it('probes as the run does, with its adapter in place: greedy answers, then groups for the losses', async () => {
    const engine = await preparedEngine();
    const lora = { r: 2, loraAlpha: 4, loraDropout: 0, targetModules: ['q_proj'] };
    const written = vi.spyOn(Generator.prototype, 'generate');
    const report = await engine.handlers.dryRun(paramsOf(configOf('prpo', { lora, evalSteps: 1, probeSize: 2 })), callContext('dryRun'));
    const answers = written.mock.settledResults.map(({ type, value }) => [type, (value as unknown[]).length]);
    written.mockRestore();
    expect(answers).toEqual([
      ['fulfilled', 9],
      ['fulfilled', 2],
      ['fulfilled', 6],
    ]);
    expect(report.probeMs).toBeGreaterThan(0);
  });

  it('frees what it took and tells its peak, which is above what stays', async () => {
    const engine = await preparedEngine();
    await engine.handlers.dryRun(paramsOf(configOf('prpo')), callContext('dryRun'));
    const before = tensors().memory();
    const report = await engine.handlers.dryRun(paramsOf(configOf('prpo')), callContext('dryRun'));
    expect(tensors().memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
    expect(report.peakBytes).toBeGreaterThan(before.numBytes);
  });

  it('refuses data that has nothing to learn from, with the reason', async () => {
    const engine = await preparedEngine();
    const config = configOf('prpo');
    const nothing = paramsOf({ ...config, filter: { ...config.filter, domains: ['nowhere'] } });
    await expect(engine.handlers.dryRun(nothing, callContext('dryRun'))).rejects.toMatchObject({ code: 'E-CONFIG' });
  });
});

describe('peak bytes', () => {
  it('are those of the moment, and the counter is as before afterwards', async () => {
    await preparedEngine();
    const { tensor } = await import('@tensorflow/tfjs-core');
    const start = tensors().memory().numBytes;
    const { peakBytes } = await withPeakBytes(async () => tensor(new Float32Array(1000)).dispose());
    expect(peakBytes - start).toBe(4000);
    expect(tensors().memory().numBytes).toBe(start);
  });
});
