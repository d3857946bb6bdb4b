import { expect, it } from 'vitest';
import { metricWords } from '../../src/components/metric-words.ts';

it.each([
  ['loss', 'loss'],
  ['rewards/vcr_reward/mean', 'VCR reward, mean'],
  ['prpo/reward_by_position/1', 'reward by position, 1'],
  ['eval/worst_domain_f1', 'evaluation, worst domain F1'],
  ['reward_std', 'reward, spread in a group'],
  ['eval_frac_reward_zero_std', 'probe: groups without spread'],
  ['eval_rewards/vcr_reward/mean', 'probe: VCR reward, mean'],
  ['binary_accuracy', 'binary accuracy'],
  ['lm_loss', 'LM loss'],
  ['toString', 'toString'],
  ['/', '/'],
])('%s is read as "%s"', (name, words) => {
  expect(metricWords(name)).toBe(words);
});

it('breaks no word of the names that runs log: every one has spaces where it is long', () => {
  const logged = ['completions/max_terminated_length', 'clip_ratio/region_mean', 'prpo/keyword_unique_ratio', 'frac_reward_zero_std'];
  for (const name of logged) for (const word of metricWords(name).split(/[ ,]+/)) expect(word.length).toBeLessThan(13);
});
