// The datasets, evaluations and runs that are stored, for lists that lead to them.
import { useEffect } from 'react';
import { DatasetsStore } from './datasets.ts';
import { EvaluationStore } from './evaluation.ts';
import { RunStore } from './run.ts';

/** Read anew when the view appears; empty until then. */
export function useStoredWork() {
  const datasets = DatasetsStore.use((state) => state.datasets);
  const evals = EvaluationStore.use((state) => state.evals) ?? [];
  const runs = RunStore.use((state) => state.runs) ?? [];
  const evaluation = EvaluationStore.useApi();
  const run = RunStore.useApi();
  useEffect(() => {
    void evaluation.getState().refresh();
    void run.getState().refresh();
  }, [evaluation, run]);
  return { datasets, evals, runs };
}
