// Which evaluations can say what changed between two runs. Pure.
import type { CheckpointRecord, EvalRecord, RunRecord } from '../../../shared/domain/run.ts';

type Checkpoint = Pick<CheckpointRecord, 'id' | 'runId' | 'step'>;

/** What stands between a run and a comparison of its answers. */
export interface RunEvaluations {
  run: RunRecord;
  /** Of its checkpoints, newest first. */
  evals: EvalRecord[];
  /** Newest checkpoint; undefined where none is stored, so that there is nothing to evaluate. */
  checkpoint: Checkpoint | undefined;
}

export function evaluationsOfRun(run: RunRecord, evals: readonly EvalRecord[], checkpoints: readonly Checkpoint[]): RunEvaluations {
  const own = checkpoints.filter(({ runId }) => runId === run.id).toSorted((a, b) => b.step - a.step);
  const ids = new Set(own.map(({ id }) => id));
  return { run, evals: evals.filter(({ modelId, state }) => ids.has(modelId) && state === 'done'), checkpoint: own[0] };
}

const sharedCount = (a: EvalRecord, b: EvalRecord): number => {
  const ids = new Set(a.sampleIds);
  return b.sampleIds.filter((id) => ids.has(id)).length;
};

/** The pair of evaluations of two runs with the most images in common; null where they share none. */
export function proposedPair(first: readonly EvalRecord[], second: readonly EvalRecord[]): [EvalRecord, EvalRecord] | null {
  let best: { pair: [EvalRecord, EvalRecord]; shared: number } | null = null;
  for (const a of first) {
    for (const b of second) {
      const shared = a.id === b.id ? 0 : sharedCount(a, b);
      if (shared > (best?.shared ?? 0)) best = { pair: [a, b], shared };
    }
  }
  return best?.pair ?? null;
}

/** Evaluations that share an image with this one. */
export function comparableWith(record: EvalRecord, evals: readonly EvalRecord[]): EvalRecord[] {
  return evals.filter((other) => other.id !== record.id && sharedCount(record, other) > 0);
}
