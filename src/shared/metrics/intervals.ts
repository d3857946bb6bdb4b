// Which bootstrap intervals a page asks for, as data that can cross to a worker, and the steps that compute each of them.
import { scoredSamples } from './answer-scores.ts';
import type { Interval } from './bootstrap.ts';
import { bootstrapSteps } from './bootstrap.ts';
import { calibrationMetrics } from './calibration.ts';
import type { ClassificationMetrics } from './classification.ts';
import { classificationMetrics, countConfusion, groupByDomain } from './classification.ts';
import type { EvaluatedSample } from './evaluation.ts';
import { VOTE_FIGURES, voteFigures, type VotedSample } from './majority.ts';
import { CLASS_METRICS, SCORE_METRICS } from './metric-specs.ts';
import type { ScoredSample } from './ranking.ts';
import { rankingMetrics } from './ranking.ts';
import type { SweepPair } from './sweep.ts';
import { SWEEP_COLUMNS, sweepDifference, sweepFigure } from './sweep.ts';

/** By `intervalKey`. */
export type Intervals = Readonly<Record<string, Interval>>;

export function intervalKey(name: string, domain: string): string {
  return `${domain}/${name}`;
}

/** One row of a sweep; `pairs` is empty for the clean pictures. */
export interface SweepIntervalRow {
  evalId: string;
  samples: readonly EvaluatedSample[];
  pairs: readonly SweepPair[];
}

/** What intervals are wanted of. A sweep's differences have the name `delta_<figure>`, its evaluations are the domains. */
export type IntervalRequest =
  /** `parsed` of `expected` samples have a clear answer. */
  | { kind: 'report'; samples: readonly EvaluatedSample[]; expected: number; parsed: number }
  | { kind: 'vote'; samples: readonly VotedSample[] }
  | { kind: 'sweep'; rows: readonly SweepIntervalRow[] };

/** One interval to compute, resample by resample. */
export interface IntervalTask {
  key: string;
  steps: () => Generator<void, Interval | null>;
}

const SEED = 42;

/** Fewer resamples of a large sample: its interval is narrow and steady. */
function bootstrapOptions(count: number) {
  return { seed: SEED, resamples: count > 4000 ? 300 : 1000 };
}

function task<T>(name: string, domain: string, samples: readonly T[], statistic: (resample: T[]) => number | null): IntervalTask {
  return { key: intervalKey(name, domain), steps: () => bootstrapSteps(samples, statistic, bootstrapOptions(samples.length)) };
}

function classTask(samples: readonly EvaluatedSample[], domain: string, name: string, key: keyof ClassificationMetrics): IntervalTask {
  return task(name, domain, samples, (resample) => classificationMetrics(countConfusion(resample), 'parsed_only')[key]);
}

function scoreTasks(samples: readonly EvaluatedSample[]): IntervalTask[] {
  const scored = scoredSamples(samples);
  if (scored.length === 0) return [];
  const valueOf = (resample: ScoredSample[], key: (typeof SCORE_METRICS)[number]['key']): number | null =>
    key === 'ece' || key === 'brier' || key === 'nll' ? calibrationMetrics(resample)[key] : rankingMetrics(resample)[key];
  return SCORE_METRICS.map(({ name, key }) => task(name, 'all', scored, (resample) => valueOf(resample, key)));
}

function reportTasks({ samples, expected, parsed }: Extract<IntervalRequest, { kind: 'report' }>): IntervalTask[] {
  if (samples.length === 0) return [];
  const isParsed = Array.from({ length: expected }, (_, i) => i < parsed);
  return [
    ...CLASS_METRICS.map(({ name, key }) => classTask(samples, 'all', name, key)),
    task('coverage', 'all', isParsed, (resample) => resample.filter(Boolean).length / resample.length),
    ...[...groupByDomain(samples)].flatMap(([domain, group]) => [
      classTask(group, domain, 'accuracy', 'acc'),
      classTask(group, domain, 'f1', 'f1'),
    ]),
    ...scoreTasks(samples),
  ];
}

/** Everything that the request gets an interval of, headline figures first. */
export function intervalTasks(request: IntervalRequest): IntervalTask[] {
  if (request.kind === 'report') return reportTasks(request);
  if (request.kind === 'vote') {
    return VOTE_FIGURES.map(({ key, name }) => task(name, 'vote', request.samples, (resample) => voteFigures(resample)?.[key] ?? null));
  }
  return request.rows.flatMap(({ evalId, samples, pairs }) =>
    SWEEP_COLUMNS.flatMap(({ key }) => [
      task(key, evalId, samples, (resample) => sweepFigure(key, resample)),
      task(`delta_${key}`, evalId, pairs, (resample) => sweepDifference(key, resample)),
    ]),
  );
}
