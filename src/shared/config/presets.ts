// Presets of the training form: Tiny demo, Paper, Released code (spec/prpo.md 12). One plain object each.
import type { Algorithm, DecodingConfig, EvalConfig, RewardConfig, SampleFilter, SelectionConfig, TrainConfig } from './config.ts';
import { RL_PROMPT, SFT_PROMPT } from './prompts.ts';

export const PRESET_NAMES = ['tiny-demo', 'paper', 'released-code'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const ALL_SAMPLES: SampleFilter = { domains: [], splits: [], labels: [], predicted: [] };

export const GREEDY: DecodingConfig = { temperature: 0, topP: 1, maxNewTokens: 110, seed: 42 };

export const PAPER_REWARD: RewardConfig = {
  alpha: 0.5,
  beta: 0.5,
  keywordLength: 10,
  maxParagraphs: 8,
  minCharacters: 20,
  splitter: 'blank-line',
  answerRule: 'prpo',
  finalParagraphVcr: 'own',
};

export const RELEASED_REWARD: RewardConfig = { ...PAPER_REWARD, answerRule: 'prpo+final-line' };

/** Evaluation defaults: greedy, SFT template and prompt, the official evaluation parser. */
export const DEFAULT_EVAL: EvalConfig = {
  filter: { ...ALL_SAMPLES, splits: ['test'] },
  sampleSize: 0,
  seed: 42,
  decoding: GREEDY,
  template: 'v1',
  prompt: RL_PROMPT,
  parser: 'eval',
  reward: PAPER_REWARD,
};

/** Nothing is decided from the probe. */
const NO_SELECTION: SelectionConfig = {
  loadBestModelAtEnd: false,
  metricForBestModel: 'eval/acc',
  earlyStoppingPatience: 0,
  earlyStoppingThreshold: 0,
};

/** What a run decides from its probe; runs of earlier versions decide nothing. */
export function selectionOf(config: TrainConfig): SelectionConfig {
  return config.selection ?? NO_SELECTION;
}

const TINY: TrainConfig = {
  algorithm: 'prpo',
  preset: 'tiny-demo',
  filter: { ...ALL_SAMPLES, splits: ['train'] },
  sampleSize: 0,
  maxSteps: 60,
  seed: 42,
  template: 'v1',
  prompt: RL_PROMPT,
  optimizer: {
    learningRate: 1e-4,
    adamBeta1: 0.9,
    adamBeta2: 0.95,
    adamEpsilon: 1e-8,
    weightDecay: 0,
    maxGradNorm: 1,
    warmupSteps: 5,
    lrSchedulerType: 'linear',
  },
  policy: {
    numGenerations: 8,
    promptsPerStep: 4,
    maxCompletionLength: 110,
    temperature: 1,
    topP: 1,
    epsilon: 0.2,
    beta: 0.01,
    dualClip: 0,
    objective: 'paper',
    normalizeAdvantage: true,
    groupScope: 'image',
    excludeZeroRewards: false,
    numIterations: 1,
  },
  reward: PAPER_REWARD,
  sft: {
    lmLossWeight: 1,
    binaryLossWeight: 10,
    useBinaryLabels: true,
    augmentBinaryBranch: true,
    augmentLmBranch: false,
    releasedLoss: false,
    perDeviceTrainBatchSize: 8,
    gradientAccumulationSteps: 1,
  },
  lora: null,
  gradientCheckpointing: false,
  microBatchSize: 16,
  saveSteps: 5,
  saveTotalLimit: 2,
  evalSteps: 0,
  probeSize: 32,
  selection: NO_SELECTION,
};

const PAPER: TrainConfig = {
  ...TINY,
  preset: 'paper',
  optimizer: { ...TINY.optimizer, learningRate: 3e-7, adamBeta2: 0.999, lrSchedulerType: 'cosine' },
  policy: { ...TINY.policy, topP: 0.7, maxCompletionLength: 256 },
};

const RELEASED: TrainConfig = {
  ...PAPER,
  preset: 'released-code',
  // 3 % of the 60 steps, rounded down as verl does.
  optimizer: { ...PAPER.optimizer, warmupSteps: 1 },
  policy: {
    ...PAPER.policy,
    numGenerations: 1,
    objective: 'released',
    beta: 0.001,
    dualClip: 3,
    groupScope: 'completion',
    excludeZeroRewards: true,
  },
  reward: RELEASED_REWARD,
  sft: { ...PAPER.sft, releasedLoss: true },
};

const BASES: Record<PresetName, TrainConfig> = { 'tiny-demo': TINY, paper: PAPER, 'released-code': RELEASED };

/** The whole configuration of a preset for an algorithm; a fresh copy each time. */
export function presetConfig(preset: PresetName, algorithm: Algorithm): TrainConfig {
  const config = structuredClone(BASES[preset]);
  config.algorithm = algorithm;
  if (algorithm === 'grpo') config.policy.objective = preset === 'released-code' ? 'grpo-verl' : 'grpo-trl';
  if (algorithm === 'sft-stage1')
    return { ...config, template: 'plain', prompt: SFT_PROMPT, optimizer: { ...config.optimizer, learningRate: 1e-3 } };
  if (algorithm === 'sft-stage2')
    return { ...config, prompt: SFT_PROMPT, optimizer: { ...config.optimizer, learningRate: preset === 'tiny-demo' ? 5e-4 : 2e-5 } };
  return config;
}
