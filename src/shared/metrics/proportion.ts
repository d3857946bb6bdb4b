// Interval of a share from counts: Wilson's score interval, which stays sensible at 0 of n, where a bootstrap says [0, 0].
import type { Interval } from './bootstrap.ts';

/** 97.5 % quantile of the standard normal. */
export const Z95 = 1.959963984540054;

/**
 * 95 % interval of `part` of `whole`.
 * @returns null for nothing of nothing
 * @see Wilson 1927, https://doi.org/10.2307/2276774
 */
export function wilsonInterval(part: number, whole: number): Pick<Interval, 'low' | 'high'> | null {
  if (whole === 0) return null;
  const share = part / whole;
  const square = Z95 * Z95;
  const centre = (share + square / (2 * whole)) / (1 + square / whole);
  const half = (Z95 / (1 + square / whole)) * Math.sqrt((share * (1 - share)) / whole + square / (4 * whole * whole));
  return { low: part === 0 ? 0 : centre - half, high: part === whole ? 1 : centre + half };
}
