// What an answer or paragraph of a run competes with. Pure.
import type { TrainConfig } from '../../../shared/config/config.ts';

/** Whether equal answers leave nothing to learn: under GRPO, and under PRPO where each paragraph competes with its like alone. */
export function comparesAnswers({ algorithm, policy }: Pick<TrainConfig, 'algorithm' | 'policy'>): boolean {
  return algorithm === 'grpo' || policy.groupScope === 'position';
}
