import { encode } from 'fast-png';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DatasetRecord } from '../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { sniffImage } from '../../src/shared/image/sniff.ts';
import type { DataApi, ImportEntry, ImportReview } from '../../src/shared/data-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getDataset, listDatasets, settleInterruptedImports } from '../../src/shared/storage/datasets.ts';
import { countSamples, getImage, getSample, getThumbnails, listSamples } from '../../src/shared/storage/samples.ts';
import { createDataHandlers } from '../../workers/data/handlers.ts';
import { PauseGate } from '../../workers/data/pacing.ts';
import type { ReadPicture } from '../../workers/data/picture.ts';
import { limitProblems } from '../../workers/data/problem-list.ts';
import { openTestDatabase } from '../support/database.ts';

const png = (seed: number) =>
  new Uint8Array(encode({ width: 2, height: 2, data: new Uint8Array(12).fill(seed % 251), channels: 3, depth: 8 }));
const image = (path: string, seed = 1): ImportEntry => ({ path, file: new File([png(seed)], path) });
const text = (path: string, content: string): ImportEntry => ({ path, file: new File([content], path) });
const row = (path: string, fields: object = {}) => ({
  id: path,
  image: path,
  conversations: [
    { from: 'human', value: '<image>\nWell?' },
    { from: 'gpt', value: '**Skin**: waxy.\n\n### Answer: fake' },
  ],
  binary_label: 1,
  ...fields,
});
const context = (signal = new AbortController().signal) => ({ signal, progress: vi.fn() });
/** Node has no decoder of the browser's kind: the header check is the real one. */
const readPicture: ReadPicture = async (bytes) => {
  decoded++;
  onDecode();
  const { orientationAt: _, ...facts } = sniffImage(bytes);
  return { ...facts, thumbnail: new Blob(['thumbnail']) };
};

let db: Database;
let data: Handlers<DataApi>;
let quotaBytes = 1e9;
let decoded = 0;
let onDecode = () => undefined as unknown;
beforeEach(async () => {
  decoded = 0;
  onDecode = () => undefined;
  db = await openTestDatabase();
  quotaBytes = 1e9;
  data = createDataHandlers({
    openDb: async () => db,
    readPicture,
    readPixels: () => Promise.reject(new Error('no pixels are read here')),
    fetchFile: () => Promise.reject(new Error('no file is fetched here')),
    storageStatus: async () => ({ usedBytes: 0, quotaBytes, persisted: false }),
    asOnlyWriter: (work) => work(),
  });
});

const review = async (entries: ImportEntry[]) => data.review({ entries }, context());
const importAll = async (from: ImportReview, fixes: string[] = [], signal?: AbortSignal) =>
  data.import({ reviewId: from.reviewId, name: 'set', fixes }, context(signal));
const problemCodes = ({ problems }: Pick<ImportReview, 'problems'>) => problems.map(({ code, path }) => `${code} ${path}`);

describe('a sample of a drop', () => {
  const many = Array.from({ length: 40 }, (_, i) => image(`a/test/real/${i}.png`, i));

  it('is the same every time, counts the rest as skipped and fits where the whole would not', async () => {
    const found = await review(many);
    quotaBytes = 16 * 2 ** 20 + found.quota.neededBytes / 2;
    await expect(importAll(found)).rejects.toMatchObject({ code: 'E-QUOTA' });
    const take = async (name: string) => {
      const { reviewId } = await review(many);
      return data.import({ reviewId, name, fixes: [], sampleSize: 10 }, context());
    };
    const [first, second] = [await take('one'), await take('two')];
    expect(first.summary).toMatchObject({ imported: 10, skipped: 30, failed: 0 });
    expect(first.summary.problems.map(({ code }) => code)).toContain('not-in-sample');
    const pathsOf = async (id: string) => (await listSamples(db, id)).map(({ path }) => path);
    expect(await pathsOf(first.datasetId)).toEqual(await pathsOf(second.datasetId));
  });
});

describe('the review', () => {
  it('counts images, matches and orphans on both sides', async () => {
    const rows = [row('a/train/fake/1.png'), row('a/train/fake/gone.png')];
    const result = await review([
      image('root/a/train/fake/1.png'),
      image('root/a/train/real/2.png'),
      text('root/train.json', JSON.stringify(rows)),
      text('root/.DS_Store', ''),
      text('root/notes.txt', 'x'),
    ]);
    expect(result).toMatchObject({
      suggestedName: 'root',
      imagesFound: 2,
      matched: 1,
      imagesWithoutText: ['a/train/real/2.png'],
      textWithoutImage: ['train.json#1: a/train/fake/gone.png'],
      ignored: ['root/notes.txt'],
      files: [{ path: 'root/train.json', kind: 'train-json', rows: 2, matched: 1 }],
      tree: [
        { domain: 'a', split: 'train', label: 'fake', count: 1 },
        { domain: 'a', split: 'train', label: 'real', count: 1 },
      ],
      problems: [],
    });
  });

  it('joins rows that name another extension as a rule of its own, and lists those that fit several images as orphans', async () => {
    const rows = [row('a/train/fake/1.jpg'), row('a/train/fake/2.png'), row('a/train/fake/3.jpg')];
    const result = await review([
      image('a/train/fake/1.png'),
      image('a/train/fake/2.png'),
      image('a/train/fake/3.png'),
      image('a/train/fake/3.webp'),
      text('train.json', JSON.stringify(rows)),
    ]);
    expect(result).toMatchObject({ matched: 2, joins: { image: 1, id: 0, name: 0, extension: 1 } });
    expect(result.problems).toMatchObject([{ code: 'other-extension', path: 'train.json#0', action: 'kept' }]);
    expect(result.problems[0]?.reason).toContain('a/train/fake/1.png');
    expect(result.textWithoutImage).toHaveLength(1);
    expect(result.textWithoutImage[0]).toMatch(
      /^train\.json#2: a\/train\/fake\/3\.jpg, and 2 images have this name with another extension/,
    );
  });

  it('flags labels that contradict each other and rows that need a fix', async () => {
    const rows = [
      row('a/test/real/1.png'),
      row('a/test/fake/2.png', { binary_label: 0 }),
      row('a/test/fake/3.png', { binary_label: undefined }),
      row('a/test/fake/4.png', {
        conversations: [
          { from: 'human', value: 'q' },
          { from: 'gpt', value: '### Answer: **fake**' },
        ],
      }),
    ];
    const paths = ['a/test/real/1.png', 'a/test/fake/2.png', 'a/test/fake/3.png', 'a/test/fake/4.png'];
    const result = await review([...paths.map((path) => image(path)), text('t.json', JSON.stringify(rows))]);
    expect(result.problems.map(({ code, path, action }) => `${code} ${path} ${action}`)).toEqual([
      'label-contradicts-folder t.json#0 kept',
      'label-contradicts-answer t.json#1 kept',
      'label-contradicts-folder t.json#1 kept',
      'binary-label-missing t.json#2 fixed',
      'answer-not-exact t.json#3 fixed',
    ]);
  });

  it('takes the first of two rows with one id, and of two rows for one image', async () => {
    const rows = [row('a/test/fake/1.png'), row('a/test/fake/1.png'), row('a/test/fake/1.png', { id: 'other' })];
    expect(problemCodes(await review([image('a/test/fake/1.png'), text('t.json', JSON.stringify(rows))]))).toEqual([
      'duplicate-id t.json#1',
      'duplicate-annotation t.json#2',
    ]);
  });

  it('says what is wrong with empty drops and drops without images', async () => {
    expect(problemCodes(await review([]))).toEqual(['empty-folder ']);
    const result = await review([text('t.json', '[')]);
    expect(problemCodes(result)).toEqual(['json-broken t.json', 'no-images ']);
    await expect(importAll(result)).rejects.toMatchObject({ code: 'E-SCHEMA' });
    expect(await listDatasets(db)).toEqual([]);
  });
});

describe('the import', () => {
  it('stores samples with annotation, question, hash and pictures, and counts exactly', async () => {
    const question = { question_id: 4, image: 'a/test/fake/1.png', text: '<image>\nReal?', label: 'fake' };
    const result = await review([
      image('a/test/fake/1.png'),
      image('a/train/real/2.png', 2),
      text('t.json', JSON.stringify([row('a/test/fake/1.png')])),
      text('q.jsonl', JSON.stringify(question)),
    ]);
    const { datasetId, summary } = await importAll(result);
    expect(summary).toMatchObject({
      imported: 2,
      skipped: 0,
      failed: 0,
      matchedAnnotations: 1,
      textWithoutImage: 0,
      imagesWithoutText: 1,
      problems: [],
    });
    expect(await getDataset(db, datasetId)).toMatchObject({
      name: 'set',
      state: 'ready',
      imageCount: 2,
      annotationCount: 1,
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const sample = await getSample(db, `${datasetId}/a/test/fake/1.png`);
    expect(sample).toMatchObject({
      label: 'fake',
      width: 2,
      height: 2,
      format: 'png',
      questionId: 4,
      questionText: '<image>\nReal?',
      annotation: { answer: '**Skin**: waxy.\n\n### Answer: fake', binaryLabel: 1, source: 't.json#0' },
    });
    expect(new Uint8Array(await (await getImage(db, sample?.id ?? '')).arrayBuffer())).toEqual(png(1));
    expect((await getThumbnails(db, [sample?.id ?? '']))[0]?.size).toBe(9);
  });

  it('gives every bad file a counted reason and still imports the good ones', async () => {
    const whole = png(9);
    const bad = [
      { path: 'a/test/fake/empty.png', file: new File([], 'empty.png') },
      { path: 'a/test/fake/text.png', file: new File(['no image'], 'text.png') },
      { path: 'a/test/fake/cut.png', file: new File([whole.slice(0, whole.length - 8)], 'cut.png') },
    ];
    const { summary, datasetId } = await importAll(await review([...bad, image('a/test/fake/good.png')]));
    expect(summary).toMatchObject({ imported: 1, skipped: 0, failed: 3 });
    expect(problemCodes(summary).sort()).toEqual([
      'image-empty a/test/fake/empty.png',
      'image-not-an-image a/test/fake/text.png',
      'image-truncated a/test/fake/cut.png',
    ]);
    expect(await countSamples(db, datasetId)).toBe(1);
    expect(await db.count('images')).toBe(1);
  });

  it('applies accepted fixes to the stored rows and leaves others as found', async () => {
    const rows = [
      row('a/test/fake/1.png', {
        binary_label: undefined,
        conversations: [
          { from: 'human', value: 'q' },
          { from: 'gpt', value: 'Waxy. ### Answer: fake.' },
        ],
      }),
    ];
    const result = await review([image('a/test/fake/1.png'), text('t.json', JSON.stringify(rows))]);
    const { datasetId, summary } = await importAll(result, ['answer-not-exact']);
    const sample = await getSample(db, `${datasetId}/a/test/fake/1.png`);
    expect(sample?.annotation).toMatchObject({ answer: 'Waxy. ### Answer: fake', binaryLabel: undefined });
    expect(sample?.problems).toEqual(['binary-label-missing']);
    expect(summary.problems.map(({ code, action }) => `${code} ${action}`)).toEqual([
      'binary-label-missing kept',
      'answer-not-exact fixed',
    ]);
  });

  it('keeps whole samples when it is stopped, and goes on when the folder is dropped again', async () => {
    const entries = Array.from({ length: 100 }, (_, index) => image(`a/test/fake/${index}.png`, index));
    const controller = new AbortController();
    onDecode = () => decoded === 40 && controller.abort();
    const stopped = await importAll(await review(entries), [], controller.signal);
    const { imported, skipped, failed } = stopped.summary;
    expect(imported).toBeGreaterThanOrEqual(40);
    expect(imported).toBeLessThan(44); // at most four images are under way
    expect({ skipped, failed }).toEqual({ skipped: 100 - imported, failed: 0 });
    expect(await getDataset(db, stopped.datasetId)).toMatchObject({ state: 'partial', imageCount: imported });
    expect(await db.count('thumbnails')).toBe(imported);

    const resumed = await importAll(await review(entries));
    expect(resumed.datasetId).toBe(stopped.datasetId);
    expect(resumed.summary).toMatchObject({ imported: 100 - imported, skipped: imported, failed: 0 });
    expect(await getDataset(db, stopped.datasetId)).toMatchObject({ state: 'ready', imageCount: 100 });
  });

  it('stops, keeps what is whole and says why when an annotation file has gone since the review; the folder can be dropped again', async () => {
    /** Texts are read again while their images are stored. */
    class VanishingFile extends File {
      isGone = false;
      override slice(start?: number, end?: number): Blob {
        if (this.isGone) throw new DOMException('gone', 'NotReadableError');
        return super.slice(start, end);
      }
    }
    const paths = Array.from({ length: 100 }, (_, i) => `a/test/fake/${i}.png`);
    const content = JSON.stringify(paths.map((path) => row(path)));
    const images = paths.map((path, i) => image(path, i));
    const file = new VanishingFile([content], 't.json');
    const reviewed = await review([...images, { path: 't.json', file }]);
    onDecode = () => (file.isGone = decoded > 40);
    await expect(importAll(reviewed)).rejects.toMatchObject({ code: 'E-MISSING', message: expect.stringContaining('t.json') });
    const [partial] = await listDatasets(db);
    expect(partial?.state).toBe('partial');
    expect(partial?.imageCount).toBeGreaterThanOrEqual(32);
    expect(partial?.annotationCount).toBe(partial?.imageCount);
    onDecode = () => undefined;
    const { datasetId, summary } = await importAll(await review([...images, text('t.json', content)]));
    expect(datasetId).toBe(partial?.id);
    expect(summary).toMatchObject({ imported: 100 - (partial?.imageCount ?? 0), skipped: partial?.imageCount });
    expect(await getDataset(db, datasetId)).toMatchObject({ state: 'ready', imageCount: 100, annotationCount: 100 });
  });

  it('gives the same content hash for the same files, in any order and any dataset', async () => {
    const hashes: string[] = [];
    for (const entries of [
      [image('a/1.png', 1), image('a/2.png', 2)],
      [image('a/2.png', 2), image('a/1.png', 1)],
      [image('a/1.png', 1), image('a/2.png', 3)],
    ]) {
      const { datasetId } = await importAll(await review(entries));
      hashes.push((await getDataset(db, datasetId))?.contentHash ?? '');
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('refuses before it starts when the quota is too small', async () => {
    const result = await review([image('a/test/fake/1.png')]);
    quotaBytes = 1_000;
    await expect(importAll(result)).rejects.toMatchObject({ code: 'E-QUOTA' });
    expect(await listDatasets(db)).toEqual([]);
  });

  it('leaves a partial dataset when storage fails on the way', async () => {
    const broken = createDataHandlers({
      openDb: async () => db,
      readPicture: () => Promise.reject(new WorkbenchError('E-QUOTA', 'full')),
      readPixels: () => Promise.reject(new Error('no pixels are read here')),
      fetchFile: () => Promise.reject(new Error('no file is fetched here')),
      storageStatus: async () => ({ usedBytes: 0, quotaBytes, persisted: false }),
      asOnlyWriter: (work) => work(),
    });
    const result = await broken.review({ entries: [image('a/1.png')] }, context());
    await expect(broken.import({ reviewId: result.reviewId, name: 'set', fixes: [] }, context())).rejects.toMatchObject({
      code: 'E-QUOTA',
    });
    expect(await listDatasets(db)).toMatchObject([{ state: 'partial', imageCount: 0 }]);
  });

  it('marks imports that a crash cut short as partial', async () => {
    const crashed: Partial<DatasetRecord> = { id: 'ds', state: 'importing', createdAt: 1 };
    await db.put('datasets', crashed as DatasetRecord);
    await settleInterruptedImports(db);
    expect((await getDataset(db, 'ds'))?.state).toBe('partial');
  });

  it('cannot import a review that is gone', async () => {
    await expect(data.import({ reviewId: 'none', name: 'x', fixes: [] }, context())).rejects.toMatchObject({ code: 'E-MISSING' });
  });
});

describe('deleting', () => {
  it('removes everything of the dataset and says what it freed', async () => {
    const { datasetId } = await importAll(await review([image('a/test/fake/1.png')]));
    const { freedBytes } = await data.deleteDataset({ datasetId }, context());
    expect(freedBytes).toBe(png(1).length + 9);
    expect([await db.count('datasets'), await db.count('samples'), await db.count('images'), await db.count('thumbnails')]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe('pausing', () => {
  it('holds a job until it is resumed or stopped', async () => {
    const gate = new PauseGate();
    const order: string[] = [];
    gate.set(true);
    const waiting = gate.wait(new AbortController().signal).then(() => order.push('resumed'));
    await Promise.resolve();
    expect(order).toEqual([]);
    gate.set(false);
    await waiting;
    gate.set(true);
    const controller = new AbortController();
    const stopped = gate.wait(controller.signal).then(() => order.push('stopped'));
    controller.abort();
    await stopped;
    expect(order).toEqual(['resumed', 'stopped']);
  });
});

describe('long problem lists', () => {
  it('keep 500 of a kind and count the rest', () => {
    const problems = Array.from({ length: 700 }, (_, index) => ({ code: 'x', path: String(index), reason: '', action: 'kept' as const }));
    const limited = limitProblems(problems);
    expect(limited).toHaveLength(501);
    expect(limited.at(-1)?.reason).toBe('200 more of this kind.');
  });
});

describe('exports', () => {
  const exported = async (format: DataApi['exportDataset']['params']['format']) => {
    const rows = [row('a/train/fake/1.png')];
    const { datasetId } = await importAll(
      await review([image('a/train/fake/1.png'), image('a/test/real/2.png', 2), text('t.json', JSON.stringify(rows))]),
    );
    return (await data.exportDataset({ datasetId, format }, context())).file;
  };

  it('write the training JSON that was read', async () => {
    expect(JSON.parse(await (await exported('llava-json')).text())).toEqual([row('a/train/fake/1.png')]);
  });

  it('write one question per image, numbered from 0', async () => {
    const lines = (await (await exported('question-jsonl')).text()).trim().split('\n');
    const asked = lines.map((line) => JSON.parse(line) as { question_id: number; image: string; label: string });
    expect(asked.map(({ question_id: id, image: path, label }) => [id, path, label])).toEqual([
      [0, 'a/test/real/2.png', 'real'],
      [1, 'a/train/fake/1.png', 'fake'],
    ]);
  });

  it('write a zip that is imported again with the same content hash', async () => {
    const { unzipSync } = await import('fflate');
    const files = unzipSync(new Uint8Array(await (await exported('zip')).arrayBuffer()));
    expect(Object.keys(files).sort()).toEqual(['a/test/real/2.png', 'a/train/fake/1.png', 'questions.jsonl', 'train.json']);
    const entries = Object.entries(files).map(([path, bytes]) => ({ path, file: new File([new Uint8Array(bytes)], path) }));
    const { datasetId } = await importAll(await review(entries));
    const hashes = (await listDatasets(db)).map((dataset) => dataset.contentHash);
    expect(new Set(hashes).size).toBe(1);
    expect((await listSamples(db, datasetId)).map(({ questionId, annotation }) => [questionId, annotation?.binaryLabel])).toEqual([
      [0, undefined],
      [1, 1],
    ]);
  });
});
