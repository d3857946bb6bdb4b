import { describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../../../src/shared/config/config.ts';
import { PAPER_REWARD, presetConfig } from '../../../src/shared/config/presets.ts';
import type { ScoredCompletion } from '../../../src/shared/domain/answer.ts';
import { groupAdvantages } from '../../../src/shared/rewards/group-advantages.ts';
import { scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';

const TEXT = '**Skin**: The skin is overly smooth and lacks pores.\n\n**Eyes**: The irises are inconsistent in color.\n\n### Answer: fake';

/** Its three paragraphs all get the reward that a cosine gives. */
const scored = (cosine: number): ScoredCompletion =>
  scoreCompletion(TEXT, { reward: PAPER_REWARD, parser: 'prpo', hasImage: true, cosineOf: () => cosine });

const policy = (objective: PolicyConfig['objective'], changes: Partial<PolicyConfig> = {}): PolicyConfig => ({
  ...presetConfig('tiny-demo', objective.startsWith('grpo') ? 'grpo' : 'prpo').policy,
  objective,
  ...changes,
});

describe.each(['paper', 'released', 'grpo-verl', 'grpo-trl'] as const)('advantages of %s', (objective) => {
  it('are exactly 0 in a group whose rewards are all equal and not 0, and untouched in the group beside it', () => {
    const rows = [0.21, 0.21, 0.21, 0.1, 0.3, 0.1].map(scored);
    expect(rows[0]?.reward).toBeGreaterThan(0.3);
    const values = groupAdvantages(rows, [0, 0, 0, 1, 1, 1], policy(objective)).map(({ paragraphs }) => paragraphs);
    expect(values.slice(0, 3).flat()).toEqual(Array(9).fill(0));
    expect(values.slice(3).map(([first]) => Math.sign(first ?? 0))).toEqual([-1, 1, -1]);
  });
});

describe('a group of one', () => {
  it('has nothing to compare a single paragraph with, but verl gives a single completion its score', () => {
    const text = 'The skin is overly smooth and lacks pores. ### Answer: fake';
    const alone = scoreCompletion(text, { reward: PAPER_REWARD, parser: 'prpo', hasImage: true, cosineOf: () => 0.2 });
    expect(alone.paragraphs).toHaveLength(1);
    expect(groupAdvantages([alone], [0], policy('paper'))).toEqual([{ paragraphs: [0] }]);
    expect(groupAdvantages([alone], [0], policy('grpo-verl'))[0]?.completion).toBeCloseTo(alone.reward, 5);
  });
});

describe('rewards of 0 that the released code leaves out', () => {
  it('stay left out, and do not make the rest of the group unequal', () => {
    const none = { ...scored(0.2), reward: 0, paragraphs: scored(0.2).paragraphs.map((one) => ({ ...one, reward: 0 })) };
    const [excluded, kept] = groupAdvantages([none, scored(0.2)], [0, 0], policy('released', { excludeZeroRewards: true }));
    expect(excluded?.paragraphs).toEqual([null, null, null]);
    expect(kept?.paragraphs).toEqual([0, 0, 0]);
  });
});
