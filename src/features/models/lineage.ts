// Where a model comes from, what was built on it, and which checkpoints of a run can go. Pure.
import { metricWords } from '../../components/metric-words.ts';
import type { RunRecord } from '../../shared/domain/run.ts';
import { lowerIsBetter } from '../../shared/metrics/direction.ts';
import { FILES } from '../../shared/models/model-folder.ts';
import type { ModelEntry } from '../../state/models.ts';

/** A model on the way to another, with the run that led from it to the next; null where none is known. */
export interface LineageStep {
  id: string;
  /** Undefined when it is not in this browser any more. */
  model: ModelEntry | undefined;
  run: Pick<RunRecord, 'id' | 'name' | 'step'> | null;
}

/** From the first model to this one: start model, run, checkpoint, run, ... */
export function lineageOf(modelId: string, models: readonly ModelEntry[], runs: readonly RunRecord[]): LineageStep[] {
  const byId = new Map(models.map((model) => [model.id, model]));
  const steps: LineageStep[] = [];
  const seen = new Set<string>();
  for (let id: string | null = modelId; id !== null && !seen.has(id);) {
    seen.add(id);
    const model = byId.get(id);
    const runId: string | null = model?.checkpoint?.runId ?? null;
    const record = runs.find((run) => run.id === runId);
    steps.unshift({ id, model, run: runId === null ? null : (record ?? { id: runId, name: runId, step: model?.step ?? 0 }) });
    id = model?.checkpoint?.parentId ?? null;
  }
  return steps;
}

/** A model with a config of its own loads without its parent. */
function standsAlone({ checkpoint }: ModelEntry): boolean {
  return checkpoint?.files.some(({ path }) => path === FILES.config) ?? true;
}

/** Models that could no longer be loaded without this one. */
export function dependentsOf(modelId: string, models: readonly ModelEntry[]): ModelEntry[] {
  const direct = models.filter((model) => model.checkpoint?.parentId === modelId && !standsAlone(model));
  return direct.flatMap((model) => [model, ...dependentsOf(model.id, models)]);
}

/** Runs that started from this model and are not done: without it they cannot go on. */
export function openRunsFrom(modelId: string, runs: readonly RunRecord[]): RunRecord[] {
  return runs.filter(({ baseModelId, state }) => baseModelId === modelId && state !== 'done' && state !== 'stopped');
}

export interface PruneRule {
  keepLast: number;
  /** The best by this metric is kept; null: none for its figures. */
  keepBest: string | null;
}

export interface PrunePlan {
  removed: ModelEntry[];
  /** With the reason, in plain words. */
  kept: { model: ModelEntry; reason: string }[];
  freedBytes: number;
}

function bestOf(models: readonly ModelEntry[], metric: string): ModelEntry | undefined {
  const sign = lowerIsBetter(metric) ? -1 : 1;
  const scored = models.filter(({ metrics }) => metrics[metric] !== undefined);
  return scored.toSorted((a, b) => sign * ((b.metrics[metric] ?? 0) - (a.metrics[metric] ?? 0)) || b.step - a.step)[0];
}

/**
 * Which checkpoints of one run a rule removes.
 * @param own the checkpoints of the run
 * @param all every model of this browser: one that others are built on stays
 * @param runs those that began from a checkpoint and are not done keep it
 */
export function prunePlan(own: readonly ModelEntry[], all: readonly ModelEntry[], runs: readonly RunRecord[], rule: PruneRule): PrunePlan {
  const newest = own.toSorted((a, b) => b.step - a.step);
  const best = rule.keepBest === null ? undefined : bestOf(own, rule.keepBest);
  const reasonOf = (model: ModelEntry): string | null => {
    if (model === best) return `best by ${metricWords(rule.keepBest ?? '')}`;
    if (newest.indexOf(model) < rule.keepLast) return rule.keepLast === 1 ? 'newest' : `among the last ${rule.keepLast}`;
    if (dependentsOf(model.id, all).length > 0) return 'other models are built on it';
    if (openRunsFrom(model.id, runs).length > 0) return 'a run that is not done began from it';
    return (model.checkpoint?.tags ?? []).length > 0 ? 'tagged by you' : null;
  };
  const judged = newest.map((model) => ({ model, reason: reasonOf(model) }));
  const removed = judged.flatMap(({ model, reason }) => (reason === null ? [model] : []));
  return {
    removed,
    kept: judged.flatMap(({ model, reason }) => (reason === null ? [] : [{ model, reason }])),
    freedBytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}
