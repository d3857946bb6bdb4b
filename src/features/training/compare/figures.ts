// Figures of runs side by side: last, best and at a step; means over a group. Pure.
import { runSettings } from './settings-diff.ts';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import { lowerIsBetter } from '../../../shared/metrics/direction.ts';

/** Which value of a curve stands for it. */
export type FigureKind = 'last' | 'best' | 'at';

export interface RunFigures {
  last: number | null;
  best: number | null;
  bestStep: number | null;
  /** At the asked step, or at the newest one before it that has the metric. */
  at: number | null;
  atStep: number | null;
}

/** Last and best value of a metric, not only the last: the end is often not the best. */
export function runFigures(steps: readonly StepRecord[], metric: string, atStep: number | null = null): RunFigures {
  const points = steps.flatMap(({ step, metrics }) => {
    const value = metrics[metric];
    return value === undefined || !Number.isFinite(value) ? [] : [{ step, value }];
  });
  const sign = lowerIsBetter(metric) ? -1 : 1;
  const best = points.reduce<(typeof points)[number] | null>(
    (top, point) => (top === null || sign * point.value > sign * top.value ? point : top),
    null,
  );
  const at = atStep === null ? undefined : points.findLast(({ step }) => step <= atStep);
  return {
    last: points.at(-1)?.value ?? null,
    best: best?.value ?? null,
    bestStep: best?.step ?? null,
    at: at?.value ?? null,
    atStep: at?.step ?? null,
  };
}

/** Metrics that at least one run has, in order of first appearance. */
export function sharedMetrics(series: readonly (readonly StepRecord[])[]): string[] {
  return [...new Set(series.flatMap((steps) => steps.flatMap(({ metrics }) => Object.keys(metrics))))];
}

export interface Spread {
  n: number;
  mean: number;
  /** Sample deviation (n - 1); null for fewer than two values. */
  sd: number | null;
}

/** Mean and deviation of the values that exist; null without any. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const present = values.filter((value) => value !== null);
  const n = present.length;
  if (n === 0) return null;
  const mean = present.reduce((sum, value) => sum + value, 0) / n;
  const sd = n < 2 ? null : Math.sqrt(present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return { n, mean, sd };
}

/** How rows of the table are put together. */
export type GroupBy = 'none' | 'seeds' | 'algorithm' | 'group' | 'data';

export interface RunGroup {
  key: string;
  /** Heading of the group; empty for `none`. */
  name: string;
  runs: RunRecord[];
}

/** Everything that decides a run's result apart from its seed. A log made elsewhere has no known settings and stands alone. */
function seedKey(run: RunRecord): string {
  if (run.importedFrom !== undefined) return run.id;
  const settings = runSettings(run).filter(({ name }) => name !== 'seed' && name !== 'preset');
  return JSON.stringify(settings);
}

const GROUP_KEYS: Record<GroupBy, (run: RunRecord) => { key: string; name: string }> = {
  none: () => ({ key: '', name: '' }),
  seeds: (run) => ({ key: seedKey(run), name: `${run.algorithm} from ${run.baseModelName}` }),
  algorithm: ({ algorithm }) => ({ key: algorithm, name: algorithm }),
  group: ({ group }) => ({ key: group ?? '', name: group ?? 'no group' }),
  data: ({ datasetHash, datasetName }) => ({ key: datasetHash, name: `${datasetName} (${datasetHash.slice(0, 8) || 'unknown'})` }),
};

/** Runs by what they have in common, groups in order of their first run. */
export function groupRuns(runs: readonly RunRecord[], by: GroupBy): RunGroup[] {
  const groups = new Map<string, RunGroup>();
  for (const run of runs) {
    const { key, name } = GROUP_KEYS[by](run);
    const group = groups.get(key) ?? { key, name, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  return withDistinctNames([...groups.values()]);
}

/** Groups of the same name are told apart by their first run's. */
function withDistinctNames(groups: readonly RunGroup[]): RunGroup[] {
  return groups.map((group) => {
    const isShared = groups.some((other) => other !== group && other.name === group.name);
    return isShared ? { ...group, name: `${group.name}, as “${group.runs[0]?.name ?? ''}”` } : { ...group };
  });
}
