import { describe, expect, it } from 'vitest';
import { PAPER_REWARD, RELEASED_REWARD } from '../../../src/shared/config/presets.ts';
import { betterSeen, computePcr, majorityVote, withoutWorst } from '../../../src/shared/rewards/pcr.ts';
import { releasedRewardArrays, scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';
import type { ScoreOptions } from '../../../src/shared/rewards/paragraph-reward.ts';

const SMOOTH = 'The skin is overly smooth and waxy.';
const NATURAL = 'The pores of the cheeks look natural.';
const options = (changes: Partial<ScoreOptions> = {}): ScoreOptions => ({
  reward: PAPER_REWARD,
  parser: 'prpo',
  hasImage: true,
  cosineOf: () => 0.2,
  ...changes,
});
const answerOf = (...paragraphs: string[]): string => paragraphs.join('\n\n');

describe('scoreCompletion', () => {
  it('adds half of VCR and half of PCR, and lets only the final paragraph lose consistency', () => {
    const { paragraphs, votes, reward } = scoreCompletion(answerOf(SMOOTH, SMOOTH, '### Answer: real'), options());
    expect(paragraphs.map((one) => one.pcr)).toEqual([1, 1, 0]);
    expect(paragraphs.map((one) => one.vcr)).toEqual([0.6, 0.6, 0.6]);
    expect(paragraphs.map((one) => one.reward)).toEqual([0.8, 0.8, 0.3]);
    expect(votes).toEqual({ real: 0, fake: 2 });
    expect(reward).toBeCloseTo(1.9 / 3, 12);
  });

  it('asks for the answer word at the final paragraph and for a phrase elsewhere', () => {
    const asked: string[] = [];
    scoreCompletion(answerOf(SMOOTH, '### Answer: fake'), options({ cosineOf: (keyword) => (asked.push(keyword), 0) }));
    expect(asked).toEqual(['skin is overly smooth and waxy', 'fake']);
  });

  it('uses consistency alone without an image, and says so', () => {
    const scored = scoreCompletion(answerOf(SMOOTH, '### Answer: fake'), options({ hasImage: false }));
    expect(scored.paragraphs.map((one) => [one.reward, one.vcr, one.cosine, one.hasImage])).toEqual([
      [1, 0.5, null, false],
      [1, 0.5, null, false],
    ]);
  });

  it('takes 0.5 for a keyword that could not be encoded', () => {
    expect(scoreCompletion(answerOf(SMOOTH, '### Answer: fake'), options({ cosineOf: () => null })).paragraphs[0]?.reward).toBe(0.75);
  });

  it('gives an unparsed completion 0 everywhere but keeps its paragraphs', () => {
    const scored = scoreCompletion(answerOf(SMOOTH, NATURAL), options());
    expect(scored).toMatchObject({ formatScore: 0, predict: null, parseRule: 'none', reward: 0, votes: null });
    expect(scored.paragraphs.map((one) => one.reward)).toEqual([0, 0]);
    expect(releasedRewardArrays(scored, 8)).toMatchObject({ numParagraphs: 1, formatScore: 0, paragraphRewards: [0, 0, 0, 0, 0, 0, 0, 0] });
  });

  it('cuts after the 8th paragraph and counts what it cut', () => {
    const scored = scoreCompletion(answerOf(...Array.from({ length: 10 }, () => SMOOTH), '### Answer: fake'), options());
    expect(scored.paragraphs).toHaveLength(8);
    expect(scored.cutParagraphs).toBe(3);
    expect(releasedRewardArrays(scored, 8).numParagraphs).toBe(11);
  });

  it('differs between the presets when the word stands on the line after the tag', () => {
    const text = answerOf(SMOOTH, '### Answer:\nfake');
    const final = (reward: ScoreOptions['reward']): number | undefined => scoreCompletion(text, options({ reward })).paragraphs[1]?.pcr;
    expect(final(PAPER_REWARD)).toBe(1);
    expect(final(RELEASED_REWARD)).toBe(0);
  });

  it('can give the final paragraph the mean VCR of the others', () => {
    const cosineOf = (keyword: string): number => (keyword === 'fake' ? -1 : 0.5);
    const reward = { ...PAPER_REWARD, finalParagraphVcr: 'mean-of-others' as const };
    const { paragraphs } = scoreCompletion(answerOf(SMOOTH, NATURAL, '### Answer: fake'), options({ reward, cosineOf }));
    expect(paragraphs.map((one) => one.vcr)).toEqual([0.75, 0.75, 0.75]);
    expect(paragraphs[2]?.cosine).toBe(-1);
  });

  it('can let the side that fits the picture better decide a tie, and only a tie', () => {
    const reward = { ...PAPER_REWARD, tieVote: 'vcr' as const };
    const pcrOf = (cosineOf: ScoreOptions['cosineOf'], ...paragraphs: string[]) =>
      scoreCompletion(answerOf(...paragraphs), options({ reward, cosineOf })).paragraphs.at(-1)?.pcr;
    const smoothFits = (keyword: string): number => (keyword.includes('smooth') ? 0.4 : 0.1);
    expect(pcrOf(smoothFits, SMOOTH, NATURAL, '### Answer: fake')).toBe(1);
    expect(pcrOf(smoothFits, SMOOTH, NATURAL, '### Answer: real')).toBe(0);
    expect(pcrOf((keyword) => 0.5 - smoothFits(keyword), SMOOTH, NATURAL, '### Answer: real')).toBe(1);
    expect(pcrOf(smoothFits, SMOOTH, NATURAL, NATURAL, '### Answer: real')).toBe(1);
    expect(pcrOf(() => 0.2, SMOOTH, NATURAL, '### Answer: real')).toBe(1); // both fit alike: the paper's rule
    expect(pcrOf(smoothFits, SMOOTH, NATURAL, 'That is all that can be seen.')).toBe(1); // no conclusion
    const blind = options({ reward, hasImage: false });
    expect(scoreCompletion(answerOf(SMOOTH, NATURAL, '### Answer: real'), blind).paragraphs.at(-1)?.pcr).toBe(1);
  });

  it('can let the majority without the worst fit decide a tie', () => {
    const reward = { ...PAPER_REWARD, tieVote: 'vcr-worst' as const };
    const cosineOf = (keyword: string): number => (keyword.includes('smooth') ? 0.4 : 0.1);
    const pcrOf = (...paragraphs: string[]) =>
      scoreCompletion(answerOf(...paragraphs), options({ reward, cosineOf })).paragraphs.at(-1)?.pcr;
    expect(pcrOf(SMOOTH, NATURAL, '### Answer: fake')).toBe(1);
    expect(pcrOf(SMOOTH, NATURAL, '### Answer: real')).toBe(0);
    expect(pcrOf(SMOOTH, NATURAL, NATURAL, '### Answer: real')).toBe(1);
  });

  it('rewards an answer without reasoning as consistent (a shortcut that the health rules watch)', () => {
    expect(scoreCompletion('### Answer: fake', options()).paragraphs[0]?.pcr).toBe(1);
  });
});

describe('computePcr', () => {
  it('counts a tie as agreement with the stated answer', () => {
    expect(majorityVote({ real: 1, fake: 1 }, 'fake')).toBe('fake');
    expect(computePcr(2, true, ['real', 'fake'], 'fake')).toBe(1);
  });

  it('finds the side of a tie that fits the picture better', () => {
    expect(betterSeen(['fake', 'real', 'fake', 'real'], [0.7, 0.6, 0.6, 0.6])).toBe('fake');
    expect(betterSeen(['fake', 'real'], [0.4, 0.6])).toBe('real');
    expect(betterSeen(['fake', 'real'], [0.5, 0.5])).toBeNull();
  });

  it('finds the majority of a tie without the paragraph that fits worst', () => {
    expect(betterSeen(['fake', 'fake', 'real', 'real'], [0.64, 0.65, 0.75, 0.59])).toBe('real');
    expect(withoutWorst(['fake', 'fake', 'real', 'real'], [0.64, 0.65, 0.75, 0.59])).toBe('fake');
    expect(withoutWorst(['fake', 'real'], [0.5, 0.5])).toBeNull();
    expect(withoutWorst([], [])).toBeNull();
  });

  it('lets an unknown answer agree with nothing', () => {
    expect(computePcr(2, true, ['real', 'fake'], null, 'fake')).toBe(0);
    expect(majorityVote({ real: 1, fake: 1 }, null)).toBe('real');
    expect(computePcr(2, true, ['real', 'fake'], null)).toBe(0);
  });
});
