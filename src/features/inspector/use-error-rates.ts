// How often the chosen model errs, from the evaluation that tells it best.
import { useEffect } from 'react';
import { EvaluationStore } from '../../state/evaluation.ts';
import { errorRates, ratesEvaluation, type ErrorRates } from './report/case-report.ts';

/** null where no evaluation of the model tells; undefined while it is read. */
export function useErrorRates(modelId: string | null): ErrorRates | null | undefined {
  const store = EvaluationStore.useApi();
  const evals = EvaluationStore.use((state) => state.evals);
  const record = evals ? ratesEvaluation(evals, modelId) : undefined;
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
