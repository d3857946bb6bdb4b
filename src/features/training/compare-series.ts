// Figures of several runs side by side. Pure.
import { writeTrainConfig } from '../../shared/config/config-file.ts';
import type { RunRecord, StepRecord } from '../../shared/domain/run.ts';

export interface RunFigures {
  last: number | null;
  best: number | null;
  bestStep: number | null;
}

/** Metrics of which less is better; of all others more is. */
const LOWER_IS_BETTER = ['loss', 'kl', 'grad_norm', 'step_time', 'unparsed', 'clipped_ratio', 'frac_reward_zero_std'];

export function lowerIsBetter(metric: string): boolean {
  return LOWER_IS_BETTER.some((part) => metric.includes(part));
}

/** Last and best value of a metric, not only the last: the end is often not the best. */
export function runFigures(steps: readonly StepRecord[], metric: string): RunFigures {
  const points = steps.flatMap(({ step, metrics }) => {
    const value = metrics[metric];
    return value === undefined || !Number.isFinite(value) ? [] : [{ step, value }];
  });
  const sign = lowerIsBetter(metric) ? -1 : 1;
  const best = points.reduce<(typeof points)[number] | null>(
    (top, point) => (top === null || sign * point.value > sign * top.value ? point : top),
    null,
  );
  return { last: points.at(-1)?.value ?? null, best: best?.value ?? null, bestStep: best?.step ?? null };
}

/** Metrics that at least one run has, in order of first appearance. */
export function sharedMetrics(series: readonly (readonly StepRecord[])[]): string[] {
  return [...new Set(series.flatMap((steps) => steps.flatMap(({ metrics }) => Object.keys(metrics))))];
}

/** Settings that are not the same in all runs, as text by run. */
export function settingsDiff(runs: readonly RunRecord[]): { name: string; values: string[] }[] {
  const objects = runs.map(
    (run) =>
      new Map(
        Object.entries<unknown>({
          ...JSON.parse(writeTrainConfig(run.config)),
          data_hash: run.datasetHash,
          start_model: run.baseModelName,
        }),
      ),
  );
  const names = [...new Set(objects.flatMap((object) => [...object.keys()]))];
  return names
    .map((name) => ({ name, values: objects.map((object) => (object.has(name) ? JSON.stringify(object.get(name)) : '–')) }))
    .filter(({ values }) => new Set(values).size > 1);
}
