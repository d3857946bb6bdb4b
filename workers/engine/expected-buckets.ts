// How many of the lengths that numbers are rounded up to will occur. Pure.
import { complementaryError } from '../../src/shared/metrics/error-function.ts';

/** Beyond so many deviations nothing is expected. */
const REACH = 4;

/**
 * The expected number of different multiples of `bucket` among `draws` numbers that are rounded up to them.
 * @param draws about normally distributed
 * @returns 1 where all are the same
 */
export function expectedBuckets({ mean, deviation }: { mean: number; deviation: number }, bucket: number, draws: number): number {
  if (deviation === 0) return 1;
  const below = (value: number): number => 0.5 * complementaryError((mean - value) / (deviation * Math.SQRT2));
  const last = Math.ceil((mean + REACH * deviation) / bucket);
  let expected = 0;
  for (let i = Math.ceil((mean - REACH * deviation) / bucket); i <= last; i++) {
    const share = below(i * bucket) - below((i - 1) * bucket);
    expected += 1 - (1 - share) ** draws;
  }
  return Math.max(1, expected);
}
