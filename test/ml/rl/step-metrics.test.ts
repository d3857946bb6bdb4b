import { expect, test } from 'vitest';
import { PAPER_REWARD } from '../../../src/shared/config/presets.ts';
import { scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';
import { completionMetrics, type MetricCompletion } from '../../../workers/ml/rl/step-metrics.ts';
import { voteMetrics } from '../../../workers/ml/rl/vote-metrics.ts';

const FAKE = '**Skin**: The skin is overly smooth and lacks pores.\n\n**Eyes**: The irises are inconsistent in color.\n\n### Answer: fake';
const CONTRADICTION =
  '**Skin**: The skin is overly smooth and lacks pores.\n\n**Eyes**: The irises are inconsistent in color.\n\n### Answer: real';

function completion(text: string, group: number, cosine: number, changes: Partial<MetricCompletion> = {}): MetricCompletion {
  const scored = scoreCompletion(text, { reward: PAPER_REWARD, parser: 'prpo', hasImage: true, cosineOf: () => cosine });
  return { scored, group, length: 10, terminated: true, advantages: scored.paragraphs.map(() => 0), label: null, ...changes };
}

test('rewards, lengths and answers are summed up by hand-checked numbers', () => {
  const metrics = completionMetrics([completion(FAKE, 0, 0.2), completion(CONTRADICTION, 0, 0.2, { length: 20, terminated: false })]);
  // VCR 0.6 everywhere; PCR 1 but for the final paragraph of the contradiction.
  expect(metrics['rewards/vcr_reward/mean']).toBeCloseTo(0.6, 12);
  expect(metrics['rewards/pcr_reward/mean']).toBeCloseTo(5 / 6, 12);
  expect(metrics.reward).toBeCloseTo((0.8 + (0.8 + 0.8 + 0.3) / 3) / 2, 12);
  expect(metrics['completions/mean_length']).toBe(15);
  expect(metrics['completions/mean_terminated_length']).toBe(10);
  expect(metrics['completions/clipped_ratio']).toBe(0.5);
  expect(metrics['prpo/contradiction_rate']).toBe(0.5);
  expect(metrics['prpo/consistency_rate']).toBe(0.5);
  expect(metrics['prpo/reward_by_position/3']).toBeCloseTo((0.8 + 0.3) / 2, 12);
  expect(metrics['prpo/reward_by_position/4']).toBeUndefined();
});

test('groups whose rewards are all equal are counted', () => {
  const metrics = completionMetrics([
    completion(FAKE, 0, 0.2),
    completion(FAKE, 0, 0.2),
    completion(FAKE, 1, 0.2),
    completion(FAKE, 1, 0.6),
  ]);
  expect(metrics.frac_reward_zero_std).toBe(0.5);
});

test('an unparsed completion and excluded paragraphs are counted', () => {
  const odd = completion('No verdict is given in this text at all.', 0, 0.2, { advantages: [null] });
  const metrics = completionMetrics([completion(FAKE, 0, 0.2), odd]);
  expect(metrics['prpo/unparsed_ratio']).toBe(0.5);
  expect(metrics['prpo/excluded_ratio']).toBe(0.25);
});

test('an answer that is not found neither agrees with its paragraphs nor contradicts them', () => {
  const without = CONTRADICTION.replace('### Answer: real', '### Answer: none');
  const metrics = completionMetrics([completion(FAKE, 0, 0.2), completion(without, 0, 0.2)]);
  expect(metrics['prpo/unparsed_ratio']).toBe(0.5);
  expect(metrics['prpo/contradiction_rate']).toBe(0);
  expect(metrics['prpo/consistency_rate']).toBe(0.5);
});

test('accuracy and the vote of a group appear only where labels are known', () => {
  const unlabelled = completionMetrics([completion(FAKE, 0, 0)]);
  expect(unlabelled['rewards/accuracy_reward/mean']).toBeUndefined();
  expect(Object.keys(unlabelled).filter((name) => name.startsWith('train/'))).toEqual([
    'train/majority_ratio',
    'train/majority_voting_reward',
  ]);
  const answers = [completion(FAKE, 0, 0, { label: 'fake' }), completion(CONTRADICTION, 0, 0, { label: 'fake' })];
  expect(completionMetrics(answers)['rewards/accuracy_reward/mean']).toBe(0.5);
});

test('TTRL names: the vote, its reward and that of the label differ where the vote is wrong', () => {
  const answer = (predict: 'real' | 'fake' | null, label: 'real' | 'fake') => ({ predict, label });
  // Of a fake image two of four say real: the vote is wrong. Of a real one three of four say real, one says nothing.
  const wrong = [answer('real', 'fake'), answer('real', 'fake'), answer('fake', 'fake'), answer(null, 'fake')];
  const right = [answer('real', 'real'), answer('real', 'real'), answer('real', 'real'), answer(null, 'real')];
  expect(voteMetrics([wrong, right])).toEqual({
    'train/majority_ratio': (2 / 4 + 3 / 4) / 2,
    'train/majority_voting_reward': (2 / 4 + 3 / 4) / 2,
    'train/label_accuracy': 1 / 2,
    'train/ground_truth_reward': (1 / 4 + 3 / 4) / 2,
    'train/reward_accuracy': (1 / 4 + 1) / 2, // of the first group only the unparsed answer gets the same from both
    'train/pass@4': 1,
  });
});
