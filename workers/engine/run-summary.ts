// What Hugging Face's trainer logs once, at the end of a run (spec/metrics.md 1). Pure.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { StepRecord } from '../../src/shared/domain/run.ts';

/** What trainer and model add to the steps. */
export interface SummaryInput {
  steps: readonly StepRecord[];
  config: TrainConfig;
  /** Tokens that all steps saw. */
  numTokens: number;
  /** Without the embedding table, as transformers counts for `total_flos`. */
  parameterCount: number;
}

/** Rows of one optimizer step: completions, or annotated images. */
function rowsPerStep({ algorithm, policy, sft }: TrainConfig): number {
  const isPolicy = algorithm === 'prpo' || algorithm === 'grpo';
  return isPolicy ? policy.promptsPerStep * policy.numGenerations : sft.perDeviceTrainBatchSize * sft.gradientAccumulationSteps;
}

/**
 * `train_runtime` is the time that the stored steps took, seconds: pauses and lost steps are not in it. `total_flos` is
 * transformers' estimate of 6 operations per token and parameter; what a rollout costs beyond that is not in it.
 */
export function runSummary({ steps, config, numTokens, parameterCount }: SummaryInput): Record<string, number> {
  const seconds = steps.reduce((sum, { phaseMs }) => Object.values(phaseMs).reduce((total, ms) => total + ms, sum), 0) / 1000;
  const losses = steps.flatMap(({ metrics }) => metrics['loss'] ?? []);
  const all = {
    train_runtime: seconds,
    train_samples_per_second: (steps.length * rowsPerStep(config)) / seconds,
    train_steps_per_second: steps.length / seconds,
    total_flos: 6 * numTokens * parameterCount,
    train_loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)));
}
