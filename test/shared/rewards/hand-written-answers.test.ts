// Forty-three answers written by hand to be awkward: negators at the edge of their window, overlapping terms, other apostrophes, short
// pieces, ten paragraphs, two conclusions, no blank lines, other line ends. What is expected was computed by a Python program written
// from the project's notes on the algorithm alone, with yake 0.6.0 for the keywords.
import { describe, expect, it } from 'vitest';
import { effectiveSide } from '../../../src/components/lexicon-segments.ts';
import { DEFAULT_EVAL } from '../../../src/shared/config/presets.ts';
import { scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';
import { parseAnswer } from '../../../src/shared/text/answer-parsers.ts';
import cases from '../../fixtures/hand-written-answers.json' with { type: 'json' };

const scored = (text: string) =>
  scoreCompletion(text, { reward: DEFAULT_EVAL.reward, parser: 'eval', hasImage: false, cosineOf: () => null });

describe('answers written by hand', () => {
  it.each(cases)('$text', (expected) => {
    const { paragraphs, cutParagraphs, votes, reward } = scored(expected.text);
    for (const parser of ['eval', 'prpo', 'plain', 'strict'] as const)
      expect(parseAnswer(expected.text, parser).answer).toBe(expected.answers[parser]);
    expect(cutParagraphs).toBe(expected.cut);
    expect(votes).toEqual(expected.votes);
    expect(reward).toBeCloseTo(expected.reward, 8);
    const figures = paragraphs.map(({ text, isFinal, keyword, pcr, reward: own, vote, hits, ...scores }) => ({
      text,
      final: isFinal,
      keyword,
      pcr,
      reward: own,
      vote,
      real: Math.round(10 * scores.realScore) / 10,
      fake: Math.round(10 * scores.fakeScore) / 10,
      confidence: expect.closeTo(scores.confidence, 5),
      hits: hits.map((hit) => `${hit.term}|${hit.list}|${effectiveSide(hit)}`).toSorted(),
    }));
    expect(expected.paragraphs.map((one) => ({ ...one, hits: one.hits.toSorted() }))).toEqual(figures);
  });
});
