// Every scalar that spec/metrics.md names for a trainer is logged, under its name and with the value that the stored answers have.
import { describe, expect, it } from 'vitest';
import { metricMeaning } from '../../src/components/metric-notes.ts';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { SFT_PROMPT } from '../../src/shared/config/prompts.ts';
import type { CompletionRecord, StepRecord } from '../../src/shared/domain/run.ts';
import { getRun, listCompletions, listSteps, putRun } from '../../src/shared/storage/runs.ts';
import { someRun } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, trainedModelFiles } from './support.ts';

const BOTH = ['loss', 'grad_norm', 'learning_rate', 'epoch', 'num_tokens', 'entropy', 'step_time'];
const AT_THE_END = ['train_runtime', 'train_samples_per_second', 'train_steps_per_second', 'total_flos', 'train_loss'];
const PROBE = ['eval/acc', 'eval/f1', 'eval/coverage', 'eval_reward', 'eval_runtime', 'eval_samples_per_second'];
const STAGE_1 = [...BOTH, 'mean_token_accuracy', 'lm_loss', 'total_loss', 'lm_loss_weight', 'perplexity', 'eval_loss', 'eval_lm_loss'];
const STAGE_2 = [...STAGE_1, 'binary_loss', 'binary_loss_weight', 'binary_accuracy', 'eval_binary_loss'];
const GRPO = [
  ...BOTH,
  ...['mean', 'min', 'max', 'mean_terminated', 'min_terminated', 'max_terminated'].map((which) => `completions/${which}_length`),
  'completions/clipped_ratio',
  ...['accuracy', 'format', 'vcr', 'pcr', 'paragraph'].flatMap((fn) => [`rewards/${fn}_reward/mean`, `rewards/${fn}_reward/std`]),
  'reward',
  'reward_std',
  'frac_reward_zero_std',
  'kl',
  ...['region_mean', 'low_mean', 'low_min', 'high_mean', 'high_max'].map((which) => `clip_ratio/${which}`),
  'eval_completions/mean_length',
  'eval_rewards/vcr_reward/mean',
  'eval_loss',
  'eval_kl',
  'eval_entropy',
  'eval_reward_std',
  'eval_frac_reward_zero_std',
];
const OF_PARAGRAPHS = `num_paragraphs/mean num_paragraphs/min num_paragraphs/max paragraph_length/mean reward_by_position/1
  advantage/mean advantage/std advantage/min advantage/max group_reward_std frac_group_zero_std
  consistency_rate contradiction_rate tie_rate unparsed_ratio excluded_ratio ratio/mean ratio/max clipfrac
  keyword_unique_ratio negation_flip_ratio`;
const PRPO = [...GRPO, ...OF_PARAGRAPHS.split(/\s+/).map((name) => `prpo/${name}`)];
const TTRL = ['label_accuracy', 'reward_accuracy', 'majority_voting_reward', 'ground_truth_reward', 'pass@3', 'majority_ratio'].map(
  (name) => `train/${name}`,
);

const STEPS = 2;
const ONE_STEP = { maxSteps: 1, evalSteps: 0 };

function configOf(algorithm: TrainConfig['algorithm'], policy: Partial<TrainConfig['policy']> = {}): TrainConfig {
  const config = presetConfig('tiny-demo', algorithm);
  return {
    ...config,
    prompt: SFT_PROMPT,
    maxSteps: STEPS,
    saveSteps: STEPS,
    microBatchSize: 4,
    evalSteps: 1,
    probeSize: 3,
    optimizer: { ...config.optimizer, learningRate: 1e-2, warmupSteps: 0 },
    policy: { ...config.policy, numGenerations: 3, promptsPerStep: 2, maxCompletionLength: 56, beta: 0.01, ...policy },
    sft: { ...config.sft, perDeviceTrainBatchSize: 2, gradientAccumulationSteps: 2 },
  };
}

async function trained(config: TrainConfig): Promise<{ steps: StepRecord[]; first: CompletionRecord[]; summary: Record<string, number> }> {
  // Answers that can be read need a model that has learnt to write one; supervised training does not.
  const engine = await testEngine(config.algorithm.startsWith('sft') ? {} : { served: await trainedModelFiles() });
  await storeSamples(engine.db, 6);
  const { algorithm, maxSteps } = config;
  await putRun(engine.db, someRun({ id: 'r', state: 'queued', algorithm, config, maxSteps, datasetId: DATASET_ID, baseModelId: TINY_MODEL_ID })); // prettier-ignore
  await engine.handlers.train({ runId: 'r' }, callContext('train'));
  const run = await getRun(engine.db, 'r');
  return { steps: await listSteps(engine.db, 'r'), first: await listCompletions(engine.db, 'r', 1), summary: run?.summary ?? {} };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sampleStd = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));

describe.each([
  ['SFT stage 1', configOf('sft-stage1'), STAGE_1],
  ['SFT stage 2', configOf('sft-stage2'), STAGE_2],
  ['GRPO', configOf('grpo'), [...GRPO, ...TTRL]],
  ['PRPO', configOf('prpo'), [...PRPO, ...TTRL]],
])('%s', (_name, config, names) => {
  it('logs every scalar of the list at every step, and the summary at its end', async () => {
    const { steps, summary } = await trained(config);
    for (const { metrics } of steps) expect(Object.keys(metrics)).toEqual(expect.arrayContaining([...names, ...PROBE]));
    expect(Object.keys(summary)).toEqual(AT_THE_END);
    const logged = [...steps.flatMap(({ metrics }) => Object.keys(metrics)), ...AT_THE_END];
    expect(
      logged.filter((name) => metricMeaning(name) === null),
      'each is explained on the page',
    ).toEqual([]);
    expect(summary['train_loss']).toBeCloseTo(mean(steps.map(({ metrics }) => metrics['loss'] ?? NaN)), 10);
    expect(summary['train_steps_per_second']).toBeCloseTo(STEPS / (summary['train_runtime'] ?? NaN), 10);
  });
});

describe('the first step of fresh answers', () => {
  it('has ratio 1, nothing clipped and no KL; lengths, rewards and advantages are those of the stored answers', async () => {
    const { steps, first } = await trained({ ...configOf('prpo'), ...ONE_STEP });
    const metrics = steps[0]?.metrics ?? {};
    expect(metrics).toMatchObject({ 'prpo/ratio/mean': 1, 'prpo/ratio/max': 1, 'prpo/clipfrac': 0, 'clip_ratio/high_max': 0 });
    expect(Math.abs(metrics['kl'] ?? NaN)).toBeLessThan(1e-6);
    expect(metrics['entropy']).toBeGreaterThan(0);
    expect(metrics['reward']).toBeCloseTo(mean(first.map(({ reward }) => reward)), 10);
    const groups = [0, 1].map((group) => first.filter((one) => one.group === group).map(({ reward }) => reward));
    expect(metrics['reward_std']).toBeCloseTo(mean(groups.map(sampleStd)), 10);
    expect(metrics['completions/mean_length']).toBe(mean(first.map(({ tokenCount }) => tokenCount)));
    const paragraphs = first.flatMap((one) => one.paragraphs);
    expect(metrics['rewards/vcr_reward/std']).toBeCloseTo(sampleStd(paragraphs.map(({ vcr }) => vcr)), 10);
    expect(metrics['prpo/advantage/max']).toBeCloseTo(Math.max(...paragraphs.map(({ advantage }) => advantage ?? 0)), 10);
  });

  it('is followed by updates whose ratios leave 1 and are cut, the largest being told', async () => {
    for (const objective of ['paper', 'released', 'grpo-trl'] as const) {
      const algorithm = objective === 'grpo-trl' ? 'grpo' : 'prpo';
      const { steps } = await trained({ ...configOf(algorithm, { objective, numIterations: 2, promptsPerStep: 1 }), ...ONE_STEP });
      const metrics = steps[0]?.metrics ?? {};
      expect(metrics['prpo/ratio/max'], objective).toBeGreaterThan(metrics['prpo/ratio/mean'] ?? NaN);
      expect(metrics['clip_ratio/region_mean']).toBeGreaterThan(0);
      const low = metrics['clip_ratio/low_mean'] ?? NaN;
      const high = metrics['clip_ratio/high_mean'] ?? NaN;
      expect(low + high).toBeCloseTo(metrics['clip_ratio/region_mean'] ?? NaN, 6);
      expect(metrics['clip_ratio/low_min']).toBe(0); // of the first update
      expect(metrics['clip_ratio/high_max']).toBeGreaterThanOrEqual(high);
    }
  });

  it('logs no KL where there is no KL term', async () => {
    const { steps } = await trained({ ...configOf('grpo', { beta: 0 }), ...ONE_STEP });
    expect(steps.map(({ metrics }) => 'kl' in metrics)).toEqual([false]);
  });
});
