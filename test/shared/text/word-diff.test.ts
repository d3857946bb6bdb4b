import { describe, expect, it } from 'vitest';
import { sentenceBleu } from '../../../src/shared/metrics/bleu.ts';
import { countDiff, wordDiff } from '../../../src/shared/text/word-diff.ts';

const side = (parts: ReturnType<typeof wordDiff>, without: 'added' | 'removed') =>
  parts
    .filter(({ kind }) => kind !== without)
    .map(({ text }) => text)
    .join('');

describe('a word diff', () => {
  it('names what went and what came', () => {
    expect(wordDiff('The skin is smooth.', 'The skin is waxy and smooth.')).toEqual([
      { kind: 'same', text: 'The skin is' },
      { kind: 'added', text: ' waxy and' },
      { kind: 'same', text: ' smooth.' },
    ]);
    expect(wordDiff('### Answer: real', '### Answer: fake').map(({ kind }) => kind)).toEqual(['same', 'removed', 'added']);
  });

  it('gives both texts back, white space and all', () => {
    const [before, after] = ['a b\n\nc d  e', 'a x\n\nc e f\n'];
    const parts = wordDiff(before, after);
    expect(side(parts, 'removed')).toBe(after);
    expect(side(parts, 'added').replaceAll(/\s+/g, ' ')).toBe(before.replaceAll(/\s+/g, ' '));
  });

  it.each([
    ['the eyes look', 'eyes look', 'the eyes look'],
    ['smooth skin', 'waxy skin', 'smooth waxy skin'],
    ['b', 'a b', 'a b'],
    ['x', 'y\n', 'x y\n'],
    ['x y', 'a x b', 'a x y b'],
  ])('keeps words apart where the first of them went or came: %j, %j', (before, after, joined) => {
    const parts = wordDiff(before, after);
    expect(parts.map(({ text }) => text).join('')).toBe(joined);
    expect(side(parts, 'removed').trimStart()).toBe(after);
    expect(side(parts, 'added').trim()).toBe(before);
  });

  it('counts words, and finds nothing between equal texts', () => {
    expect(countDiff(wordDiff('a b c', 'a c d e'))).toEqual({ same: 2, added: 2, removed: 1 });
    expect(countDiff(wordDiff('a b', 'a b'))).toEqual({ same: 2, added: 0, removed: 0 });
    expect(wordDiff('', '')).toEqual([]);
  });
});

describe('BLEU of one text', () => {
  it('is 1 for the same text and 0 where no word is shared', () => {
    expect(sentenceBleu('the skin has no pores at all', 'The skin has no pores at all.')).toBeCloseTo(1, 12);
    expect(sentenceBleu('a b', 'c d')).toBe(0);
    expect(sentenceBleu('', 'c d')).toBe(0);
  });

  it('equals the hand-worked figure', () => {
    // got: a b c d e, wanted: a b x d e. 1-grams 4/5; 2-grams (2+1)/(4+1); 3-grams (0+1)/(3+1); 4-grams (0+1)/(2+1); no penalty.
    expect(sentenceBleu('a b c d e', 'a b x d e')).toBeCloseTo((0.8 * 0.6 * 0.25 * (1 / 3)) ** 0.25, 12);
    // got: a b, wanted: a b c. 1, (1+1)/(1+1), (0+1)/(0+1) twice; penalty exp(1 - 3/2).
    expect(sentenceBleu('a b', 'a b c')).toBeCloseTo(Math.exp(-0.5), 12);
  });
});
