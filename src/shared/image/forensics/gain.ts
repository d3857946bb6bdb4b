// How strongly a view is amplified where nobody chose: so that nearly all of what was measured stays inside the range of the screen.

/** Most that can be chosen. */
export const MOST_GAIN = 200;
/** Share of the values that stay inside. */
export const INSIDE_SHARE = 0.99;

/**
 * The smallest bin at or below which the share of values lies.
 * @param counts values per bin
 */
export function percentileBin(counts: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] ?? 0;
  let seen = 0;
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i] ?? 0;
    if (seen >= share * total) return i;
  }
  return counts.length - 1;
}

/** The whole gain that brings `value` to `range`, within 1 and the most that can be chosen. */
export function gainFor(value: number, range: number): number {
  return Math.min(MOST_GAIN, Math.max(1, Math.floor(range / Math.max(value, 1e-6))));
}
