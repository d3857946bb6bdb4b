// One image and what the model says about it. The address holds dataset, sample, model and what to compare with.
import { useEffect } from 'react';
import { Link, Navigate, useParams, useSearchParams } from 'react-router';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Page } from '../../components/Page.tsx';
import { DatasetsStore } from '../../state/datasets.ts';
import { SamplesStore } from '../../state/samples.ts';
import { SelectionStore } from '../../state/selection.ts';
import { inspectAddress } from './address.ts';
import { SampleView } from './SampleView.tsx';

const NOTHING_CHOSEN = { datasetId: null, sampleIds: [] };

/** Without a sample in the address: the first of the gallery's filter, else the first test image of the newest dataset. */
function DefaultSample() {
  const [params] = useSearchParams();
  const wanted = params.get('dataset');
  const selection = SelectionStore.use((state) => state);
  const { phase, datasets } = DatasetsStore.use((state) => state);
  const isDeleted = phase === 'ready' && !datasets.some(({ id }) => id === selection.datasetId);
  const kept = isDeleted ? NOTHING_CHOSEN : selection;
  const chosen = wanted === null || wanted === kept.datasetId ? kept : { datasetId: wanted, sampleIds: [] };
  const samples = SamplesStore.use((state) => state);
  const datasetId = chosen.datasetId ?? datasets.find(({ imageCount }) => imageCount > 0)?.id ?? null;
  const open = samples.open;
  useEffect(() => {
    if (datasetId) void open(datasetId);
  }, [datasetId, open]);
  const first =
    chosen.sampleIds[0] ??
    (samples.datasetId === datasetId ? (samples.rows.find(({ split }) => split === 'test') ?? samples.rows[0])?.id : undefined);
  if (datasetId && first) return <Navigate replace to={inspectAddress(datasetId, first, params.size > 0 ? `?${params}` : '')} />;
  if (samples.error && samples.datasetId === datasetId) {
    return (
      <Page title="Inspect">
        <ErrorNotice error={samples.error} />
        <Link to="/data">All datasets</Link>
      </Page>
    );
  }
  if (phase === 'loading' || samples.phase === 'loading') return <Page title="Inspect">Looking for an image…</Page>;
  return (
    <Page title="Inspect">
      <EmptyState title="No images yet" actions={<Link to="/">Open the demo or drop a folder on Home</Link>}>
        Here you see one image with what the model says about it: three readouts, and each paragraph of its reasoning with keyword, rewards
        and vote.
      </EmptyState>
    </Page>
  );
}

/** The page `#/inspect/:dataset/:sample`. */
export function InspectPage() {
  const { dataset, sample } = useParams();
  if (!dataset || !sample) return <DefaultSample />;
  const sampleId = sample.startsWith(`${dataset}/`) ? sample : `${dataset}/${sample}`;
  return <SampleView key={sampleId} datasetId={dataset} sampleId={sampleId} />;
}
