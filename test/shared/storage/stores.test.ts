import { describe, expect, it, vi } from 'vitest';
import { sha256Hex } from '../../../src/shared/hash.ts';
import type { StorageChange } from '../../../src/shared/storage/changes.ts';
import { onStorageChange } from '../../../src/shared/storage/changes.ts';
import {
  deleteCheckpoint,
  getCheckpoint,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpointFile,
  writeCheckpoint,
} from '../../../src/shared/storage/checkpoints.ts';
import type { NewCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import { getDataset, listDatasets, putDataset } from '../../../src/shared/storage/datasets.ts';
import {
  deleteEval,
  listAnsweredIds,
  listAnswers,
  listAnswerScores,
  listAnswersOfSample,
  listEvals,
  putAnswers,
  putEval,
} from '../../../src/shared/storage/evals.ts';
import { addJournalEntry, listJournal } from '../../../src/shared/storage/journal.ts';
import { getCachedFile, putCachedFile } from '../../../src/shared/storage/model-cache.ts';
import { assertRoom } from '../../../src/shared/storage/quota.ts';
import { commitStep } from '../../../src/shared/storage/resume-states.ts';
import { deleteRun, getRun, listCompletions, listSteps, rewindRun } from '../../../src/shared/storage/runs.ts';
import {
  countSamples,
  deleteSamples,
  getImage,
  getSample,
  getThumbnails,
  listSampleIds,
  listSamples,
  putSamples,
  readSamplePages,
} from '../../../src/shared/storage/samples.ts';
import { getSetting, putSetting } from '../../../src/shared/storage/settings.ts';
import { appendStep } from '../../support/append-step.ts';
import { openTestDatabase } from '../../support/database.ts';
import { someAnswer, someCompletion, someDataset, someEval, someRun, someSample, someStep } from '../../support/records.ts';

const picture = (text: string) => new Blob([text], { type: 'image/png' });
const newSample = (datasetId: string, path: string) => ({
  sample: someSample({ datasetId, path }),
  image: picture('abc'),
  thumbnail: picture('t'),
});

describe('datasets and samples', () => {
  it('lists datasets newest first', async () => {
    const db = await openTestDatabase();
    await putDataset(db, someDataset({ id: 'old', createdAt: 1 }));
    await putDataset(db, someDataset({ id: 'new', createdAt: 2 }));
    expect((await listDatasets(db)).map((dataset) => dataset.id)).toEqual(['new', 'old']);
  });

  it('stores record, image and thumbnail and reads them back', async () => {
    const db = await openTestDatabase();
    await putSamples(db, [newSample('d', 'b.png'), newSample('d', 'a.png')], someDataset({ id: 'd', imageCount: 2 }));
    await putSamples(db, [newSample('d2', 'c.png')], someDataset({ id: 'd2' }));
    expect((await getDataset(db, 'd'))?.imageCount).toBe(2);
    expect(await listSampleIds(db, 'd')).toEqual(['d/a.png', 'd/b.png']);
    expect((await getSample(db, 'd/b.png'))?.path).toBe('b.png');
    expect(await (await getImage(db, 'd/a.png')).text()).toBe('abc');
    expect((await getThumbnails(db, ['d/a.png', 'd/none.png'])).map((blob) => blob?.size)).toEqual([1, undefined]);
  });

  it('says which image is missing', async () => {
    const db = await openTestDatabase();
    await expect(getImage(db, 'd/none.png')).rejects.toMatchObject({ code: 'E-MISSING', details: { id: 'd/none.png' } });
  });

  it('pages through more samples than one page holds, without loss or repetition', async () => {
    const db = await openTestDatabase();
    const paths = Array.from({ length: 4_500 }, (_, index) => `${String(index).padStart(5, '0')}.png`);
    await putSamples(
      db,
      paths.map((path) => newSample('d', path)),
      someDataset({ id: 'd' }),
    );
    const pages: number[] = [];
    for await (const page of readSamplePages(db, 'd')) pages.push(page.length);
    expect(pages).toEqual([2_000, 2_000, 500]);
    expect((await listSamples(db, 'd')).map((sample) => sample.path)).toEqual(paths);
  });

  it('deletes one dataset whole and says how many bytes that freed', async () => {
    const db = await openTestDatabase();
    const doomed = Array.from({ length: 1_100 }, (_, index) => newSample('d', `${index}.png`));
    await putSamples(db, doomed, someDataset({ id: 'd' }));
    await putSamples(db, [newSample('d-2', 'kept.png')], someDataset({ id: 'd-2' }));
    const seen: number[] = [];
    expect(await deleteSamples(db, 'd', (done) => seen.push(done))).toBe(1_100 * 4);
    expect(seen).toEqual([500, 1_000, 1_100]);
    expect(await countSamples(db, 'd')).toBe(0);
    expect(await db.count('images')).toBe(1);
    expect(await countSamples(db, 'd-2')).toBe(1);
  });

  it('tells subscribers of a committed write', async () => {
    const db = await openTestDatabase();
    const changes: StorageChange[] = [];
    const stop = onStorageChange((change) => changes.push(change));
    await putDataset(db, someDataset({ id: 'announced' }));
    await vi.waitFor(() => expect(changes).toContainEqual({ store: 'datasets', id: 'announced' }));
    stop();
  });
});

describe('evaluations', () => {
  it('stores answers one by one and lists them in the order of the samples', async () => {
    const db = await openTestDatabase();
    await putEval(db, someEval({ id: 'e' }));
    await putAnswers(db, [someAnswer({ evalId: 'e', sampleId: 'd/b', index: 1 })]);
    await putAnswers(db, [someAnswer({ evalId: 'e', sampleId: 'd/c', index: 0 }), someAnswer({ evalId: 'e2', sampleId: 'd/b' })]);
    expect((await listAnswers(db, 'e')).map((answer) => answer.sampleId)).toEqual(['d/c', 'd/b']);
    expect(await listAnsweredIds(db, 'e')).toEqual(new Set(['d/b', 'd/c']));
    expect((await listAnswersOfSample(db, 'd/b')).map((answer) => answer.evalId)).toEqual(['e', 'e2']);
  });

  it('reads more answers than it takes at once, each once and in the order of the samples', async () => {
    const db = await openTestDatabase();
    const answers = Array.from({ length: 401 }, (_, i) => someAnswer({ evalId: 'e', sampleId: `d/${(i * 7) % 401}`, index: i }));
    await putAnswers(db, [...answers, someAnswer({ evalId: 'e2', sampleId: 'd/0' })]);
    const wanted = answers.map(({ sampleId }) => sampleId);
    expect((await listAnswers(db, 'e')).map(({ sampleId }) => sampleId)).toEqual(wanted);
    expect((await listAnswerScores(db, 'e')).map(({ sampleId }) => sampleId)).toEqual(wanted);
  });

  it('deletes an evaluation with its answers and no others', async () => {
    const db = await openTestDatabase();
    await putEval(db, someEval({ id: 'e' }));
    await putAnswers(db, [someAnswer({ evalId: 'e', sampleId: 's' }), someAnswer({ evalId: 'e2', sampleId: 's' })]);
    await deleteEval(db, 'e');
    expect(await listEvals(db)).toEqual([]);
    expect(await db.getAllKeys('answers')).toEqual([['e2', 's']]);
  });
});

describe('runs', () => {
  it('stores a step with its completions and the run in one transaction', async () => {
    const db = await openTestDatabase();
    await appendStep(db, someRun({ id: 'r', step: 1 }), someStep('r', 1), [someCompletion('r', 1, 1), someCompletion('r', 1, 0)]);
    expect((await getRun(db, 'r'))?.step).toBe(1);
    expect((await listSteps(db, 'r')).map((step) => step.metrics)).toEqual([{ reward: 0.1 }]);
    expect((await listCompletions(db, 'r', 1)).map((completion) => completion.index)).toEqual([0, 1]);
  });

  it('stores nothing of a step when a part of it cannot be stored', async () => {
    const db = await openTestDatabase();
    const broken = { ...someCompletion('r', 1, 0), text: (() => '') as unknown as string };
    await expect(appendStep(db, someRun({ id: 'r', step: 1 }), someStep('r', 1), [broken])).rejects.toThrow();
    expect(await getRun(db, 'r')).toBeUndefined();
    expect(await listSteps(db, 'r')).toEqual([]);
  });

  it('rewinds to the step of a checkpoint', async () => {
    const db = await openTestDatabase();
    for (const step of [1, 2, 3]) await appendStep(db, someRun({ id: 'r', step }), someStep('r', step), [someCompletion('r', step, 0)]);
    await appendStep(db, someRun({ id: 'r2', step: 3 }), someStep('r2', 3), []);
    await rewindRun(db, someRun({ id: 'r', step: 1 }));
    expect((await listSteps(db, 'r')).map((step) => step.step)).toEqual([1]);
    expect(await db.getAllKeys('completions')).toEqual([['r', 1, 0]]);
    expect((await listSteps(db, 'r2')).map((step) => step.step)).toEqual([3]);
  });

  it('deletes a run with all that hangs on it', async () => {
    const db = await openTestDatabase();
    await appendStep(db, someRun({ id: 'r' }), someStep('r', 1), [someCompletion('r', 1, 0)]);
    await commitStep(db, {
      run: someRun({ id: 'r', step: 2 }),
      step: someStep('r', 2),
      completions: [],
      state: [{ path: 'w', blob: new Blob(['w']) }],
    });
    expect(await db.count('checkpointFiles')).toBe(1);
    await deleteRun(db, 'r');
    const left = await Promise.all((['runs', 'steps', 'completions', 'checkpointFiles'] as const).map((store) => db.count(store)));
    expect(left).toEqual([0, 0, 0, 0]);
  });
});

describe('checkpoints', () => {
  const checkpoint = (id: string, step: number): NewCheckpoint => ({
    id,
    name: id,
    kind: 'full',
    createdAt: step,
    runId: 'r',
    step,
    parentId: null,
    resumable: true,
    metrics: {},
    tiny: true,
  });
  const files = [
    { path: 'model.safetensors', blob: new Blob(['weights']) },
    { path: 'optimizer.safetensors', blob: new Blob(['moments']) },
  ];

  it('are committed with sizes and hashes', async () => {
    const db = await openTestDatabase();
    const record = await writeCheckpoint(db, checkpoint('c', 1), files);
    expect(record).toMatchObject({ complete: true, sizeBytes: 14 });
    expect(record.files[0]?.sha256).toBe(await sha256Hex(new Blob(['weights'])));
    expect(await getCheckpoint(db, 'c')).toEqual(record);
    expect(await (await readCheckpointFile(db, 'c', 'model.safetensors')).text()).toBe('weights');
  });

  it('refuses a file whose bytes changed', async () => {
    const db = await openTestDatabase();
    const record = await writeCheckpoint(db, checkpoint('c', 1), files);
    await db.put('checkpointFiles', {
      checkpointId: 'c',
      path: 'model.safetensors',
      blob: new Blob(['wEights']),
      sha256: record.files[0]?.sha256 ?? '',
    });
    await expect(readCheckpointFile(db, 'c', 'model.safetensors')).rejects.toMatchObject({ code: 'E-CHECKSUM' });
    await expect(readCheckpointFile(db, 'c', 'nothing')).rejects.toMatchObject({ code: 'E-MISSING' });
  });

  it('replaces one of the same id whole', async () => {
    const db = await openTestDatabase();
    await writeCheckpoint(db, checkpoint('c', 1), files);
    await writeCheckpoint(db, checkpoint('c', 1), [{ path: 'adapter.safetensors', blob: new Blob(['a']) }]);
    expect(await db.getAllKeys('checkpointFiles')).toEqual([['c', 'adapter.safetensors']]);
    expect(await getCheckpoint(db, 'c')).toMatchObject({ sizeBytes: 1 });
  });

  it('stores nothing of a checkpoint that cannot be stored whole, and never offers an incomplete record', async () => {
    const db = await openTestDatabase();
    const broken = { ...checkpoint('c', 1), note: (() => '') as unknown as string };
    await expect(writeCheckpoint(db, broken, files)).rejects.toMatchObject({ code: 'E-STORAGE' });
    expect([await db.count('checkpoints'), await db.count('checkpointFiles')]).toEqual([0, 0]);
    const record = await writeCheckpoint(db, checkpoint('whole', 1), files);
    await db.put('checkpoints', { ...record, id: 'half', complete: false });
    expect((await listCheckpoints(db)).map(({ id }) => id)).toEqual(['whole']);
    expect(await getCheckpoint(db, 'half')).toBeUndefined();
  });

  it('keeps the newest N resumable ones of a run', async () => {
    const db = await openTestDatabase();
    for (const step of [5, 10, 15]) await writeCheckpoint(db, checkpoint(`c${step}`, step), files);
    await writeCheckpoint(db, { ...checkpoint('final', 1), resumable: false }, files);
    expect(await pruneCheckpoints(db, 'r', 2)).toEqual(['c5']);
    expect((await listCheckpoints(db)).map((record) => record.id)).toEqual(['c15', 'c10', 'final']);
    expect(await pruneCheckpoints(db, 'r', 0)).toEqual([]);
  });

  it('deletes record and files and says how many bytes that freed', async () => {
    const db = await openTestDatabase();
    await writeCheckpoint(db, checkpoint('c', 1), files);
    expect(await deleteCheckpoint(db, 'c')).toBe(14);
    expect(await db.count('checkpointFiles')).toBe(0);
  });
});

describe('small stores', () => {
  it('keeps settings, log lines and cached files', async () => {
    const db = await openTestDatabase();
    await putSetting(db, 'theme', { dark: true });
    await addJournalEntry(db, 'import', 'folder a');
    await putCachedFile(db, '/models/a', new Blob(['abc']));
    expect(await getSetting(db, 'theme')).toEqual({ dark: true });
    expect((await listJournal(db)).map(({ action, detail }) => [action, detail])).toEqual([['import', 'folder a']]);
    expect(await (await getCachedFile(db, '/models/a'))?.text()).toBe('abc');
    expect(await getCachedFile(db, '/models/b')).toBeUndefined();
  });

  it('refuses work that does not fit, before it starts', () => {
    const status = { usedBytes: 900e6, quotaBytes: 1_000e6, persisted: false };
    expect(() => assertRoom(status, 50e6)).not.toThrow();
    expect(() => assertRoom(status, 200e6)).toThrow(/needs 200.0 MB, but the browser has 100.0 MB/);
  });
});
