import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { StepRecord } from '../../src/shared/domain/run.ts';
import { HEALTH_RULES, judgeHealth } from '../../src/features/training/run/health.ts';
import type { HealthInput } from '../../src/features/training/run/health.ts';
import { explainSmallLoss } from '../../src/features/training/run/small-loss.ts';

function input(series: Record<string, number[]>, extra: Partial<HealthInput> = {}): HealthInput {
  const count = Math.max(...Object.values(series).map((values) => values.length));
  const steps = Array.from({ length: count }, (_, i): StepRecord => {
    const entries = Object.entries(series).flatMap(([name, values]) => (values[i] === undefined ? [] : [[name, values[i]]]));
    return { runId: 'r', step: i + 1, timestamp: 0, phaseMs: {}, metrics: Object.fromEntries(entries) };
  });
  return { config: presetConfig('tiny-demo', 'prpo'), steps, skippedSteps: 0, ...extra };
}

const levelOf = (rule: string, given: HealthInput) => judgeHealth(given).verdicts.find((verdict) => verdict.rule === rule)?.level;
const repeat = (value: number, count: number) => Array.from({ length: count }, () => value);

describe('health rules', () => {
  it('calls five steps in which most groups have no spread red, and four not yet', () => {
    const config = presetConfig('tiny-demo', 'grpo');
    expect(levelOf('no-signal', input({ frac_reward_zero_std: repeat(0.9, 5) }, { config }))).toBe('red');
    expect(levelOf('no-signal', input({ frac_reward_zero_std: repeat(0.9, 4) }, { config }))).toBe('amber');
    expect(levelOf('no-signal', input({ frac_reward_zero_std: repeat(0, 5), reward_std: [0.1] }, { config }))).toBe('green');
    expect(levelOf('no-signal', input({ reward_std: [0] }, { config }))).toBe('red');
  });

  it('looks at paragraphs where these compete: equal answers are watched, not called without signal', () => {
    const alike = { frac_reward_zero_std: repeat(1, 5), reward_std: repeat(0, 5) };
    const paragraphs = { 'prpo/frac_group_zero_std': repeat(0, 5), 'prpo/group_reward_std': repeat(0.05, 5) };
    expect(levelOf('no-signal', input({ ...alike, ...paragraphs }))).toBe('amber');
    expect(levelOf('no-signal', input({ ...alike, 'prpo/frac_group_zero_std': repeat(1, 5) }))).toBe('red');
    expect(levelOf('no-signal', input({ frac_reward_zero_std: repeat(0, 5), ...paragraphs }))).toBe('green');
    const prpo = presetConfig('tiny-demo', 'prpo');
    const config = { ...prpo, policy: { ...prpo.policy, groupScope: 'position' as const } };
    expect(levelOf('no-signal', input({ ...alike, ...paragraphs }, { config })), 'each position of equal answers is flat').toBe('red');
    expect(explainSmallLoss(input({ loss: [0], ...alike, ...paragraphs }))).toContain('by design');
  });

  it('sees a supervised run get worse at what it imitates', () => {
    const config = presetConfig('tiny-demo', 'sft-stage2');
    const judged = (values: number[]) => levelOf('imitation', input({ lm_loss: values }, { config }));
    expect(judged([0.07, 2, 6, ...repeat(8, 5)])).toBe('red');
    expect(judged([...repeat(2, 5), ...repeat(2.8, 5)])).toBe('amber');
    expect(judged([...repeat(2, 5), ...repeat(1, 5)])).toBe('green');
    expect(levelOf('imitation', input({ lm_loss: repeat(9, 9) })), 'of supervised runs alone').toBeUndefined();
  });

  it('warns of one answer per image, and calls it red where GRPO then has no advantage at all', () => {
    const config = presetConfig('released-code', 'prpo');
    expect(levelOf('no-group', input({ loss: [0] }, { config }))).toBe('amber');
    expect(levelOf('no-group', input({ loss: [0] }, { config: presetConfig('released-code', 'grpo') }))).toBe('red');
    expect(levelOf('no-group', input({ loss: [0] }))).toBe('green');
  });

  it('sees entropy fall below 0.1 or by 70 percent, and watches a run that began below', () => {
    expect(levelOf('entropy-collapse', input({ entropy: [0.6, 0.05] }))).toBe('red');
    expect(levelOf('entropy-collapse', input({ entropy: [0.09, 0.09] }))).toBe('amber');
    expect(levelOf('entropy-collapse', input({ entropy: [...repeat(2, 5), ...repeat(0.5, 5)] }))).toBe('red');
    expect(levelOf('entropy-collapse', input({ entropy: repeat(1, 10) }))).toBe('green');
  });

  it('sees a large KL and a sudden jump', () => {
    expect(levelOf('drift', input({ kl: [0.6] }))).toBe('red');
    expect(levelOf('drift', input({ kl: [...repeat(0.01, 5), 0.06] }))).toBe('amber');
    expect(levelOf('drift', input({ kl: [...repeat(0.0001, 5), 0.004] }))).toBe('green');
  });

  it('judges cut and unparsed answers on the mean of five steps', () => {
    expect(levelOf('cut-answers', input({ 'completions/clipped_ratio': [0, 0, 0.9, 0.9, 0.9] }))).toBe('red');
    expect(levelOf('format-failure', input({ 'prpo/unparsed_ratio': [0.1] }))).toBe('amber');
  });

  it('sees VCR rising while probe accuracy falls over ten steps', () => {
    const series = { 'rewards/vcr_reward/mean': [0.5, ...repeat(0.6, 10)], 'eval/acc': [0.8, ...repeat(0.6, 10)] };
    expect(levelOf('reward-hacking', input(series))).toBe('red');
    expect(levelOf('reward-hacking', input({ ...series, 'eval/acc': [0.8, ...repeat(0.9, 10)] }))).toBe('green');
  });

  it('sees drift in length and speed against the first five steps', () => {
    expect(levelOf('length-drift', input({ 'completions/mean_length': [...repeat(50, 5), ...repeat(90, 5)] }))).toBe('red');
    expect(levelOf('throttling', input({ step_time: [...repeat(3, 5), ...repeat(7, 5)] }))).toBe('amber');
  });

  it('sees one-class answers, few keywords and missing reasoning', () => {
    expect(levelOf('one-class', input({ 'prpo/fake_ratio': [1] }))).toBe('red');
    expect(levelOf('one-class', input({ 'prpo/fake_ratio': [0.02] }))).toBe('red');
    expect(levelOf('one-class', input({ 'prpo/fake_ratio': [0.56] }))).toBe('green');
    expect(levelOf('keyword-collapse', input({ 'prpo/keyword_unique_ratio': [0.05] }))).toBe('red');
    expect(levelOf('answer-without-reasoning', input({ 'prpo/num_paragraphs/mean': [1] }))).toBe('red');
  });

  it('sees keywords get fewer, and does not blame a run for the few that it began with', () => {
    const judged = (values: number[]) => levelOf('keyword-collapse', input({ 'prpo/keyword_unique_ratio': values }));
    expect(judged([...repeat(0.6, 5), ...repeat(0.28, 5)])).toBe('red');
    expect(judged([...repeat(0.6, 5), ...repeat(0.42, 5)])).toBe('amber');
    expect(judged([...repeat(0.31, 5), ...repeat(0.29, 5)]), 'eight answers to each of four images share their phrases').toBe('green');
    const config = presetConfig('released-code', 'prpo');
    expect(levelOf('keyword-collapse', input({ 'prpo/keyword_unique_ratio': repeat(0.9, 6) }, { config })), 'one answer per image').toBe(
      'green',
    );
  });

  it('calls a gradient that is not a number red and a skipped step amber', () => {
    expect(levelOf('numerics', input({ grad_norm: [Number.NaN] }))).toBe('red');
    expect(levelOf('numerics', input({ grad_norm: [0.4] }, { skippedSteps: 1 }))).toBe('amber');
  });

  it('lists rules without data as waiting instead of calling them green', () => {
    const { verdicts, waiting } = judgeHealth(input({ loss: [0] }));
    expect(verdicts.map((verdict) => verdict.rule)).toEqual(['no-group']);
    expect(waiting).toHaveLength(HEALTH_RULES.length - 2); // the group has its verdict, imitation is of supervised runs
  });

  it('puts the worst first and judges supervised runs by text loss, numerics and speed alone', () => {
    expect(judgeHealth(input({ entropy: [0.5, 0.01], kl: [0] })).verdicts[0]?.rule).toBe('entropy-collapse');
    const sft = judgeHealth(input({ grad_norm: [1], entropy: [0.01] }, { config: presetConfig('tiny-demo', 'sft-stage2') }));
    expect(sft.verdicts.map((verdict) => verdict.rule)).toEqual(['numerics']);
  });
});

/** What turns each rule red, and what turns it green again. */
const RED_AND_GREEN: Record<string, [red: HealthInput, green: HealthInput]> = {
  'no-signal': [
    input({ 'prpo/frac_group_zero_std': repeat(1, 5) }),
    input({ 'prpo/frac_group_zero_std': repeat(0.1, 5), 'prpo/group_reward_std': [0.2] }),
  ],
  imitation: [
    input({ lm_loss: [0.1, ...repeat(5, 6)] }, { config: presetConfig('tiny-demo', 'sft-stage2') }),
    input({ lm_loss: repeat(0.5, 7) }, { config: presetConfig('tiny-demo', 'sft-stage2') }),
  ],
  'no-group': [input({ loss: [0] }, { config: presetConfig('released-code', 'grpo') }), input({ loss: [0] })],
  'entropy-collapse': [input({ entropy: [1, 0.05] }), input({ entropy: repeat(0.9, 8) })],
  drift: [input({ kl: [0.01, 0.7] }), input({ kl: repeat(0.02, 8) })],
  'cut-answers': [input({ 'completions/clipped_ratio': repeat(0.5, 5) }), input({ 'completions/clipped_ratio': repeat(0.02, 5) })],
  'format-failure': [input({ 'prpo/unparsed_ratio': repeat(0.4, 5) }), input({ 'prpo/unparsed_ratio': repeat(0, 5) })],
  'reward-hacking': [
    input({ 'rewards/vcr_reward/mean': [0.5, ...repeat(0.6, 10)], 'eval/acc': [0.9, ...repeat(0.7, 10)] }),
    input({ 'rewards/vcr_reward/mean': [0.5, ...repeat(0.6, 10)], 'eval/acc': repeat(0.9, 11) }),
  ],
  'length-drift': [
    input({ 'completions/mean_length': [...repeat(40, 5), ...repeat(70, 5)] }),
    input({ 'completions/mean_length': repeat(40, 10) }),
  ],
  'one-class': [input({ 'prpo/fake_ratio': repeat(0.99, 5) }), input({ 'prpo/fake_ratio': repeat(0.5, 5) })],
  'keyword-collapse': [input({ 'prpo/keyword_unique_ratio': repeat(0.05, 5) }), input({ 'prpo/keyword_unique_ratio': repeat(0.8, 5) })],
  'answer-without-reasoning': [input({ 'prpo/num_paragraphs/mean': repeat(1, 5) }), input({ 'prpo/num_paragraphs/mean': repeat(5, 5) })],
  numerics: [input({ grad_norm: [500] }), input({ grad_norm: [0.8] })],
  throttling: [input({ step_time: [...repeat(1, 5), ...repeat(6, 5)] }), input({ step_time: repeat(1, 10) })],
};

describe('every health rule', () => {
  it.each(HEALTH_RULES.map(({ rule }) => rule))('%s turns red and green, and says what it means and what to try', (rule) => {
    const [red, green] = RED_AND_GREEN[rule] ?? [input({}), input({})];
    expect(levelOf(rule, red)).toBe('red');
    expect(levelOf(rule, green)).toBe('green');
    const verdict = judgeHealth(red).verdicts.find((one) => one.rule === rule);
    for (const words of [verdict?.observed, verdict?.meaning, verdict?.remedy]) expect(words?.length).toBeGreaterThan(5);
  });

  it('calls a newest step without a finite gradient red, as nothing is stored for it', () => {
    expect(levelOf('numerics', input({ loss: [0.1, 0.1], grad_norm: [0.4] }, { skippedSteps: 1 }))).toBe('red');
  });
});

describe('why is my loss near 0', () => {
  it.each([
    ['unparsed answers', { 'prpo/unparsed_ratio': [1], frac_reward_zero_std: [1] }, 'without a clear verdict'],
    ['paragraphs left out', { 'prpo/excluded_ratio': [0.9] }, 'Leave out zero rewards'],
    ['clipped ratios', { 'clip_ratio/region_mean': [0.95] }, 'outside the clip range'],
  ])('names %s as the cause of this run', (_name, series, words) => {
    expect(explainSmallLoss(input({ loss: [0], ...series }))).toContain(words);
  });

  it('names a single answer per image under GRPO', () => {
    expect(explainSmallLoss(input({ loss: [0] }, { config: presetConfig('released-code', 'grpo') }))).toContain('no other to compare with');
  });

  it('names groups without spread when that is the cause', () => {
    expect(explainSmallLoss(input({ loss: [0], 'prpo/frac_group_zero_std': [1] }))).toContain('100 % of groups');
    const config = presetConfig('tiny-demo', 'grpo');
    expect(explainSmallLoss(input({ loss: [0], frac_reward_zero_std: [1] }, { config }))).toContain('100 % of groups');
  });

  it('calls it normal when there is spread, with the figures of the run', () => {
    expect(explainSmallLoss(input({ loss: [0.001], frac_reward_zero_std: [0], reward_std: [0.12], grad_norm: [0.5] }))).toContain(
      'reward deviation 0.12',
    );
  });

  it('says nothing about a loss that is not small', () => {
    expect(explainSmallLoss(input({ loss: [0.7] }))).toBeNull();
  });
});
