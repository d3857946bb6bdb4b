import { describe, expect, it } from 'vitest';
import { growthOf } from './growth.ts';

const looks = (count: number, of: (i: number) => { tensors?: number; liveBytes?: number; reservedBytes?: number }) =>
  Array.from({ length: count }, (_, i) => ({ step: 20 * (i + 1), tensors: 65, liveBytes: 4e6, reservedBytes: 4e7, ...of(i) }));

describe('the growth of memory', () => {
  it('is nothing when all is flat, also with idle memory that comes and goes or settles early', () => {
    expect(growthOf(looks(8, () => ({})))).toEqual([]);
    expect(growthOf(looks(8, (i) => ({ reservedBytes: i % 2 ? 4.6e7 : 4.8e7 })))).toEqual([]);
    expect(growthOf(looks(8, (i) => ({ reservedBytes: Math.min(4e7, 1e7 * (i + 1)) })))).toEqual([]);
  });

  it('names what grew', () => {
    expect(growthOf(looks(8, (i) => ({ tensors: 65 + i })))).toEqual(['tensors 65 -> 72']);
    expect(growthOf(looks(8, (i) => ({ liveBytes: 4e6 + i })))).toEqual(['live bytes 4000000 -> 4000007']);
    expect(growthOf(looks(4, (i) => ({ reservedBytes: 1e7 * (i + 1) })))).toEqual(['reserved bytes 20000000 -> 40000000']);
  });

  it('is unknown after too few looks', () => {
    expect(growthOf(looks(3, () => ({})))).toHaveLength(1);
  });
});
