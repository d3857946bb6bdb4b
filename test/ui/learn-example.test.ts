import { describe, expect, it } from 'vitest';
import { readAlpha } from '../../src/features/learn/UpdateSteps.tsx';
import { workExample } from '../../src/features/learn/example.ts';

describe('the worked example', () => {
  it('punishes the answer that contradicts its own paragraphs', () => {
    const [consistent, contradicting, tied] = workExample(0.5).map(({ scored }) => scored.paragraphs);
    expect(consistent?.map(({ pcr }) => pcr)).toEqual([1, 1, 1]);
    expect(contradicting?.map(({ pcr }) => pcr)).toEqual([1, 1, 0]);
    expect(tied?.map(({ pcr }) => pcr)).toEqual([1, 1, 1]);
    expect(contradicting?.[2]?.advantage).toBeLessThan(-2);
  });

  it('has one group whose advantages add up to zero', () => {
    const advantages = workExample(0.5).flatMap(({ scored }) => scored.paragraphs.map(({ advantage }) => advantage ?? Number.NaN));
    expect(advantages).toHaveLength(9);
    expect(advantages.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
  });

  it('rewards true claims above wrong ones as soon as the picture counts', () => {
    const [consistent, contradicting] = workExample(1).map(({ scored }) => scored.paragraphs);
    expect(consistent?.[0]?.reward).toBeCloseTo(0.62, 6);
    expect(contradicting?.[0]?.reward).toBeCloseTo(0.39, 6);
    const onlyConsistency = workExample(0).flatMap(({ scored }) => scored.paragraphs.map(({ reward }) => reward));
    expect(onlyConsistency.filter((reward) => reward === 0)).toHaveLength(1);
  });
});

it.each([
  ['alpha=0.7', 0.7],
  ['alpha=0', 0],
  ['alpha=', 0.5],
  ['alpha=2', 0.5],
  ['alpha=half', 0.5],
  ['', 0.5],
])('takes the weight of the example from the address: "%s"', (query, alpha) => {
  expect(readAlpha(new URLSearchParams(query))).toBe(alpha);
});
