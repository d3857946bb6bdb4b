// Counting answers: accuracy, precision, recall, F1 and the rest (metrics.md 6). Fake is the positive class.
// Keys are the metric names of the reports; null means "cannot be computed", never 0.
import type { Label } from '../domain/sample.ts';
import { meanOrNull } from './averages.ts';

/** One judged sample; `predict` null = unparsed. */
export interface Judgement {
  label: Label;
  predict: Label | null;
  domain: string;
}

export interface Confusion {
  tp: number;
  fp: number;
  tn: number;
  fn: number;
  unparsed_real: number;
  unparsed_fake: number;
}

/** `parsed_only`: unparsed answers are left out (official F1). `unparsed_wrong`: an unparsed answer is wrong for either class. */
export type Treatment = 'parsed_only' | 'unparsed_wrong';

export interface ClassificationMetrics {
  acc: number | null;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  macro_f1: number | null;
  real_acc: number | null;
  fake_acc: number | null;
  balanced_acc: number | null;
}

/** Counts by label and answer. */
export function countConfusion(judgements: readonly Judgement[]): Confusion {
  const counts: Confusion = { tp: 0, fp: 0, tn: 0, fn: 0, unparsed_real: 0, unparsed_fake: 0 };
  for (const { label, predict } of judgements) {
    if (predict === null) counts[label === 'fake' ? 'unparsed_fake' : 'unparsed_real']++;
    else if (label === 'fake') counts[predict === 'fake' ? 'tp' : 'fn']++;
    else counts[predict === 'fake' ? 'fp' : 'tn']++;
  }
  return counts;
}

const orZero = (numerator: number, denominator: number): number => (denominator === 0 ? 0 : numerator / denominator);
const orNull = (numerator: number, denominator: number): number | null => (denominator === 0 ? null : numerator / denominator);

/** F1 of one class from its true positives, wrong claims and misses. */
function f1Of(hits: number, wrongClaims: number, misses: number): number {
  return orZero(2 * hits, 2 * hits + wrongClaims + misses);
}

const NOTHING: ClassificationMetrics = {
  acc: null, precision: null, recall: null, f1: null, macro_f1: null, real_acc: null, fake_acc: null, balanced_acc: null,
}; // prettier-ignore

/** All metrics that follow from the counts; every one is null when no sample is left. */
export function classificationMetrics(counts: Confusion, treatment: Treatment): ClassificationMetrics {
  const { tp, fp, tn, fn } = counts;
  const unparsedFake = treatment === 'unparsed_wrong' ? counts.unparsed_fake : 0;
  const unparsedReal = treatment === 'unparsed_wrong' ? counts.unparsed_real : 0;
  const fakes = tp + fn + unparsedFake;
  const reals = tn + fp + unparsedReal;
  if (fakes + reals === 0) return { ...NOTHING };
  const f1 = f1Of(tp, fp, fn + unparsedFake);
  const fakeAcc = orNull(tp, fakes);
  const realAcc = orNull(tn, reals);
  return {
    acc: (tp + tn) / (fakes + reals),
    precision: orZero(tp, tp + fp),
    recall: orZero(tp, fakes),
    f1,
    macro_f1: (f1 + f1Of(tn, fn, fp + unparsedReal)) / 2,
    real_acc: realAcc,
    fake_acc: fakeAcc,
    balanced_acc: realAcc === null || fakeAcc === null ? null : (realAcc + fakeAcc) / 2,
  };
}

/**
 * Figures that the counts leave open and that have a value by convention, as in scikit-learn: precision is 0 where nothing was called
 * fake, recall and F1 are 0 where nothing is fake, and macro F1 counts a class that is not there as 0. Such a value says nothing about
 * the model, and no resample says how sure it is.
 */
export function conventional(counts: Confusion, treatment: Treatment): ReadonlySet<keyof ClassificationMetrics> {
  const { tp, fp, tn, fn, unparsed_fake, unparsed_real } = counts;
  const isWhole = treatment === 'unparsed_wrong';
  const fakes = tp + fn + (isWhole ? unparsed_fake : 0);
  const reals = tn + fp + (isWhole ? unparsed_real : 0);
  if (fakes + reals === 0) return new Set();
  return new Set([
    ...(tp + fp === 0 ? (['precision'] as const) : []),
    ...(fakes === 0 ? (['recall', 'f1'] as const) : []),
    ...(fakes === 0 || reals === 0 ? (['macro_f1'] as const) : []),
  ]);
}

export interface DomainMetrics {
  /** Samples that count: all, or the parsed ones. */
  n: number;
  acc: number | null;
  f1: number | null;
}

export interface AcrossDomains {
  domains: Record<string, DomainMetrics>;
  /** Unweighted mean and minimum over the domains that have a value. */
  avg_f1: number | null;
  worst_domain_f1: number | null;
  /** Population standard deviation of the domains' accuracies. */
  sacc: number | null;
}

/** Samples by domain, domains in alphabetical order. */
export function groupByDomain<T extends { domain: string }>(samples: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const sample of samples) {
    const group = groups.get(sample.domain);
    if (group === undefined) groups.set(sample.domain, [sample]);
    else group.push(sample);
  }
  return new Map([...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** One value per domain, by its name: any folder name, `__proto__` too, which an assignment would lose. */
export function byDomain<T extends { domain: string }, Value>(samples: readonly T[], of: (group: T[]) => Value): Record<string, Value> {
  return Object.fromEntries([...groupByDomain(samples)].map(([domain, group]) => [domain, of(group)]));
}

const isNumber = (value: number | null): value is number => value !== null;

function populationDeviation(values: readonly number[]): number | null {
  const mean = meanOrNull(values);
  if (mean === null) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Accuracy and F1 of each domain, and how they spread. */
export function metricsAcrossDomains(judgements: readonly Judgement[], treatment: Treatment): AcrossDomains {
  const figuresOf = (group: readonly Judgement[]): DomainMetrics => {
    const { acc, f1 } = classificationMetrics(countConfusion(group), treatment);
    const n = treatment === 'parsed_only' ? group.filter((one) => one.predict !== null).length : group.length;
    return { n, acc, f1 };
  };
  const domains = byDomain(judgements, figuresOf);
  const f1s = Object.values(domains)
    .map((domain) => domain.f1)
    .filter(isNumber);
  const accs = Object.values(domains)
    .map((domain) => domain.acc)
    .filter(isNumber);
  return { domains, avg_f1: meanOrNull(f1s), worst_domain_f1: f1s.length === 0 ? null : Math.min(...f1s), sacc: populationDeviation(accs) };
}
