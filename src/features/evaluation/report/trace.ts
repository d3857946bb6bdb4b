// Where a figure of the report comes from: its definition, the counts behind it, and how its interval was made. Pure.
import { formatCount, formatPercent, formatPlural } from '../../../components/format.ts';
import type { Interval } from '../../../shared/metrics/bootstrap.ts';
import { classificationMetrics, conventional, type ClassificationMetrics, type Confusion } from '../../../shared/metrics/classification.ts';
import { BOOTSTRAP_SEED, intervalKey, resamplesFor, type Intervals } from '../../../shared/metrics/intervals.ts';
import { CLASS_METRICS, SCORE_METRICS } from '../../../shared/metrics/metric-specs.ts';
import type { Report } from './report.ts';

export interface FigureTrace {
  definition: string;
  /** With the numbers of this report. */
  counts: string;
  interval: string;
}

const percent = (value: number | null): string => (value === null ? '–' : formatPercent(value));

/** The figure as it is worked out. */
function worked(key: keyof ClassificationMetrics, { tp, fp, tn, fn }: Confusion, figures: ClassificationMetrics): string {
  const ratio: Record<keyof ClassificationMetrics, string> = {
    acc: `(${tp} + ${tn}) / ${tp + tn + fp + fn}: right of all parsed`,
    precision: `${tp} / (${tp} + ${fp}): fake of those called fake`,
    recall: `${tp} / (${tp} + ${fn}): called fake of those that are`,
    f1: `2 × ${tp} / (2 × ${tp} + ${fp} + ${fn})`,
    macro_f1: `mean of F1 of fake, ${percent(figures.f1)}, and of real, 2 × ${tn} / (2 × ${tn} + ${fp} + ${fn})`,
    real_acc: `${tn} / (${tn} + ${fp})`,
    fake_acc: `${tp} / (${tp} + ${fn})`,
    balanced_acc: `(${percent(figures.real_acc)} + ${percent(figures.fake_acc)}) / 2`,
  };
  return ratio[key];
}

function resampled(interval: Interval, images: number): string {
  const all = resamplesFor(images);
  const open = all - interval.resamples;
  const without = open > 0 ? `; ${formatPlural(open, 'resample')} that leave it open have no part` : '';
  if (interval.method === 'wilson') return `Wilson’s, because all ${formatCount(interval.resamples)} resamples give the same${without}.`;
  if (interval.high <= interval.low) return `None: all ${formatCount(interval.resamples)} resamples give the same${without}.`;
  return `2.5th to 97.5th percentile of ${formatCount(interval.resamples)} bootstrap resamples of ${formatPlural(images, 'image')}, seed ${BOOTSTRAP_SEED}${without}.`;
}

function intervalWords(interval: Interval | undefined, images: number, isConvention: boolean): string {
  if (isConvention) return 'None: the value is a convention, for the counts leave it open.';
  return interval ? resampled(interval, images) : 'None yet, or there is nothing to measure.';
}

function classTrace(name: string, report: Report, intervals: Intervals): FigureTrace | null {
  const spec = CLASS_METRICS.find((one) => one.name === name);
  if (!spec) return null;
  const { confusion, parsed_only, n, n_parsed } = report.evaluation;
  const unparsed = n - n_parsed;
  const whole = classificationMetrics(confusion, 'unparsed_wrong')[spec.key];
  const others = unparsed > 0 ? `; with the ${unparsed} unparsed as wrong ${percent(whole)}` : '';
  return {
    definition: `${spec.help}.`,
    counts: `${worked(spec.key, confusion, parsed_only)} = ${percent(parsed_only[spec.key])}, from ${formatCount(n_parsed)} parsed of ${formatPlural(n, 'labelled answer')}${others}.`,
    interval: intervalWords(intervals[intervalKey(name, 'all')], n, conventional(confusion, 'parsed_only').has(spec.key)),
  };
}

function scoreTrace(name: string, report: Report, intervals: Intervals): FigureTrace | null {
  const spec = SCORE_METRICS.find((one) => one.name === name);
  if (!spec) return null;
  const scored = report.samples.filter(({ score }) => score !== null);
  const fakes = scored.filter(({ label }) => label === 'fake').length;
  const ties = name === 'auc' ? ' Equal scores of a fake and a real image count one half.' : '';
  return {
    definition: `${spec.help}.${ties}`,
    counts: `From the scores of ${formatCount(fakes)} fake and ${formatCount(scored.length - fakes)} real images, of ${formatPlural(report.samples.length, 'labelled answer')}; unparsed texts have a part where they have a score.`,
    interval: intervalWords(intervals[intervalKey(name, 'all')], scored.length, false),
  };
}

function coverageTrace({ answered, unparsed, failed, expected }: Report): FigureTrace {
  return {
    definition: 'Share of the expected answers that were parsed.',
    counts: `(${formatCount(answered)} answered − ${formatCount(unparsed)} unparsed) / ${formatCount(expected)} expected; ${formatCount(failed)} failed.`,
    interval: 'Wilson’s interval of the share; no resamples.',
  };
}

/** Of a figure over all images, by its name. */
export function traceOf(name: string, report: Report, intervals: Intervals): FigureTrace {
  return classTrace(name, report, intervals) ?? scoreTrace(name, report, intervals) ?? coverageTrace(report);
}
