// Numeric comparison of arrays, with the worst element in the message.
import { expect } from 'vitest';

interface CloseMatchers<R> {
  /** Every |got - wanted| <= tolerance * max(1, largest |wanted|). */
  toBeAllClose(wanted: ArrayLike<number>, tolerance?: number): R;
}

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface Matchers<T> extends CloseMatchers<T> {}
}

/** Index and size of the largest difference; a NaN on one side only counts as infinite. */
function worst(got: ArrayLike<number>, wanted: ArrayLike<number>): { index: number; difference: number } {
  let result = { index: -1, difference: 0 };
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [got[i] ?? NaN, wanted[i] ?? NaN];
    const difference = Object.is(a, b) ? 0 : Math.abs(a - b);
    const size = Number.isNaN(difference) ? Infinity : difference;
    if (size > result.difference) result = { index: i, difference: size };
  }
  return result;
}

expect.extend({
  toBeAllClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5) {
    const largest = Array.from(wanted).reduce((m, v) => Math.max(m, Math.abs(v)), 1);
    const { index, difference } = worst(got, wanted);
    const pass = got.length === wanted.length && difference <= tolerance * largest;
    const message = () =>
      got.length === wanted.length
        ? `largest difference ${difference} at ${index} (got ${got[index]}, wanted ${wanted[index]}), tolerance ${tolerance} of ${largest}`
        : `got ${got.length} numbers, wanted ${wanted.length}`;
    return { pass, message };
  },
});
