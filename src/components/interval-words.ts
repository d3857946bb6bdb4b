// Figures and their 95 % intervals as the reports write them.
import { hasSpread, type Interval } from '../shared/metrics/bootstrap.ts';
import { formatFigure, formatPercent, formatSigned } from './format.ts';

/** A share in per cent, another figure with three digits; a dash where there is none. */
export function formatEstimate(value: number | null, percent: boolean): string {
  return percent ? (value === null ? '–' : formatPercent(value)) : formatFigure(value);
}

type Bounds = Pick<Interval, 'low' | 'high'>;

/** `81.0 % – 92.5 %`; empty while it is computed, and in words where the resamples could not tell. */
export function intervalText(interval: Bounds | null | undefined, percent: boolean): string {
  if (!interval) return '';
  if (!hasSpread(interval)) return 'the same in every resample';
  return `${formatEstimate(interval.low, percent)} – ${formatEstimate(interval.high, percent)}`;
}

/** A difference with its sign, shares in points: `+3.1 points`. */
export function formatDifference(value: number, percent: boolean): string {
  return percent ? `${formatSigned(100 * value, 1)} points` : formatSigned(value);
}

/** `+3.1 points (−0.4 to +6.5)`. */
export function differenceText(value: number, interval: Bounds | null | undefined, percent: boolean): string {
  const bound = (end: number): string => (percent ? formatSigned(100 * end, 1) : formatSigned(end));
  const within = interval && hasSpread(interval) ? ` (${bound(interval.low)} to ${bound(interval.high)})` : '';
  return `${formatDifference(value, percent)}${within}`;
}
