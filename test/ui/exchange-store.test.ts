import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { DataApi, ImportEntry } from '../../src/shared/data-api.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { getCheckpoint, writeCheckpoint } from '../../src/shared/storage/checkpoints.ts';
import { kindOfDrop } from '../../src/state/drop-kind.ts';
import { createExchangeStore } from '../../src/state/exchange.ts';
import { createJobsStore } from '../../src/state/jobs.ts';
import { createNoticesStore } from '../../src/state/notices.ts';
import { openTestDatabase } from '../support/database.ts';
import { createFakeClient } from '../support/fake-client.ts';

const entry = (path: string, content: BlobPart = 'x'): ImportEntry => ({ path, file: new File([content], path) });
const zip = (paths: string[]) =>
  entry('drop.zip', zipSync(Object.fromEntries(paths.map((path) => [path, new TextEncoder().encode(path)]))).slice());
const EMPTY = { matched: 3, missing: [], unexpected: [], newlyInitialised: [], shapeClashes: [] };
const SUMMARY = {
  added: { datasets: ['d'], evals: [], runs: [], checkpoints: [] },
  alreadyHere: ['e'],
  withoutImages: [],
  picturesLeftOut: 0,
  unknown: [],
};

async function setUp(data: Partial<Handlers<DataApi>>, engine: Partial<Handlers<EngineApi>> = {}) {
  const db = await openTestDatabase();
  const notices = createNoticesStore();
  const jobs = createJobsStore();
  const client = createFakeClient<DataApi>(data);
  const deps = {
    data: client.calls,
    engine: createFakeClient<EngineApi>(engine).calls,
    database: async () => db,
    jobs,
    notices,
    codeVersion: '1',
  };
  return { db, notices, jobs, log: client.log, store: createExchangeStore({ ...deps, baseModelId: () => 'nano' }) };
}

describe('a drop', () => {
  it.each([
    [['manifest.json', 'runs/r/run.json'], 'bundle'],
    [['m/config.json', 'm/model.safetensors'], 'model'],
    [['mm_projector.bin'], 'model'],
    [['out/trainer_state.json'], 'log'],
    [['events.out.tfevents.17.host'], 'log'],
    [['answers.jsonl', 'questions.jsonl'], 'data'],
    [['aster/test/fake/1.png', 'weights.bin'], 'data'],
  ])('of %j is %s', (paths, kind) => {
    expect(kindOfDrop(paths)).toBe(kind);
  });

  it('that is a bundle is imported and not reviewed', async () => {
    const { store, log, notices, jobs } = await setUp({ importBundle: () => SUMMARY });
    expect(await store.getState().take([zip(['manifest.json'])])).toBeNull();
    expect(log).toEqual(['importBundle']);
    expect(store.getState()).toMatchObject({ busy: null, bundle: SUMMARY });
    expect(notices.getState().notices[0]?.text).toBe('The bundle brought 1 records; 1 were here already.');
    expect(jobs.getState().jobs).toEqual([]);
  });

  it('that is a zip of images is unpacked for the review', async () => {
    const { store } = await setUp({});
    const entries = await store.getState().take([zip(['aster/test/fake/1.png', 'train.json'])]);
    expect(entries?.map(({ path }) => path)).toEqual(['aster/test/fake/1.png', 'train.json']);
    expect(await entries?.[1]?.file.text()).toBe('train.json');
  });

  it('of anything else goes to the review as it is', async () => {
    const { store } = await setUp({});
    const drop = [entry('answers.jsonl')];
    expect(await store.getState().take(drop)).toBe(drop);
  });
});

describe('the exchange store', () => {
  it('tells a failed import and keeps what was shown before', async () => {
    const { store, notices } = await setUp({
      importBundle: () => Promise.reject(new WorkbenchError('E-CHECKSUM', 'The file x was changed.')),
    });
    await store.getState().importBundle(new Blob(['x']));
    expect(notices.getState().notices[0]?.error?.code).toBe('E-CHECKSUM');
    expect(store.getState()).toMatchObject({ busy: null, bundle: null });
  });

  it('lets one piece of work run at a time', async () => {
    const { store, log, notices } = await setUp({ exportBundle: () => new Promise(() => undefined) });
    void store.getState().exportBundle(true);
    expect(store.getState().busy?.work).toBe('bundle-out');
    expect(await store.getState().exportModel('m', 'llava')).toBeNull();
    expect(log).toEqual(['exportBundle']);
    expect(notices.getState().notices[0]?.text).toContain('try again');
  });

  it('takes a whole model away again that the engine cannot load', async () => {
    const loadModel = () => Promise.reject(new WorkbenchError('E-SHAPE', 'a tensor is missing'));
    const { store, db, notices } = await setUp({ importModel: () => ({ checkpointId: 'imported-1', report: null }) }, { loadModel });
    const record = {
      id: 'imported-1',
      name: 'm',
      kind: 'imported',
      createdAt: 1,
      runId: null,
      step: 0,
      parentId: null,
      resumable: false,
      metrics: {},
      tiny: true,
    } as const;
    await writeCheckpoint(db, record, [{ path: 'config.json', blob: new Blob(['{}']) }]);
    await store.getState().importModel([entry('m.zip')], 'nano');
    expect(await getCheckpoint(db, 'imported-1')).toBeUndefined();
    expect(notices.getState().notices[0]?.error?.code).toBe('E-SHAPE');
  });

  it('shows the report of an adapter without asking the engine', async () => {
    const { store } = await setUp({ importModel: () => ({ checkpointId: 'c', report: EMPTY }) });
    await store.getState().importModel([entry('a.zip')], 'nano');
    expect(store.getState().loaded).toEqual({ checkpointId: 'c', report: EMPTY });
  });
});
