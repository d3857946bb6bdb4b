import { describe, expect, it } from 'vitest';
import type { Preference } from '../../../src/shared/domain/run.ts';
import { preferencesBetween, preferenceTally, readingPairs, type ReadAnswer } from '../../../src/shared/metrics/preference.ts';

const answers = (word: string, count: number): ReadAnswer[] =>
  Array.from({ length: count }, (_, i) => ({ sampleId: `s${i}`, path: `${i}.png`, text: `${word} ${i}` }));
const judged = (sampleId: string, better: Preference['better'], at = 1, otherId = 'b'): Preference => ({ otherId, sampleId, better, at });

describe('pairs to read', () => {
  it('come in the same random order with the same random sides on every visit', () => {
    const pairs = readingPairs(answers('one', 40), answers('two', 40), 'a|b');
    expect(pairs).toEqual(readingPairs(answers('one', 40), answers('two', 40), 'a|b'));
    expect(pairs.map(({ here }) => here.sampleId)).not.toEqual(answers('one', 40).map(({ sampleId }) => sampleId));
    const swapped = pairs.filter(({ isSwapped }) => isSwapped).length;
    expect(swapped).toBeGreaterThan(10);
    expect(swapped).toBeLessThan(30);
  });

  it('leave out equal texts, failed answers and images that only one has', () => {
    const [failed, same, ...rest] = answers('two', 5);
    const failure = { code: 'E-DECODE', message: 'x' } as const;
    const there = [{ ...failed, failure }, { ...same, text: ' one 1\n' }, ...rest].slice(0, 4) as ReadAnswer[];
    expect(
      readingPairs(answers('one', 5), there, 'k')
        .map(({ here }) => here.sampleId)
        .toSorted(),
    ).toEqual(['s2', 's3']);
  });
});

describe('what was judged between two evaluations', () => {
  it('counts in both reports, turned round, and the latest word on an image wins', () => {
    const a = { id: 'a', preferences: [judged('s0', 'here', 1), judged('s1', 'tie', 5), judged('s9', 'here', 1, 'c')] };
    const b = { id: 'b', preferences: [judged('s0', 'here', 9, 'a'), judged('s1', 'here', 2, 'a')] };
    const seen = (first: typeof a, second: typeof a) =>
      new Map([...preferencesBetween(first, second)].map(([id, { better }]) => [id, better]));
    expect(seen(a, b)).toEqual(
      new Map([
        ['s0', 'there'],
        ['s1', 'tie'],
      ]),
    );
    expect(seen(b, a)).toEqual(
      new Map([
        ['s0', 'here'],
        ['s1', 'tie'],
      ]),
    );
  });

  it('is tallied with ties apart, Wilson’s interval and the exact sign test', () => {
    const preferences = [...Array.from({ length: 8 }, (_, i) => judged(`h${i}`, 'here')), judged('t0', 'there'), judged('x', 'tie')];
    const tally = preferenceTally(preferences);
    expect(tally).toMatchObject({ here: 8, there: 1, tie: 1 });
    expect(tally.p).toBeCloseTo((2 * (1 + 9)) / 2 ** 9, 10);
    expect(tally.interval?.low).toBeCloseTo(0.565, 3);
    expect(preferenceTally([judged('x', 'tie')])).toMatchObject({ interval: null, p: 1 });
  });
});
