// What to change when memory runs out: settings with the same result first, then those that learn from less.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { SmallerSettings } from '../../src/shared/domain/run.ts';
import { estimateBytes, type RunSizes } from './memory-estimate.ts';

/** One step towards less memory. */
interface Reduction {
  isPossible: (config: TrainConfig) => boolean;
  apply: (config: TrainConfig) => TrainConfig;
}

const half = (value: number): number => Math.ceil(value / 2);
const isPolicy = ({ algorithm }: TrainConfig): boolean => algorithm === 'prpo' || algorithm === 'grpo';

/** Same gradient, more passes. */
const smallerPasses: Reduction = {
  isPossible: (config) => (isPolicy(config) ? rowsOf(config) > 1 : config.sft.perDeviceTrainBatchSize > 1),
  apply: (config) => {
    if (isPolicy(config)) return { ...config, microBatchSize: half(rowsOf(config)) };
    const { perDeviceTrainBatchSize, gradientAccumulationSteps } = config.sft;
    const [rows, passes] = [half(perDeviceTrainBatchSize), gradientAccumulationSteps * 2];
    return { ...config, sft: { ...config.sft, perDeviceTrainBatchSize: rows, gradientAccumulationSteps: passes } };
  },
};
/** Same gradient, each block computed twice. */
const checkpointing: Reduction = {
  isPossible: ({ gradientCheckpointing }) => !gradientCheckpointing,
  apply: (config) => ({ ...config, gradientCheckpointing: true }),
};
/** Other groups: fewer answers are written and kept together. */
const fewerAnswers: Reduction = {
  isPossible: (config) => isPolicy(config) && config.policy.numGenerations > 2,
  apply: (config) => ({ ...config, policy: { ...config.policy, numGenerations: half(config.policy.numGenerations) } }),
};
const fewerImages: Reduction = {
  isPossible: (config) => isPolicy(config) && config.policy.promptsPerStep > 1,
  apply: (config) => ({ ...config, policy: { ...config.policy, promptsPerStep: half(config.policy.promptsPerStep) } }),
};

const rowsOf = ({ microBatchSize, policy }: TrainConfig): number => Math.min(microBatchSize, policy.numGenerations * policy.promptsPerStep);

/** Ways to go, the least harmful first; each repeats its reductions in turn until the run fits. */
const WAYS: readonly Reduction[][] = [
  [smallerPasses],
  [checkpointing, smallerPasses],
  [fewerAnswers, smallerPasses],
  [fewerImages, smallerPasses],
  [checkpointing, fewerAnswers, fewerImages, smallerPasses],
];
const MOST_OFFERS = 3;

/** @returns up to three settings that are estimated to fit, without repeats; none where nothing helps */
export function smallerSettings(sizes: RunSizes, availableBytes: number): SmallerSettings[] {
  const offers = new Map<string, SmallerSettings>();
  for (const way of WAYS) {
    const config = fitting(sizes, way, availableBytes);
    if (!config) continue;
    const text = changesOf(sizes.config, config);
    if (text && offers.size < MOST_OFFERS) offers.set(text, { text, memoryBytes: estimateBytes({ ...sizes, config }), config });
  }
  return [...offers.values()];
}

function fitting(sizes: RunSizes, way: readonly Reduction[], availableBytes: number): TrainConfig | null {
  let { config } = sizes;
  for (;;) {
    const before = config;
    for (const { isPossible, apply } of way) {
      if (isPossible(config)) config = apply(config);
      if (estimateBytes({ ...sizes, config }) <= availableBytes) return config;
    }
    if (config === before) return null;
  }
}

/** The changed values in words. */
function changesOf(before: TrainConfig, after: TrainConfig): string {
  const parts: string[] = [];
  const change = (name: string, from: number, to: number): void => {
    if (from !== to) parts.push(`${name} ${to} instead of ${from}`);
  };
  if (isPolicy(before)) {
    change('answers per image', before.policy.numGenerations, after.policy.numGenerations);
    change('images per step', before.policy.promptsPerStep, after.policy.promptsPerStep);
    change('micro-batch', rowsOf(before), rowsOf(after));
  } else {
    change('batch size', before.sft.perDeviceTrainBatchSize, after.sft.perDeviceTrainBatchSize);
    change('accumulation', before.sft.gradientAccumulationSteps, after.sft.gradientAccumulationSteps);
  }
  if (after.gradientCheckpointing && !before.gradientCheckpointing) parts.push('gradient checkpointing on');
  return parts.join(', ');
}
