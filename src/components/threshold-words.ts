// A frozen threshold and its measured errors in the words of a report: what was called what, of how many, with what interval.
import type { FrozenThreshold, ThresholdCounts } from '../shared/domain/run.ts';
import { wilsonInterval } from '../shared/metrics/proportion.ts';
import { THRESHOLD_RULES } from '../shared/metrics/frozen-threshold.ts';
import { formatDate, formatPercent, formatPoints } from './format.ts';

/** `6 % of real images were called fake (95 % CI 3–11, 6 of 100)`. */
function errorText(part: number, whole: number, what: string): string {
  const interval = wilsonInterval(part, whole);
  if (!interval) return `nothing is known of ${what}`;
  return `${formatPercent(part / whole, 0)} of ${what} (95 % CI ${formatPoints(interval.low)}–${formatPoints(interval.high)}, ${part} of ${whole})`;
}

/** The error rates of counts, as a sentence that ends without a full stop. */
export function errorRateText({ tp, fp, tn, fn }: ThresholdCounts): string {
  return `${errorText(fp, fp + tn, 'real images were called fake')} and ${errorText(fn, fn + tp, 'fake images were called real')}`;
}

/** Where a threshold comes from. */
export function thresholdOrigin({ from, rule, frozenAt }: FrozenThreshold): string {
  const { tp, fp, tn, fn } = from.counts;
  return `Chosen for the ${THRESHOLD_RULES[rule]} on ${tp + fp + tn + fn} validation images (“${from.name}”), frozen ${formatDate(frozenAt)}.`;
}

export const SOURCE_NAMES = { head: 'binary head', token: 'answer token' } as const;
