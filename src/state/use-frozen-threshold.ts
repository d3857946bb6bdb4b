// The threshold that was frozen for a model, with the evaluation that measured it: for the verdict on a single picture.
import { useEffect, useMemo } from 'react';
import type { FrozenThreshold } from '../shared/domain/run.ts';
import { EvaluationStore } from './evaluation.ts';

export interface MeasuredThreshold {
  threshold: FrozenThreshold;
  evalId: string;
  /** The images on which its error rates were measured. */
  datasetName: string;
}

/** Of the newest evaluation of unchanged pictures that has one; null where none does. */
export function useFrozenThreshold(modelId: string | null): MeasuredThreshold | null {
  const { evals, refresh } = EvaluationStore.use((state) => state);
  useEffect(() => {
    if (evals === null) void refresh();
  }, [evals, refresh]);
  return useMemo(() => {
    const record = (evals ?? []).find((one) => one.modelId === modelId && one.threshold && !one.config.perturbation);
    return record?.threshold ? { threshold: record.threshold, evalId: record.id, datasetName: record.datasetName } : null;
  }, [evals, modelId]);
}
