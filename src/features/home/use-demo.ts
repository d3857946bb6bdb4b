// "Try the demo": draw the few images that the first click needs, open the inspector on one of them, draw the rest afterwards.
import { useNavigate } from 'react-router';
import type { StoreApi } from 'zustand/vanilla';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import type { DatasetsState } from '../../state/datasets.ts';
import { DatasetsStore, DEMO_PER_CLASS, DEMO_SEED } from '../../state/datasets.ts';
import { EngineStore } from '../../state/engine.ts';
import type { InspectionState } from '../../state/inspection-state.ts';
import { InspectionStore } from '../../state/inspection.ts';
import { ModelsStore } from '../../state/models.ts';
import { NoticesStore } from '../../state/notices.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';

/** Images per domain, split and label that the first click needs; one image takes about 20 ms to draw. */
const FIRST_PER_CLASS = 1;
/** The rest is drawn when the first verdict is there, at the latest after this time. */
const LONGEST_WAIT_MS = 20_000;

/** Returns the click handler; errors become notices. */
export function useDemo(): () => Promise<void> {
  const navigate = useNavigate();
  const datasets = DatasetsStore.useApi();
  const samples = SamplesStore.useApi();
  const inspection = InspectionStore.useApi();
  const notices = NoticesStore.useApi();
  const warm = useWarmModel();
  return async () => {
    warm();
    try {
      const dataset = installedDemo(datasets.getState().datasets) ?? (await datasets.getState().installDemo(FIRST_PER_CLASS));
      const path = firstDemoPath(await samples.getState().listSampleIds(dataset.id), dataset.id);
      void navigate(`/inspect/${encodeURIComponent(dataset.id)}/${encodeURIComponent(path)}?run=1`);
      await firstVerdict(inspection);
      await completeDemo(datasets);
    } catch (error) {
      notices.getState().raise(error);
    }
  };
}

/** Returns a function that loads the chosen or first model while the user is still on the way to the click. */
export function useWarmModel(): () => void {
  const engine = EngineStore.useApi();
  const models = ModelsStore.useApi();
  const selection = SelectionStore.useApi();
  return () => {
    const modelId = selection.getState().modelId ?? models.getState().models[0]?.id;
    if (modelId) void engine.getState().warm(modelId);
  };
}

/** The demo dataset as soon as it holds an image, also while the rest is being drawn. */
export function installedDemo(datasets: readonly DatasetRecord[]): DatasetRecord | undefined {
  return datasets.find(({ id, imageCount }) => id === `demo-${DEMO_SEED}` && imageCount > 0);
}

/** A test image with artefacts if there is one, else the first. */
function firstDemoPath(ids: readonly string[], datasetId: string): string {
  const id = ids.find((candidate) => candidate.includes('/test/fake/')) ?? ids[0] ?? '';
  return id.slice(datasetId.length + 1);
}

function firstVerdict(inspection: StoreApi<InspectionState>): Promise<void> {
  return new Promise((resolve) => {
    const hasEnded = ({ explanations }: InspectionState) =>
      Object.values(explanations).some(({ phase }) => phase === 'done' || phase === 'failed');
    const finish = () => {
      unsubscribe();
      clearTimeout(timer);
      resolve();
    };
    const unsubscribe = inspection.subscribe((state) => hasEnded(state) && finish());
    const timer = setTimeout(finish, hasEnded(inspection.getState()) ? 0 : LONGEST_WAIT_MS);
  });
}

async function completeDemo(datasets: StoreApi<DatasetsState>): Promise<void> {
  if (datasets.getState().demo === null) await datasets.getState().installDemo(DEMO_PER_CLASS);
}
