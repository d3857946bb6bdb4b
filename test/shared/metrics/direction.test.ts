import { expect, it } from 'vitest';
import { lowerIsBetter } from '../../../src/shared/metrics/direction.ts';

it.each([
  'loss', 'eval_loss', 'prpo/policy_loss', 'kl', 'prpo/ppo_kl', 'actor/kl_loss', 'grad_norm', 'step_time', 'completions/clipped_ratio',
  'frac_reward_zero_std', 'prpo/frac_group_zero_std', 'prpo/unparsed_ratio', 'eval/ece', 'eval/eer', 'eval/brier',
  'perplexity', 'eval/nll', 'eval/sacc', 'eval/failed', 'prpo/contradiction_rate', 'train_runtime',
])('of %s less is better', (metric) => {
  expect(lowerIsBetter(metric)).toBe(true);
}); // prettier-ignore

it.each(['reward', 'eval/acc', 'eval/f1', 'entropy', 'prpo/consistency_rate', 'eval/kling/acc', 'eval/greece/f1', 'eval/career/auc'])(
  'of %s more is better, whatever letters are in its name',
  (metric) => {
    expect(lowerIsBetter(metric)).toBe(false);
  },
);
