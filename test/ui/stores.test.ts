import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import type { HealthReport } from '../../src/shared/domain/health.ts';
import type { DatasetRecord, SampleRecord } from '../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { DataApi } from '../../src/shared/data-api.ts';
import type { EngineApi, EngineStatus } from '../../src/shared/engine-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { writeCheckpoint } from '../../src/shared/storage/checkpoints.ts';
import { openDatabase } from '../../src/shared/storage/database.ts';
import { deleteDatasetRecord, getDataset, putDataset } from '../../src/shared/storage/datasets.ts';
import { deleteSamplesById, putSamples } from '../../src/shared/storage/samples.ts';
import { createDatasetHealthStore } from '../../src/state/dataset-health.ts';
import { createDatasetsStore } from '../../src/state/datasets.ts';
import { createEngineStore } from '../../src/state/engine.ts';
import { createJobsStore } from '../../src/state/jobs.ts';
import { createModelsStore } from '../../src/state/models.ts';
import { createNoticesStore } from '../../src/state/notices.ts';
import { createSamplesStore } from '../../src/state/samples.ts';
import { createFakeClient } from '../support/fake-client.ts';

let opened = 0;
const openDb = () => {
  const db = openDatabase({}, `ui-${opened++}`);
  return () => db;
};

const DATASET: DatasetRecord = {
  id: 'd',
  name: 'mini',
  createdAt: 1,
  source: 'folder',
  synthetic: false,
  state: 'ready',
  contentHash: 'ab',
  imageCount: 1,
  annotationCount: 0,
  sizeBytes: 1,
  counts: [],
};
const SAMPLE: SampleRecord = {
  id: 'd/a/test/fake/1.png',
  datasetId: 'd',
  path: 'a/test/fake/1.png',
  domain: 'a',
  split: 'test',
  label: 'fake',
  width: 1,
  height: 1,
  sizeBytes: 1,
  format: 'png',
  exifOrientation: 1,
  sha256: '',
  problems: ['label-contradicts-folder'],
  tags: [],
  annotation: { question: 'q', answer: 'a long text', source: 'train.json#0' },
};

const REPORT: HealthReport = { datasetId: '', checkedCount: 0, imageCount: 1, comparedAt: null, groups: [], shortcuts: [] };

describe('the samples store', () => {
  it('keeps light rows only: no text of an annotation stays in memory', async () => {
    const db = openDb();
    await putSamples(await db(), [{ sample: SAMPLE, image: new Blob(['i']), thumbnail: new Blob(['t']) }], DATASET);
    const store = createSamplesStore(db, createFakeClient<DataApi>({}).calls);
    await store.getState().open('d');
    expect(store.getState()).toMatchObject({ phase: 'ready', dataset: DATASET, predictedBy: null });
    expect(store.getState().rows).toEqual([
      {
        id: SAMPLE.id,
        path: SAMPLE.path,
        domain: 'a',
        split: 'test',
        label: 'fake',
        predicted: 'none',
        problems: 1,
        tags: [],
        note: '',
        haystack: `${SAMPLE.path}\n`,
        sizeBytes: 1,
        pixels: 1,
      },
    ]);
  });

  it('drops the hits of a search when the rows are read anew: they are numbers of the rows before', async () => {
    const db = openDb();
    await putSamples(await db(), [{ sample: SAMPLE, image: new Blob(), thumbnail: new Blob() }], DATASET);
    const searchSamples = () => ({ hits: Uint8Array.of(1) });
    const store = createSamplesStore(db, createFakeClient<DataApi>({ searchSamples }).calls);
    await store.getState().open('d');
    await store.getState().searchTexts('long');
    expect(store.getState().textSearch?.hits).toEqual(Uint8Array.of(1));
    await deleteSamplesById(await db(), 'd', [SAMPLE.id]);
    const other = { ...SAMPLE, id: 'd/b.png', path: 'b.png' };
    await putSamples(await db(), [{ sample: other, image: new Blob(), thumbnail: new Blob() }], DATASET);
    await store.getState().open('d');
    expect(store.getState().textSearch).toBeNull();
  });

  it('keeps both of two views that are saved at the same time, as from two tabs, and puts one back where it was', async () => {
    const db = openDb();
    await putDataset(await db(), DATASET);
    const [here, there] = [1, 2].map(() => createSamplesStore(db, createFakeClient<DataApi>({}).calls));
    await Promise.all([here, there].map((store) => store?.getState().open('d')));
    const save = (name: string) => [{ name, query: `q=${name}` }];
    await Promise.all([here?.getState().saveViews(save('b')), there?.getState().saveViews(save('a'))]);
    await here?.getState().open('d');
    expect(here?.getState().views.map(({ name }) => name)).toEqual(['a', 'b']);
    await putDataset(await db(), { ...DATASET, id: 'e' });
    await here?.getState().open('e');
    await here?.getState().saveViews(save('c'), 'd');
    expect(here?.getState().views, 'those of the open dataset').toEqual([]);
    await here?.getState().open('d');
    expect(here?.getState().views).toHaveLength(3);
  });

  it('takes a change back in the dataset that it was made in, whichever is open then', async () => {
    const db = openDb();
    const counts = [{ domain: 'a', split: 'test' as const, label: 'fake' as const, count: 1 }];
    const other = { ...SAMPLE, id: 'e/a/test/fake/1.png', datasetId: 'e' };
    for (const sample of [SAMPLE, other])
      await putSamples(await db(), [{ sample, image: new Blob(), thumbnail: new Blob() }], { ...DATASET, id: sample.datasetId, counts });
    const store = createSamplesStore(db, createFakeClient<DataApi>({}).calls);
    await store.getState().open('d');
    const undo = await store.getState().edit([{ id: SAMPLE.id, tags: ['excluded'] }]);
    expect((await getDataset(await db(), 'd'))?.counts).toEqual([]);
    await store.getState().open('e');
    await store.getState().edit(undo);
    expect((await getDataset(await db(), 'd'))?.counts).toEqual(counts);
    expect((await getDataset(await db(), 'e'))?.counts).toEqual(counts);
  });

  it('reports a dataset that is not in this browser', async () => {
    const store = createSamplesStore(openDb(), createFakeClient<DataApi>({}).calls);
    await store.getState().open('gone');
    expect(store.getState()).toMatchObject({ phase: 'failed', error: { code: 'E-MISSING' } });
  });
});

describe('the health store', () => {
  it('checks another dataset that is opened while a check runs, once that one has ended', async () => {
    const began: string[] = [];
    let working = 0;
    const runChecks: Handlers<DataApi>['runChecks'] = async ({ datasetId }, { signal }) => {
      began.push(`${datasetId}, ${working++} at work`);
      if (datasetId === 'a') await new Promise((resolve) => signal.addEventListener('abort', resolve));
      working--;
      signal.throwIfAborted();
      return { ...REPORT, datasetId, checkedCount: 1 };
    };
    const data = createFakeClient<DataApi>({ runChecks, healthReport: ({ datasetId }) => ({ ...REPORT, datasetId }) });
    const store = createDatasetHealthStore(data.calls, createFakeClient<EngineApi>({}).calls, createJobsStore());
    const { open, run } = store.getState();
    await open('a');
    const first = run('A');
    await vi.waitFor(() => expect(began).toHaveLength(1));
    await open('b');
    expect(store.getState().progress).toBeNull();
    await Promise.all([first, run('B')]);
    expect(began).toEqual(['a, 0 at work', 'b, 0 at work']);
    expect(store.getState()).toMatchObject({ datasetId: 'b', report: { datasetId: 'b', checkedCount: 1 }, progress: null, error: null });
  });
});

describe('the datasets store', () => {
  it('lists a demo that was deleted and drawn again, and knows one that was drawn while its deletion could be undone', async () => {
    const db = openDb();
    const data = createFakeClient<DataApi>({
      installDemo: async () => {
        await putDataset(await db(), DATASET);
        return DATASET;
      },
      deleteDataset: async () => {
        await deleteDatasetRecord(await db(), DATASET.id);
        return { freedBytes: 1 };
      },
    });
    const store = createDatasetsStore(data.calls, db, createJobsStore());
    const { installDemo, hide, isHidden, remove } = store.getState();
    const listed = () => store.getState().datasets.map(({ id }) => id);
    await installDemo(1);
    hide('d', true);
    await store.getState().refresh();
    expect(listed()).toEqual([]);
    expect(isHidden('d')).toBe(true);
    await installDemo(1);
    expect(listed()).toEqual(['d']);
    expect(isHidden('d')).toBe(false);
    hide('d', true);
    await remove('d');
    await installDemo(1);
    expect(listed()).toEqual(['d']);
  });
});

describe('the models store', () => {
  const index = { models: [{ id: 'nano', name: 'Nano', kind: 'built-in', note: 'tiny', files: ['model.safetensors'], sizeBytes: 10 }] };

  it('lists built-in models before checkpoints and forgets a deleted one', async () => {
    const db = openDb();
    const checkpoint = {
      id: 'c',
      name: 'Run 1',
      kind: 'full',
      createdAt: 2,
      runId: 'r',
      step: 5,
      parentId: 'nano',
      resumable: true,
      metrics: {},
      tiny: true,
    } as const;
    await writeCheckpoint(await db(), checkpoint, [{ path: 'model.safetensors', blob: new Blob(['abc']) }]);
    const store = createModelsStore(db, () => Promise.resolve(index));
    await store.getState().refresh();
    expect(store.getState().models.map(({ id, kind, step, sizeBytes }) => [id, kind, step, sizeBytes])).toEqual([
      ['nano', 'built-in', 0, 10],
      ['c', 'full', 5, 3],
    ]);
    store.getState().setLeaving(['c'], true);
    await store.getState().remove('c');
    expect(store.getState().models.map(({ id }) => id)).toEqual(['nano']);
    await writeCheckpoint(await db(), checkpoint, []); // a bundle brings it again
    await store.getState().refresh();
    expect(store.getState().models.map(({ id }) => id)).toEqual(['nano', 'c']);
  });

  it('does not bring back a checkpoint that was deleted while the index was fetched', async () => {
    const db = openDb();
    const checkpoint = { id: 'c', name: 'c', kind: 'full', createdAt: 2, runId: null, step: 0, parentId: null } as const;
    await writeCheckpoint(await db(), { ...checkpoint, resumable: false, metrics: {}, tiny: true }, []);
    let answer = (_: unknown) => {};
    let fetches = 0;
    const slowAtFirst = () => (fetches++ === 0 ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(index));
    const store = createModelsStore(db, slowAtFirst);
    const first = store.getState().refresh();
    await new Promise((resolve) => setTimeout(resolve, 20)); // time for a read of storage that does not wait
    await store.getState().remove('c');
    answer(index);
    await first;
    expect(store.getState().models.map(({ id }) => id)).toEqual(['nano']);
  });

  it('still lists checkpoints when the index has another form, and says so', async () => {
    const store = createModelsStore(openDb(), () => Promise.resolve({ models: [{ id: 3 }] }));
    await store.getState().refresh();
    expect(store.getState()).toMatchObject({ phase: 'ready', models: [], error: { code: 'E-SCHEMA' } });
  });
});

describe('the engine store', () => {
  const STATUS: EngineStatus = {
    backend: 'simd',
    adapter: 'cpu',
    fallbackAdapter: false,
    threads: 2,
    crossOriginIsolated: true,
    relaxedSimd: false,
    shaderF16: false,
    reason: 'no GPU',
  };

  it('starts once, with the forced backend', async () => {
    const asked: unknown[] = [];
    const init = (params: EngineApi['init']['params']) => {
      asked.push(params.backend);
      return STATUS;
    };
    const store = createEngineStore(createFakeClient<EngineApi>({ init }).calls, 'simd');
    await Promise.all([store.getState().start(), store.getState().start()]);
    expect(asked).toEqual(['simd']);
    expect(store.getState()).toMatchObject({ phase: 'ready', status: STATUS });
  });

  it('can be started again after a failure', async () => {
    let calls = 0;
    const init = () => {
      calls++;
      if (calls === 1) throw new WorkbenchError('E-NO-GPU', 'No adapter.');
      return STATUS;
    };
    const store = createEngineStore(createFakeClient<EngineApi>({ init }).calls);
    await store.getState().start();
    expect(store.getState()).toMatchObject({ phase: 'failed', error: { code: 'E-NO-GPU' } });
    await store.getState().start();
    expect(store.getState()).toMatchObject({ phase: 'ready', error: null });
  });

  it('warms a model up after the start, and leaves a failure to the answer that needs the model', async () => {
    const asked: string[] = [];
    const loadModel = ({ modelId }: EngineApi['loadModel']['params']) => {
      asked.push(modelId);
      throw new WorkbenchError('E-MISSING', 'No such model.');
    };
    const store = createEngineStore(createFakeClient<EngineApi>({ init: () => STATUS, loadModel }).calls);
    await store.getState().warm('nano');
    expect(asked).toEqual(['nano']);
    expect(store.getState()).toMatchObject({ phase: 'ready', error: null });
  });

  it('collects the checks of a self-test with their progress', async () => {
    const seen: number[] = [];
    const store = createEngineStore(
      createFakeClient<EngineApi>({
        selfTest: (_params, { progress }) => {
          progress({ done: 1, total: 2 });
          seen.push(store.getState().selfTest.done);
          return [{ name: 'linear', ok: false, detail: 'off by 1' }];
        },
      }).calls,
    );
    await store.getState().runSelfTest();
    expect(seen).toEqual([1]);
    expect(store.getState().selfTest).toMatchObject({ running: false, checks: [{ name: 'linear', ok: false, detail: 'off by 1' }] });
  });
});

describe('notices', () => {
  it('shows errors with their code and stays silent about what the user stopped', () => {
    const store = createNoticesStore();
    store.getState().raise(new WorkbenchError('E-CANCELLED', 'Stopped.'));
    store.getState().raise(new WorkbenchError('E-NAN', 'Loss is NaN.'));
    expect(store.getState().notices.map(({ error }) => error?.code)).toEqual(['E-NAN']);
    store.getState().dismiss(store.getState().notices[0]?.id ?? -1);
    expect(store.getState().notices).toEqual([]);
  });
});
