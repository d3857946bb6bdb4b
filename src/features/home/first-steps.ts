// The guided first run: what to do next, from what this browser already holds. Pure.
import type { CheckpointRecord, EvalRecord, RunRecord } from '../../shared/domain/run.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';

export interface FirstStep {
  title: string;
  text: string;
  isDone: boolean;
  /** Where it is done; null while a step before it is missing. */
  to: string | null;
}

export interface StoredWork {
  datasets: readonly Pick<DatasetRecord, 'id' | 'imageCount'>[];
  runs: readonly Pick<RunRecord, 'id' | 'step' | 'state' | 'checkpointIds' | 'datasetId'>[];
  evals: readonly Pick<EvalRecord, 'state' | 'modelId'>[];
}

const testOf = (modelId: CheckpointRecord['id'], datasetId: string): string =>
  `/eval/new?model=${encodeURIComponent(modelId)}&dataset=${encodeURIComponent(datasetId)}`;

/** Four steps from an empty browser to a tested checkpoint. */
export function firstSteps({ datasets, runs, evals }: StoredWork): FirstStep[] {
  const dataset = datasets.find(({ imageCount }) => imageCount > 0);
  const run = runs.find(({ step }) => step > 0) ?? runs[0];
  const trained = runs.find(({ state, checkpointIds }) => state !== 'running' && checkpointIds.length > 0);
  const checkpoint = trained?.checkpointIds[0];
  return [
    {
      title: 'See a verdict with its reasons',
      text: 'Try the demo above, or open your own images.',
      isDone: dataset !== undefined,
      to: null,
    },
    {
      title: 'Train on the images',
      text: 'Keep the settings as they are and press Start training.',
      isDone: runs.length > 0,
      to: dataset ? `/train/new?dataset=${encodeURIComponent(dataset.id)}` : null,
    },
    {
      title: 'Watch the reward',
      text: 'The curve says how well the reasons fit; the column beside it says what is well and what is not.',
      isDone: trained !== undefined,
      to: run ? `/run/${run.id}` : null,
    },
    {
      title: 'Test what was trained',
      text: 'Evaluate the checkpoint on images that it has not seen.',
      isDone: evals.some(({ modelId, state }) => state === 'done' && runs.some(({ checkpointIds }) => checkpointIds.includes(modelId))),
      to: trained && checkpoint ? testOf(checkpoint, trained.datasetId) : null,
    },
  ];
}
