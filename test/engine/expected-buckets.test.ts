// How many padded lengths are expected, against draws.
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/shared/random.ts';
import { expectedBuckets } from '../../workers/engine/expected-buckets.ts';

/** Sum of twelve uniform numbers: about normal with deviation 1. */
function normal(random: RandomStream): number {
  return Array.from({ length: 12 }, () => random.uniform(0, 1)).reduce((sum, value) => sum + value, -6);
}

function drawn(mean: number, deviation: number, bucket: number, draws: number, times = 400): number {
  const random = RandomStream.fromText(`buckets/${mean}/${draws}`);
  let total = 0;
  for (let i = 0; i < times; i++) {
    total += new Set(Array.from({ length: draws }, () => Math.ceil((mean + deviation * normal(random)) / bucket))).size;
  }
  return total / times;
}

describe('the expected number of padded lengths', () => {
  it('is one where all numbers are the same', () => expect(expectedBuckets({ mean: 100, deviation: 0 }, 32, 50)).toBe(1));

  it('is one for a single draw', () => expect(expectedBuckets({ mean: 100, deviation: 20 }, 32, 1)).toBeCloseTo(1, 3));

  it.each([
    [635, 8.2, 32, 4],
    [635, 8.2, 32, 24],
    [1270, 11.6, 32, 4],
    [400, 60, 32, 10],
  ])('agrees with draws of mean %d, deviation %d, bucket %d, %d of them', (mean, deviation, bucket, draws) => {
    const expected = expectedBuckets({ mean, deviation }, bucket, draws);
    expect(Math.abs(expected - drawn(mean, deviation, bucket, draws))).toBeLessThan(0.1 * expected);
  });
});
