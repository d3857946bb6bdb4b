import { describe, expect, it } from 'vitest';
import { meanOrNull, median } from '../../../src/shared/metrics/averages.ts';

describe('averages', () => {
  it('take the middle value, or the mean of the two middle ones', () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  it('sort by size, not by text, and leave what they were given as it was', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  it('have none of no values', () => {
    expect(median([])).toBeNaN();
    expect(meanOrNull([])).toBeNull();
  });

  it('divide the sum by the number', () => {
    expect(meanOrNull([1, 2, 6])).toBe(3);
  });
});
