// Bootstrap intervals of a report, computed in slices so that the page stays responsive.
import type { Interval } from '../../shared/metrics/bootstrap.ts';
import { bootstrapSteps } from '../../shared/metrics/bootstrap.ts';
import { scoredSamples } from '../../shared/metrics/answer-scores.ts';
import { classificationMetrics, countConfusion, groupByDomain } from '../../shared/metrics/classification.ts';
import type { ClassificationMetrics } from '../../shared/metrics/classification.ts';
import { calibrationMetrics } from '../../shared/metrics/calibration.ts';
import type { EvaluatedSample } from '../../shared/metrics/evaluation.ts';
import type { ScoredSample } from '../../shared/metrics/ranking.ts';
import { rankingMetrics } from '../../shared/metrics/ranking.ts';
import type { Report } from './report.ts';
import { CLASS_METRICS, SCORE_METRICS } from './report.ts';

/** By `intervalKey`. */
export type Intervals = Readonly<Record<string, Interval>>;

export function intervalKey(name: string, domain: string): string {
  return `${domain}/${name}`;
}

/** One interval to compute, resample by resample. */
export interface IntervalTask {
  key: string;
  steps: () => Generator<void, Interval | null>;
}

const SEED = 42;

function classTask(samples: readonly EvaluatedSample[], domain: string, name: string, key: keyof ClassificationMetrics): IntervalTask {
  const statistic = (resample: EvaluatedSample[]) => classificationMetrics(countConfusion(resample), 'parsed_only')[key];
  return { key: intervalKey(name, domain), steps: () => bootstrapSteps(samples, statistic, bootstrapOptions(samples.length)) };
}

/** Fewer resamples of a large sample: its interval is narrow and steady. */
export function bootstrapOptions(count: number) {
  return { seed: SEED, resamples: count > 4000 ? 300 : 1000 };
}

function scoreTasks(samples: readonly EvaluatedSample[]): IntervalTask[] {
  const scored = scoredSamples(samples);
  if (scored.length === 0) return [];
  const valueOf = (resample: ScoredSample[], key: (typeof SCORE_METRICS)[number]['key']): number | null =>
    key === 'ece' || key === 'brier' || key === 'nll' ? calibrationMetrics(resample)[key] : rankingMetrics(resample)[key];
  return SCORE_METRICS.map(({ name, key }) => ({
    key: intervalKey(name, 'all'),
    steps: () => bootstrapSteps(scored, (resample) => valueOf(resample, key), bootstrapOptions(scored.length)),
  }));
}

/** Everything that gets an interval, headline figures first. */
export function intervalTasks({
  samples,
  expected,
  answered,
  unparsed,
}: Pick<Report, 'samples' | 'expected' | 'answered' | 'unparsed'>): IntervalTask[] {
  if (samples.length === 0) return [];
  const isParsed = Array.from({ length: expected }, (_, i) => i < answered - unparsed);
  const coverage: IntervalTask = {
    key: intervalKey('coverage', 'all'),
    steps: () => bootstrapSteps(isParsed, (resample) => resample.filter(Boolean).length / resample.length, bootstrapOptions(expected)),
  };
  return [
    ...CLASS_METRICS.map(({ name, key }) => classTask(samples, 'all', name, key)),
    coverage,
    ...[...groupByDomain(samples)].flatMap(([domain, group]) => [
      classTask(group, domain, 'accuracy', 'acc'),
      classTask(group, domain, 'f1', 'f1'),
    ]),
    ...scoreTasks(samples),
  ];
}

/** The page is given back after so long, milliseconds. */
const SLICE_MS = 12;

/** Runs tasks one by one in short slices, so that the page stays responsive; stops when the signal aborts. */
export async function runIntervalTasks(
  tasks: readonly IntervalTask[],
  publish: (intervals: Intervals) => void,
  signal: AbortSignal,
): Promise<void> {
  const found: Record<string, Interval> = {};
  let [published, rested] = [0, performance.now()];
  for (const { key, steps } of tasks) {
    if (signal.aborted) return;
    const work = steps();
    let step = work.next();
    while (!step.done) {
      if (performance.now() - rested > SLICE_MS) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (signal.aborted) return;
        rested = performance.now();
      }
      step = work.next();
    }
    if (step.value) found[key] = step.value;
    if (performance.now() - published > 250) {
      published = performance.now();
      publish({ ...found });
    }
  }
  if (!signal.aborted) publish(found);
}
