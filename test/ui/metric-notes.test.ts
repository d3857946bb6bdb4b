import { expect, it } from 'vitest';
import { METRIC_GROUPS, metricHelp, metricMeaning } from '../../src/components/metric-notes.ts';

it('names each metric once, finds families and the probe of a metric, and says nothing of names that are not ours', () => {
  const names = METRIC_GROUPS.flatMap(({ notes }) => notes.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(metricMeaning('prpo/reward_by_position/3')).toContain('1st, 2nd');
  expect(metricMeaning('completions/min_terminated_length')).toContain('ended by themselves');
  expect(metricMeaning('eval_rewards/vcr_reward/std')).toBe(
    'On the probe images: visual consistency of the paragraphs: does the keyword match the picture',
  );
  expect(metricMeaning('eval/acc')).toContain('probe');
  expect(metricMeaning('sampling/something')).toBeNull();
  expect(metricHelp('kl')).toContain('; verl: actor/kl_loss');
});
