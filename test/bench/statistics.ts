// The statistics of a comparison: the median of per-round ratios with its bootstrap interval. Pure.
import { median } from '../../src/shared/metrics/averages.ts';
import { bootstrapInterval } from '../../src/shared/metrics/bootstrap.ts';

/** How many times longer the peer takes. */
export interface Ratio {
  /** Median of the ratios of each round. */
  median: number;
  /** Bounds of the 95 % bootstrap interval of that median. */
  low: number;
  high: number;
  rounds: number;
}

/**
 * Compares two series that were timed in the same rounds. A disturbance of one round then hits both sides of its ratio.
 * @param peerMs one time per round
 * @param subjectMs as long as `peerMs`
 * @returns null without a round
 * @throws RangeError when the series differ in length: they are not from the same rounds
 */
export function pairedRatio(peerMs: readonly number[], subjectMs: readonly number[]): Ratio | null {
  if (peerMs.length !== subjectMs.length) throw new RangeError(`${peerMs.length} rounds against ${subjectMs.length}`);
  const ratios = peerMs.map((ms, round) => ms / (subjectMs[round] ?? NaN));
  const interval = bootstrapInterval(ratios, median, { seed: 1 });
  return interval && { median: median(ratios), low: interval.low, high: interval.high, rounds: ratios.length };
}

/** Order of a round: each peer is first equally often, so that a slow drift of the machine favours none. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const start = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Largest absolute difference over the largest expected magnitude. Infinite for another length or NaN. */
export function relativeError(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length || expected.length === 0) return Infinity;
  let [difference, scale] = [0, 0];
  for (const [i, value] of expected.entries()) {
    const distance = Math.abs(value - (actual[i] ?? NaN));
    difference = Math.max(difference, Number.isNaN(distance) ? Infinity : distance);
    scale = Math.max(scale, Math.abs(value));
  }
  return difference === 0 ? 0 : difference / scale;
}

/** Largest relative difference of two loss curves over the steps that both have. Infinite when there is none. */
export function curveError(actual: readonly number[], expected: readonly number[]): number {
  const steps = Math.min(actual.length, expected.length);
  const errors = actual.slice(0, steps).map((loss, step) => relativeError([loss], [expected[step] ?? NaN]));
  return steps === 0 ? Infinity : Math.max(...errors);
}
