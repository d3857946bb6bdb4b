// What must stand beside the figures of runs.
import { SYNTHETIC_NOTE, TINY_MODEL_NOTE } from '../../../components/ModelNotes.tsx';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { DatasetsStore } from '../../../state/datasets.ts';
import { ModelsStore } from '../../../state/models.ts';

export interface RunNotes {
  tiny: boolean;
  synthetic: boolean;
  /** The same as sentences. */
  sentences: string[];
}

/** One tiny model or one synthetic dataset among them is enough. */
export function useRunNotes(runs: readonly RunRecord[]): RunNotes {
  const models = ModelsStore.use((state) => state.models);
  const datasets = DatasetsStore.use((state) => state.datasets);
  const tiny = runs.some(({ baseModelId }) => models.find(({ id }) => id === baseModelId)?.tiny ?? false);
  const synthetic = runs.some(({ datasetId }) => datasets.find(({ id }) => id === datasetId)?.synthetic ?? false);
  return { tiny, synthetic, sentences: [...(tiny ? [TINY_MODEL_NOTE] : []), ...(synthetic ? [SYNTHETIC_NOTE] : [])] };
}
