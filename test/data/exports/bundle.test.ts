import { downloadZip } from 'client-zip';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTIED } from '../../../src/client/delete-all.ts';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { openZip } from '../../../src/shared/formats/zip-reader.ts';
import { sha256Hex } from '../../../src/shared/hash.ts';
import { deleteCheckpoint, listCheckpoints, readCheckpointFile, writeCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { listDatasets } from '../../../src/shared/storage/datasets.ts';
import { listAnswers, listEvals, putAnswers, putEval } from '../../../src/shared/storage/evals.ts';
import { nearCopiesKey, viewsKey } from '../../../src/shared/storage/dataset-settings.ts';
import { keepAnswer, listKeptAnswers, sizeOfKeptAnswers } from '../../../src/shared/storage/kept-answers.ts';
import { fixRunSamples, getRunSamples } from '../../../src/shared/storage/run-samples.ts';
import { getSetting, putSetting } from '../../../src/shared/storage/settings.ts';
import { getRun, listCompletions, listRuns, listSteps } from '../../../src/shared/storage/runs.ts';
import { deleteSamplesById, getImage, getThumbnails, listSamples, putSamples } from '../../../src/shared/storage/samples.ts';
import { exportBundle } from '../../../workers/data/exports/export-bundle.ts';
import { importBundle } from '../../../workers/data/exports/import-bundle.ts';
import { appendStep } from '../../support/append-step.ts';
import { openTestDatabase } from '../../support/database.ts';
import { someAnswer, someCompletion, someDataset, someEval, someRun, someSample, someStep } from '../../support/records.ts';

const context = (db: Database) => ({ db, signal: new AbortController().signal, progress: vi.fn() });
/** What a bundle carries: all but the models the browser can fetch again. */
const STORES = EMPTIED.filter((name) => name !== 'modelCache');
const countAll = async (db: Database) => Promise.all(STORES.map((name) => db.count(name)));
const writtenOf = (db: Database, images = true) => exportBundle({ images, appVersion: '9' }, context(db));
const bundleOf = async (db: Database, images = true) => (await writtenOf(db, images)).file;
const refusal = (code: string, text: string) => expect.objectContaining({ code, message: expect.stringContaining(text) });

/** The same zip with some files changed, added (text) or taken away (null). */
async function withFiles(zip: Blob, changes: Record<string, string | null>): Promise<Blob> {
  const files = new Map<string, Blob | string>();
  for (const [path, entry] of await openZip(zip)) files.set(path, await entry.read());
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) files.delete(path);
    else files.set(path, content);
  }
  return downloadZip([...files].map(([name, input]) => ({ name, input }))).blob();
}

/** Changes a file and its checksum too, as someone does who knows the format. */
async function withForgedFile(zip: Blob, path: string, content: string): Promise<Blob> {
  const manifest = JSON.parse((await (await (await openZip(zip)).get('manifest.json')?.read())?.text()) ?? '') as {
    items: { path: string }[];
  };
  const bytes = new Blob([content]);
  const item = { path, bytes: bytes.size, sha256: await sha256Hex(bytes) };
  manifest.items = manifest.items.map((one) => (one.path === path ? item : one));
  return withFiles(zip, { [path]: content, 'manifest.json': JSON.stringify(manifest) });
}

let source: Database;
let target: Database;
beforeEach(async () => {
  [source, target] = [await openTestDatabase(), await openTestDatabase()];
  const samples = ['aster/test/fake/1.png', 'aster/test/real/2.png'].map((path) => someSample({ datasetId: 'ds', path, sizeBytes: 5 }));
  const pictures = samples.map((sample, i) => ({
    sample,
    image: new Blob([`image${i}`], { type: 'image/png' }),
    thumbnail: new Blob([`small${i}`]),
  }));
  await putSamples(source, pictures, someDataset({ id: 'ds', name: 'Mine', imageCount: 2, contentHash: 'abc' }));
  await putAnswers(source, [
    someAnswer({ evalId: 'e', sampleId: samples[0]?.id ?? '', text: ' raw text ', pFakeHead: 0.75 }),
    someAnswer({ evalId: 'e', sampleId: 'ds/x', index: 1, failure: { code: 'E-IMAGE', message: 'broken' } }),
  ]);
  await putEval(source, someEval({ id: 'e', datasetId: 'ds', state: 'done', sampleIds: ['ds/aster/test/fake/1.png', 'ds/x'] }));
  const run = someRun({ id: 'r', step: 1, state: 'paused', notes: 'kept' });
  await appendStep(source, run, { ...someStep('r', 1), phaseMs: { generate: 12 } }, [someCompletion('r', 1, 0), someCompletion('r', 1, 1)]);
  await writeCheckpoint(
    source,
    {
      id: 'r-step-1',
      name: 'one',
      kind: 'full',
      createdAt: 5,
      runId: 'r',
      step: 1,
      parentId: 'nano',
      resumable: true,
      metrics: { loss: 0.5 },
      tiny: true,
    },
    [{ path: 'model.safetensors', blob: new Blob(['weights']) }],
  );
});
afterEach(() => vi.restoreAllMocks());

describe('a project bundle', () => {
  it('brings everything back exactly as it was', async () => {
    const summary = await importBundle(await bundleOf(source), context(target));
    expect(summary).toEqual({
      added: { datasets: ['ds'], evals: ['e'], runs: ['r'], checkpoints: ['r-step-1'] },
      alreadyHere: [],
      withoutImages: [],
      picturesLeftOut: 0,
      unknown: [],
    });
    expect(await listDatasets(target)).toEqual(await listDatasets(source));
    expect(await listSamples(target, 'ds')).toEqual(await listSamples(source, 'ds'));
    expect(await listEvals(target)).toEqual(await listEvals(source));
    expect(await listAnswers(target, 'e')).toEqual(await listAnswers(source, 'e'));
    expect(await listRuns(target)).toEqual(await listRuns(source));
    expect(await listSteps(target, 'r')).toEqual(await listSteps(source, 'r'));
    expect(await listCompletions(target, 'r', 1)).toEqual(await listCompletions(source, 'r', 1));
    expect(await listCheckpoints(target)).toEqual(await listCheckpoints(source));
    expect(await (await readCheckpointFile(target, 'r-step-1', 'model.safetensors')).text()).toBe('weights');
    const image = await getImage(target, 'ds/aster/test/real/2.png');
    expect([await image.text(), image.type]).toEqual(['image1', 'image/png']);
    expect(await (await getThumbnails(target, ['ds/aster/test/real/2.png']))[0]?.text()).toBe('small1');
  });

  it('lists every file with its checksum and keeps to the folders of the format', async () => {
    const entries = await openZip(await bundleOf(source));
    const manifest: unknown = JSON.parse((await (await entries.get('manifest.json')?.read())?.text()) ?? '');
    expect(manifest).toMatchObject({ format: 'prpo-workbench/1', app: '9', images: true });
    expect([...entries.keys()]).toEqual([
      'datasets/ds/dataset.json', 'datasets/ds/samples.jsonl', 'datasets/ds/train.json',
      'datasets/ds/images/aster/test/fake/1.png', 'datasets/ds/thumbnails/aster/test/fake/1.png',
      'datasets/ds/images/aster/test/real/2.png', 'datasets/ds/thumbnails/aster/test/real/2.png',
      'runs/r/run.json', 'runs/r/metrics.jsonl', 'runs/r/completions.jsonl', 'runs/r/trainer_state.json',
      'checkpoints/r-step-1/model.safetensors', 'checkpoints/r-step-1/workbench.json',
      'evals/e/eval.json', 'evals/e/questions.jsonl', 'evals/e/answers.jsonl', 'evals/e/metrics.json', 'manifest.json',
    ]); // prettier-ignore
  });

  it('holds each evaluation’s figures with their intervals', async () => {
    const entries = await openZip(await bundleOf(source));
    const metrics: unknown = JSON.parse((await (await entries.get('evals/e/metrics.json')?.read())?.text()) ?? '');
    expect(metrics).toMatchObject({
      'eval/coverage': expect.any(Number),
      intervals: { level: 0.95, seed: 42, values: { 'eval/coverage': { low: expect.any(Number), high: expect.any(Number) } } },
    });
  });

  it('without pictures brings runs, evaluations and checkpoints, and names the dataset that is left out', async () => {
    const summary = await importBundle(await bundleOf(source, false), context(target));
    expect(summary).toMatchObject({ added: { datasets: [], evals: ['e'], runs: ['r'] }, withoutImages: ['ds'] });
    expect(await listDatasets(target)).toEqual([]);
  });

  it('never touches what is here already', async () => {
    await putEval(target, someEval({ id: 'e', name: 'my own' }));
    const bundle = await bundleOf(source);
    expect(await importBundle(bundle, context(target))).toMatchObject({ alreadyHere: ['e'], added: { runs: ['r'] } });
    expect((await listEvals(target)).map(({ name }) => name)).toEqual(['my own']);
    expect(await importBundle(bundle, context(target))).toMatchObject({ added: { datasets: [], evals: [], runs: [], checkpoints: [] } });
  });

  it('lists files that it does not know and uses none of them', async () => {
    const bundle = await withFiles(await bundleOf(source), { 'notes/readme.txt': 'hello' });
    expect((await importBundle(bundle, context(target))).unknown).toEqual(['notes/readme.txt']);
  });
});

describe('a picture that cannot be read', () => {
  const LOST = 'aster/test/fake/3.png';
  const REASON = `${LOST}: only thumbnails were kept, the pictures themselves are not in this browser.`;
  beforeEach(async () => {
    const sample = someSample({ datasetId: 'ds', path: LOST, linkedPath: LOST, sizeBytes: 5, tags: ['odd'] });
    const dataset = someDataset({ id: 'ds', name: 'Mine', imageCount: 3, contentHash: 'abc', pictures: 'linked' });
    await putSamples(source, [{ sample, image: null, thumbnail: new Blob(['small3']) }], dataset);
  });

  it('is left out of the bundle and named; all others are there', async () => {
    const { file, leftOut } = await writtenOf(source);
    expect(leftOut).toEqual({ count: 1, named: [{ path: `Mine/${LOST}`, reason: REASON }] });
    const entries = await openZip(file);
    const paths = [...entries.keys()];
    expect(paths.filter((path) => path.startsWith('datasets/ds/images/'))).toHaveLength(2);
    expect(paths).toContain(`datasets/ds/thumbnails/${LOST}`);
    expect(paths).toEqual(expect.arrayContaining(['runs/r/run.json', 'evals/e/eval.json', 'checkpoints/r-step-1/model.safetensors']));
    const list = await (await entries.get('datasets/ds/left-out.jsonl')?.read())?.text();
    expect(list).toBe(`${JSON.stringify({ path: LOST, reason: REASON })}\n`);
  });

  it('comes in with its texts and thumbnail, and its picture can be linked later', async () => {
    const summary = await importBundle(await bundleOf(source), context(target));
    expect(summary).toMatchObject({ added: { datasets: ['ds'] }, picturesLeftOut: 1, unknown: [] });
    expect(await listSamples(target, 'ds')).toEqual(await listSamples(source, 'ds'));
    expect(await (await getThumbnails(target, [`ds/${LOST}`]))[0]?.text()).toBe('small3');
    expect(await (await getImage(target, 'ds/aster/test/real/2.png')).text()).toBe('image1');
    await expect(getImage(target, `ds/${LOST}`)).rejects.toMatchObject({ code: 'E-MISSING', remedy: expect.stringContaining('Re-scan') });
  });

  it('is a fault where the bundle does not say that it was left out', async () => {
    const forged = await withForgedFile(await bundleOf(source), 'datasets/ds/left-out.jsonl', '');
    await expect(importBundle(forged, context(target))).rejects.toThrowError(refusal('E-SCHEMA', `lacks datasets/ds/images/${LOST}`));
    expect(await countAll(target)).toEqual(STORES.map(() => 0));
  });
});

describe('a picture that is deleted while the bundle is written', () => {
  it('is left out by name, and the bundle can be read all the same', async () => {
    const { signal } = new AbortController();
    const gone = 'ds/aster/test/real/2.png';
    vi.spyOn(signal, 'throwIfAborted').mockImplementationOnce(() => void deleteSamplesById(source, 'ds', [gone]));
    const { file, leftOut } = await exportBundle({ images: true, appVersion: '9' }, { ...context(source), signal });
    expect(leftOut).toMatchObject({ count: 1, named: [{ path: 'Mine/aster/test/real/2.png' }] });
    await expect(importBundle(file, context(target))).resolves.toMatchObject({ picturesLeftOut: 1 });
  });
});

describe('what lies beside the records', () => {
  const kept = someAnswer({ evalId: 'asked:r-step-1:0123456789ab', sampleId: 'ds/aster/test/fake/1.png', text: 'kept' });
  const ofStart = someAnswer({ evalId: 'asked:nano:0123456789ab', sampleId: 'ds/aster/test/fake/1.png', text: 'start' });
  const links = { contentHash: 'abc', comparedAt: 7, links: [{ a: 'ds/1', b: 'ds/2', bits: 3 }] };
  const views = [{ name: 'Odd ones', query: 'tag=odd' }];
  const samples = { learnt: ['ds/aster/test/fake/1.png'], leftOut: 1, probed: [] };
  beforeEach(async () => {
    await putSetting(source, viewsKey('ds'), views);
    await putSetting(source, nearCopiesKey('ds'), links);
    await putSetting(source, 'preferences', { theme: 'dark' });
    const run = await getRun(source, 'r');
    if (run) await fixRunSamples(source, run, samples);
    for (const answer of [kept, ofStart]) await keepAnswer(source, answer);
  });

  it('comes along: views, near copies, the images of a run, answers of the history; settings of the user do not', async () => {
    const summary = await importBundle(await bundleOf(source), context(target));
    expect(summary.unknown).toEqual([]);
    expect(await getSetting(target, viewsKey('ds'))).toEqual(views);
    expect(await getSetting(target, nearCopiesKey('ds'))).toEqual(links);
    expect(await getSetting(target, 'preferences')).toBeUndefined();
    expect(await getRunSamples(target, 'r')).toEqual(samples);
    expect(await listKeptAnswers(target, 'r-step-1')).toEqual([kept]);
    expect(await listKeptAnswers(target, 'nano')).toEqual([ofStart]);
  });

  it('leaves an answer that was kept here already as it is', async () => {
    await keepAnswer(target, { ...ofStart, text: 'my own' });
    await importBundle(await bundleOf(source), context(target));
    expect((await listKeptAnswers(target, 'nano')).map(({ text }) => text)).toEqual(['my own']);
  });

  it('is refused with the whole bundle where it belongs to another model', async () => {
    const forged = await withForgedFile(await bundleOf(source), 'kept-answers/nano.jsonl', JSON.stringify(kept));
    await expect(importBundle(forged, context(target))).rejects.toMatchObject({ code: 'E-SCHEMA' });
    expect(await countAll(target)).toEqual(STORES.map(() => 0));
  });

  it('goes again with a checkpoint that is deleted: its kept answers, no others', async () => {
    expect(await sizeOfKeptAnswers(source, ['r-step-1'])).toEqual({ count: 1, bytes: JSON.stringify(kept).length });
    await deleteCheckpoint(source, 'r-step-1');
    expect(await listKeptAnswers(source, 'r-step-1')).toEqual([]);
    expect(await listKeptAnswers(source, 'nano')).toEqual([ofStart]);
    expect(await listAnswers(source, 'e')).toHaveLength(2);
  });
});

describe('a bad bundle is refused whole', () => {
  const expectRefused = async (bundle: Blob, error: ReturnType<typeof refusal>) => {
    const before = await countAll(target);
    await expect(importBundle(bundle, context(target))).rejects.toThrowError(error);
    expect(await countAll(target)).toEqual(before);
  };

  it('when it is cut short anywhere', async () => {
    const bundle = await bundleOf(source);
    for (const share of [0, 0.3, 0.8, 0.999])
      await expectRefused(bundle.slice(0, Math.floor(bundle.size * share)), refusal('E-SCHEMA', 'cut short'));
  });

  it('when a file was changed, even by one letter', async () => {
    await expectRefused(
      await withFiles(await bundleOf(source), { 'datasets/ds/images/aster/test/fake/1.png': 'Image0' }),
      refusal('E-CHECKSUM', 'aster/test/fake/1.png'),
    );
  });

  it('when a file is missing', async () => {
    await expectRefused(
      await withFiles(await bundleOf(source), { 'checkpoints/r-step-1/model.safetensors': null }),
      refusal('E-SCHEMA', 'lacks checkpoints/r-step-1'),
    );
  });

  it('when it is of a newer version, or something else', async () => {
    const bundle = await bundleOf(source);
    await expectRefused(
      await withFiles(bundle, { 'manifest.json': '{"format":"prpo-workbench/2"}' }),
      refusal('E-UNSUPPORTED', 'prpo-workbench/2'),
    );
    await expectRefused(await withFiles(bundle, { 'manifest.json': '{"format":"other/1"}' }), refusal('E-SCHEMA', 'not a project bundle'));
    await expectRefused(await withFiles(bundle, { 'manifest.json': null }), refusal('E-SCHEMA', 'no manifest.json'));
  });

  it('when it would unpack to more than there is room for, before anything is unpacked', async () => {
    // A megabyte of zeros takes a kilobyte in the zip.
    const bundle = new Blob([zipSync({ 'manifest.json': new TextEncoder().encode('{}'), 'zeros.bin': new Uint8Array(1_000_000) }).slice()]);
    expect(bundle.size).toBeLessThan(10_000);
    const assertRoom = vi.fn((bytes: number) => {
      if (bytes > 500_000) throw new WorkbenchError('E-QUOTA', `no room for ${bytes}`);
    });
    await expect(importBundle(bundle, { ...context(target), assertRoom })).rejects.toThrowError(refusal('E-QUOTA', 'no room for 1000002'));
    expect(await countAll(target)).toEqual(STORES.map(() => 0));
  });

  it('when a record has another form though its checksum is right', async () => {
    const bundle = await bundleOf(source);
    await expectRefused(await withForgedFile(bundle, 'runs/r/run.json', '{"id":"r"}'), refusal('E-SCHEMA', 'runs/r/run.json: '));
    await expectRefused(await withForgedFile(bundle, 'runs/r/run.json', '{'), refusal('E-JSON', 'runs/r/run.json'));
    const stranger = JSON.stringify({ workbench: { record: someAnswer({ evalId: 'other', sampleId: 's' }) } });
    await expectRefused(await withForgedFile(bundle, 'evals/e/answers.jsonl', stranger), refusal('E-SCHEMA', 'belongs to another record'));
  });

  it('when the disk is full half-way: what was added goes again', async () => {
    const bundle = await bundleOf(source);
    const original = target.transaction.bind(target);
    vi.spyOn(target, 'transaction').mockImplementation(((names: string[], mode: 'readwrite') => {
      if (names.includes('evals') && !names.includes('answers') && mode === 'readwrite')
        throw new DOMException('full', 'QuotaExceededError');
      return original(names as never, mode);
    }) as never);
    await expectRefused(bundle, refusal('E-QUOTA', 'no storage left'));
  });

  it('when the disk is full among the answers of the history: those before go again', async () => {
    for (const sampleId of ['ds/1', 'ds/2']) await keepAnswer(source, someAnswer({ evalId: 'asked:nano:0123456789ab', sampleId }));
    const bundle = await bundleOf(source);
    const put = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put')?.value as IDBObjectStore['put'];
    const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: { sampleId?: string }) {
      if (this.name === 'answers' && value.sampleId === 'ds/2') throw new DOMException('full', 'QuotaExceededError');
      return Reflect.apply(put, this, [value]);
    });
    await expectRefused(bundle, refusal('E-QUOTA', 'no storage left')).finally(() => spy.mockRestore());
  });
});
