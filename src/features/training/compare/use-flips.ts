// The two evaluations whose answers are compared, and what changed between them.
import { useEffect, useMemo } from 'react';
import type { EvalRecord, RunRecord } from '../../../shared/domain/run.ts';
import type { Flips } from '../../../shared/metrics/flips.ts';
import { findFlips } from '../../../shared/metrics/flips.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { ModelsStore } from '../../../state/models.ts';
import type { CompareAddress } from './address.ts';
import type { RunEvaluations } from './flip-choice.ts';
import { evaluationsOfRun, proposedPair } from './flip-choice.ts';

export interface ChosenFlips {
  /** Every finished evaluation. */
  done: readonly EvalRecord[];
  byRun: readonly RunEvaluations[];
  a: EvalRecord | null;
  b: EvalRecord | null;
  /** The answers of both are read. */
  isRead: boolean;
  /** null while they are read, and where they share no labelled image. */
  flips: Flips | null;
}

/** The chosen pair of the address, else the one with the most images in common. */
export function useFlips(runs: readonly RunRecord[], view: CompareAddress): ChosenFlips {
  const { evals, refresh, open } = EvaluationStore.use((state) => state);
  const models = ModelsStore.use((state) => state.models);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  const done = useMemo(() => (evals ?? []).filter(({ state }) => state === 'done'), [evals]);
  const byRun = useMemo(() => {
    const checkpoints = models.flatMap(({ checkpoint }) => checkpoint ?? []);
    return runs.map((run) => evaluationsOfRun(run, done, checkpoints));
  }, [runs, done, models]);
  const proposed = useMemo(() => {
    const [first, second] = byRun;
    return first && second ? proposedPair(first.evals, second.evals) : null;
  }, [byRun]);
  const a = done.find(({ id }) => id === (view.flips[0] ?? proposed?.[0].id)) ?? null;
  const b = done.find(({ id }) => id === (view.flips[1] ?? proposed?.[1].id)) ?? null;
  const [idA, idB] = [a?.id, b?.id];
  useEffect(() => {
    for (const id of [idA, idB]) if (id) void open(id);
  }, [idA, idB, open]);
  const answersA = EvaluationStore.use((state) => state.answers[idA ?? '']);
  const answersB = EvaluationStore.use((state) => state.answers[idB ?? '']);
  const isRead = answersA !== undefined && answersB !== undefined;
  const flips = useMemo(() => (answersA && answersB ? findFlips(answersA, answersB) : null), [answersA, answersB]);
  return { done, byRun, a, b, isRead, flips };
}
