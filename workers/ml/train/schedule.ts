// Learning-rate schedules as Hugging Face's Trainer has them.
import type { OptimizerConfig } from '../../../src/shared/config/config.ts';

type Schedule = Pick<OptimizerConfig, 'learningRate' | 'warmupSteps' | 'lrSchedulerType'>;

/**
 * Rate of one optimizer step. With warm-up the first step has rate 0: it moves the moments, not the parameters.
 * @param step counted from 0
 * @param totalSteps optimizer steps of the whole run
 * @see transformers `get_cosine_schedule_with_warmup`, `get_linear_schedule_with_warmup`
 */
export function learningRateAt(step: number, totalSteps: number, schedule: Schedule): number {
  const { learningRate, warmupSteps, lrSchedulerType } = schedule;
  if (step < warmupSteps) return (learningRate * step) / Math.max(1, warmupSteps);
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  switch (lrSchedulerType) {
    case 'constant':
    case 'constant_with_warmup':
      return learningRate;
    case 'linear':
      return learningRate * Math.max(0, 1 - progress);
    case 'cosine':
      return learningRate * Math.max(0, (1 + Math.cos(Math.PI * progress)) / 2);
  }
}
