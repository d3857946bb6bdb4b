// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import { act } from 'react';
import { useLocation } from 'react-router';
import { describe, expect, it, vi } from 'vitest';
import { StoreProviders } from '../../src/app/providers.tsx';
import type { Stores } from '../../src/app/start.ts';
import { HomePage } from '../../src/features/home/HomePage.tsx';
import type { DatasetRecord } from '../../src/shared/domain/sample.ts';
import type { PictureApi } from '../../src/shared/picture-api.ts';
import type { DataApi } from '../../src/shared/data-api.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { openDatabase } from '../../src/shared/storage/database.ts';
import { putDataset } from '../../src/shared/storage/datasets.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { createDatasetHealthStore } from '../../src/state/dataset-health.ts';
import { createDatasetsStore } from '../../src/state/datasets.ts';
import { createEngineStore } from '../../src/state/engine.ts';
import { createEvaluationStore } from '../../src/state/evaluation.ts';
import { createExchangeStore } from '../../src/state/exchange.ts';
import { createHeldOutStore } from '../../src/state/held-out.ts';
import { createImportsStore } from '../../src/state/imports.ts';
import { createInspectionStore } from '../../src/state/inspection.ts';
import { createJobsStore } from '../../src/state/jobs.ts';
import { createKeyboardStore } from '../../src/state/keyboard.ts';
import { createModelsStore } from '../../src/state/models.ts';
import { createNoticesStore } from '../../src/state/notices.ts';
import { createPrivateCaseStore } from '../../src/state/private-case.ts';
import { createRescanStore } from '../../src/state/rescan.ts';
import { createRunStore } from '../../src/state/run.ts';
import { createSamplesStore } from '../../src/state/samples.ts';
import { createSelectionStore } from '../../src/state/selection.ts';
import type { StatisticsApi } from '../../src/shared/statistics-api.ts';
import { createStatisticsStore } from '../../src/state/statistics.ts';
import { createStorageStore } from '../../src/state/storage.ts';
import { createFakeClient } from '../support/fake-client.ts';
import { createJournalStore } from '../../src/state/journal.ts';
import { createPreferencesStore } from '../../src/state/preferences.ts';
import { createPreviewStore } from '../../src/state/preview.ts';
import { createRecoveryStore } from '../../src/state/recovery.ts';
import { createWriterStore } from '../../src/state/writer.ts';
import { render, until } from './render.tsx';

let opened = 0;

function createStores(dataHandlers: Partial<Handlers<DataApi>>) {
  const db = openDatabase({}, `home-${opened++}`);
  const openDb = () => db;
  const data = createFakeClient<DataApi>(dataHandlers).calls;
  const engine = createFakeClient<EngineApi>({}).calls;
  const notices = createNoticesStore();
  const jobs = createJobsStore();
  const jobDeps = { engine, database: openDb, jobs, notices, codeVersion: 'test' };
  const stores: Omit<Stores, 'heldOut'> = {
    notices,
    jobs,
    storage: createStorageStore(openDb),
    statistics: createStatisticsStore(createFakeClient<StatisticsApi>({}).calls),
    engine: createEngineStore(engine),
    datasets: createDatasetsStore(data, openDb, jobs),
    samples: createSamplesStore(openDb, data),
    datasetHealth: createDatasetHealthStore(data, engine, jobs),
    rescan: createRescanStore(data, openDb, () => Promise.resolve()),
    imports: createImportsStore(data, jobs, () => Promise.resolve(), 'test'),
    models: createModelsStore(openDb, () => Promise.resolve({ models: [] })),
    selection: createSelectionStore(),
    evaluation: createEvaluationStore(jobDeps),
    run: createRunStore(jobDeps),
    inspection: createInspectionStore({ ...jobDeps, pictures: createFakeClient<PictureApi>({}).calls, unstoredImage: () => undefined }),
    exchange: createExchangeStore({ ...jobDeps, data, baseModelId: () => '' }),
    keyboard: createKeyboardStore(openDb),
    privateCase: createPrivateCaseStore(),
    recovery: createRecoveryStore({
      database: openDb,
      listWorkingIds: () => Promise.resolve([]),
      run: createRunStore(jobDeps),
      evaluation: createEvaluationStore(jobDeps),
      datasets: createDatasetsStore(data, openDb, jobs),
    }),
    journal: createJournalStore(openDb),
    preferences: createPreferencesStore(openDb),
    preview: createPreviewStore(engine),
    writer: createWriterStore({
      database: openDb,
      listWorkingIds: () => Promise.resolve([]),
      run: createRunStore(jobDeps),
      evaluation: createEvaluationStore(jobDeps),
    }),
  };
  return { stores: { ...stores, heldOut: createHeldOutStore(stores) }, openDb };
}

const DEMO: DatasetRecord = {
  id: 'demo-3',
  name: 'Demo',
  createdAt: 1,
  source: 'demo',
  synthetic: true,
  state: 'ready',
  contentHash: '',
  imageCount: 2,
  annotationCount: 0,
  sizeBytes: 2,
  counts: [],
};
const sample = (path: string, label: 'real' | 'fake') => ({
  sample: {
    id: `demo-3/${path}`,
    datasetId: 'demo-3',
    path,
    domain: 'aster',
    split: 'test' as const,
    label,
    width: 1,
    height: 1,
    sizeBytes: 1,
    format: 'png' as const,
    exifOrientation: 1,
    sha256: '',
    problems: [],
    tags: [],
  },
  image: new Blob(['i']),
  thumbnail: new Blob(['t']),
});

function Address() {
  const { pathname, search } = useLocation();
  return <output data-testid="address">{pathname + search}</output>;
}

const showHome = (stores: Stores) =>
  render(
    <StoreProviders stores={stores}>
      <HomePage />
      <Address />
    </StoreProviders>,
  );

describe('Try the demo', () => {
  it('asks for a few images, opens the inspector on a test fake and runs the model; the rest is drawn after the first verdict', async () => {
    const asked: number[] = [];
    const { stores, openDb } = createStores({
      installDemo: async ({ perClass }) => {
        asked.push(perClass);
        await putSamples(await openDb(), [sample('aster/test/real/0.png', 'real'), sample('aster/test/fake/0.png', 'fake')], DEMO);
        return DEMO;
      },
    });
    const { find } = await showHome(stores);
    await act(async () => find('try-demo').click());
    await until(() => expect(find('address').textContent).toBe('/inspect/demo-3/aster%2Ftest%2Ffake%2F0.png?run=1'));
    expect(asked).toEqual([1]);
    const read = { loaded: null, pFakeHead: 0.9, text: '', tokenCount: 0, result: null };
    const first = { phase: 'done', finishedAt: 1, edit: null, keepError: null, error: null, ...read } as const;
    await act(async () => stores.inspection.setState({ explanations: { first } }));
    await until(() => expect(asked).toEqual([1, 12]));
  });

  it('does not draw again what is there', async () => {
    const installDemo = vi.fn(() => DEMO);
    const { stores, openDb } = createStores({ installDemo });
    await putDataset(await openDb(), DEMO);
    await stores.datasets.getState().refresh();
    const { find } = await showHome(stores);
    await act(async () => find('try-demo').click());
    await until(() => expect(find('address').textContent).toContain('/inspect/demo-3/'));
    expect(installDemo).not.toHaveBeenCalled();
  });

  it('shows the error and stays when the images cannot be stored', async () => {
    const { stores } = createStores({
      installDemo: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    });
    const { find } = await showHome(stores);
    await act(async () => find('try-demo').click());
    await until(() => expect(stores.notices.getState().notices.map(({ error }) => error?.code)).toEqual(['E-QUOTA']));
    expect(find('address').textContent).toBe('/');
    expect(stores.datasets.getState().demo).toBeNull();
    expect(stores.jobs.getState().jobs).toEqual([]);
  });
});

describe('Home', () => {
  it('lists what was done last only when there is something', async () => {
    const { stores, openDb } = createStores({});
    const { container } = await showHome(stores);
    expect(container.textContent).not.toContain('Recent');
    await act(async () => {
      await putDataset(await openDb(), DEMO);
      await stores.datasets.getState().refresh();
    });
    expect(container.textContent).toContain('Recent');
    expect(container.querySelector('a[href="/data/demo-3"]')?.textContent).toBe('Demo');
  });
});
