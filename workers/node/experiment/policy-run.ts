// A GRPO or PRPO run on unlabelled pictures, headless. Used by the experiments; the page's runs are workers/engine's.
import type { TrainConfig } from '../../../src/shared/config/config.ts';
import { STAGE_PARAMETERS } from '../../ml/train/sft.ts';
import { batchIndices } from '../../ml/train/data-order.ts';
import { DxLlava } from '../../ml/model/dx-llava.ts';
import type { Detector } from '../../ml/model/detector.ts';
import { PolicyTrainer, type TrainedCompletion } from '../../ml/rl/policy-trainer.ts';
import { imagesOf, type EncodedSet } from '../pretrain/encoded-set.ts';

/** One logged step. */
export interface PolicyLog {
  step: number;
  metrics: Record<string, number>;
}

/** The answers of a step, as they were rewarded. @param indices of the step's pictures, which `completion.group` counts in */
export type OnAnswers = (completions: readonly TrainedCompletion[], indices: readonly number[]) => void;

/**
 * Trains the detector's language model in place; its state before is the frozen reference.
 * @param set pictures without labels; borrowed
 * @returns the metrics of every step
 */
export async function runPolicy(
  detector: Detector,
  set: EncodedSet,
  config: TrainConfig,
  log: (line: string) => void,
  onAnswers?: OnAnswers,
): Promise<PolicyLog[]> {
  const { model } = detector;
  const frozen = model.weights.copy();
  const reference = new DxLlava(model.config, frozen);
  const trainer = new PolicyTrainer(detector, reference, model.weights.trainable(STAGE_PARAMETERS.language), config, config.maxSteps);
  const steps: PolicyLog[] = [];
  try {
    for (let step = 0; step < config.maxSteps; step++) {
      const indices = batchIndices(config.seed, set.keys.length, config.policy.promptsPerStep, step);
      const images = imagesOf(set, indices);
      const { metrics, completions } = await trainer.step(images, { step });
      images.visionTokens.dispose();
      onAnswers?.(completions, indices);
      steps.push({ step, metrics });
      if (step % 10 === 9) log(summary(config.algorithm, step + 1, steps.slice(-10)));
    }
    return steps;
  } finally {
    trainer.dispose();
    reference.dispose();
    frozen.dispose();
  }
}

/** Means of the last steps, for the log. */
function summary(name: string, step: number, steps: readonly PolicyLog[]): string {
  const mean = (metric: string): string => (steps.reduce((sum, { metrics }) => sum + (metrics[metric] ?? 0), 0) / steps.length).toFixed(3);
  const names = [
    'reward',
    'rewards/vcr_reward/mean',
    'rewards/pcr_reward/mean',
    'kl',
    'entropy',
    'prpo/fake_ratio',
    'prpo/unparsed_ratio',
    'prpo/num_paragraphs/mean',
    'grad_norm',
    'step_time',
  ];
  return `${name} ${step}  ${names.map((metric) => `${metric.replace('rewards/', '').replace('/mean', '')} ${mean(metric)}`).join('  ')}`;
}
