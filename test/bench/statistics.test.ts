import { describe, expect, it } from 'vitest';
import { curveError, pairedRatio, relativeError, rotated } from './statistics.ts';

describe('the statistics of the benchmark', () => {
  it('pair the times of a round, so that a disturbed round does not change the ratio', () => {
    const subject = [10, 10, 80, 10, 10];
    const peer = subject.map((ms) => 3 * ms);
    expect(pairedRatio(peer, subject)).toEqual({ median: 3, low: 3, high: 3, rounds: 5 });
  });

  it('give an interval that holds the median and widens with the spread of the rounds', () => {
    const subject = Array.from({ length: 9 }, () => 10);
    const steady = pairedRatio([19, 20, 21, 20, 19, 21, 20, 20, 20], subject);
    const noisy = pairedRatio([8, 20, 60, 20, 9, 50, 20, 10, 45], subject);
    expect(steady?.median).toBe(2);
    expect(steady?.low).toBeGreaterThanOrEqual(1.9);
    expect(steady?.high).toBeLessThanOrEqual(2.1);
    expect(noisy?.low).toBeLessThan(1.5);
    expect(noisy?.high).toBeGreaterThan(3);
  });

  it('repeat: the resampling is seeded', () => {
    const [peer, subject] = [[3, 4, 9, 5], [1, 2, 3, 2]]; // prettier-ignore
    expect(pairedRatio(peer ?? [], subject ?? [])).toEqual(pairedRatio(peer ?? [], subject ?? []));
  });

  it('refuse series of different rounds and have no ratio without any', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow(RangeError);
    expect(pairedRatio([], [])).toBeNull();
  });

  it('let every peer begin a round equally often', () => {
    const firsts = [0, 1, 2, 3, 4, 5].map((round) => rotated(['a', 'b', 'c'], round)[0]);
    expect(firsts).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    expect(rotated(['a', 'b', 'c'], 1)).toEqual(['b', 'c', 'a']);
    expect(rotated([], 3)).toEqual([]);
  });

  it('measure an error against the largest expected value, and NaN or another length as infinite', () => {
    expect(relativeError([1, 2.02], [1, 2])).toBeCloseTo(0.01);
    expect(relativeError([0, 0], [0, 0])).toBe(0);
    expect(relativeError([NaN, 2], [1, 2])).toBe(Infinity);
    expect(relativeError([1], [1, 2])).toBe(Infinity);
    expect(relativeError([], [])).toBe(Infinity);
  });

  it('compare loss curves over the steps that both have', () => {
    expect(curveError([7, 6, 5], [7, 6.06])).toBeCloseTo(0.06 / 6.06);
    expect(curveError([], [7])).toBe(Infinity);
    expect(curveError([NaN], [7])).toBe(Infinity);
  });
});
