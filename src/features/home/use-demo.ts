// "Try the demo": install the small demo set if needed, then open the inspector on one of its images.
import { useNavigate } from 'react-router';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import { DatasetsStore } from '../../state/datasets.ts';
import { NoticesStore } from '../../state/notices.ts';
import { SamplesStore } from '../../state/samples.ts';

/** Images per domain, split and label: enough to browse, quick to draw. */
export const DEMO_PER_CLASS = 12;

/** Returns the click handler; errors become notices. */
export function useDemo(): () => Promise<void> {
  const navigate = useNavigate();
  const datasets = DatasetsStore.useApi();
  const samples = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  return async () => {
    try {
      const dataset = await datasets.getState().installDemo(DEMO_PER_CLASS);
      const sampleId = await firstDemoSample(dataset, samples.getState().listSampleIds);
      void navigate(`/inspect/${encodeURIComponent(dataset.id)}/${encodeURIComponent(sampleId)}?run=1`);
    } catch (error) {
      notices.getState().raise(error);
    }
  };
}

/** A test image with visible artefacts if there is one, else the first. */
async function firstDemoSample(dataset: DatasetRecord, listSampleIds: (datasetId: string) => Promise<string[]>): Promise<string> {
  const ids = await listSampleIds(dataset.id);
  return ids.find((id) => id.includes('/test/fake/')) ?? ids[0] ?? '';
}
