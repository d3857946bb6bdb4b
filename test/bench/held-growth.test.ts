import { expect, it } from 'vitest';
import { growthPerTenThousand } from './held-growth.ts';

it('is the slope over all looks, per 10,000 images', () => {
  const looks = [20_000, 40_000, 60_000, 80_000].map((done) => ({ done, bytes: 3e8 + 100 * done }));
  expect(growthPerTenThousand(looks)).toBeCloseTo(1e6, 3);
  expect(growthPerTenThousand(looks.map((look, i) => ({ ...look, bytes: 3e8 + (i % 3 === 0 ? 1e6 : 0) })))).toBeCloseTo(0, 3);
});

it('is unknown where any line would fit', () => {
  expect(growthPerTenThousand([{ done: 1, bytes: 1 }, { done: 2, bytes: 5 }])).toBeNull(); // prettier-ignore
  expect(growthPerTenThousand([1, 2, 3].map((bytes) => ({ done: 7, bytes })))).toBeNull();
});
