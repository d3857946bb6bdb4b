// How often the chosen model errs, from its newest finished evaluation on labelled images.
import { useEffect } from 'react';
import { EvaluationStore } from '../../state/evaluation.ts';
import { errorRates, type ErrorRates } from './report/case-report.ts';

/** null where no evaluation of the model tells; undefined while it is read. */
export function useErrorRates(modelId: string | null): ErrorRates | null | undefined {
  const store = EvaluationStore.useApi();
  const evals = EvaluationStore.use((state) => state.evals);
  const record = evals?.find((one) => one.modelId === modelId && one.state === 'done' && one.sweepOf === undefined);
  const scores = EvaluationStore.use((state) => (record ? state.scores[record.id] : undefined));
  useEffect(() => {
    void store.getState().refresh();
  }, [store]);
  useEffect(() => {
    if (record) void store.getState().loadScores([record]);
  }, [store, record]);
  if (evals === null) return undefined;
  if (!record) return null;
  return scores ? errorRates(record, scores.answers) : undefined;
}
