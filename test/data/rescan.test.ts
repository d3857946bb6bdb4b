import { beforeEach, describe, expect, it } from 'vitest';
import type { DataApi, ImportEntry } from '../../src/shared/data-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getDataset } from '../../src/shared/storage/datasets.ts';
import { assertSamePictures } from '../../src/shared/storage/replaced-pictures.ts';
import { editSamples } from '../../src/shared/storage/sample-edits.ts';
import { listSamples } from '../../src/shared/storage/samples.ts';
import { sniffingDataHandlers, tinyPng } from '../support/data-handlers.ts';
import { openTestDatabase } from '../support/database.ts';

const image = (path: string, seed: number): ImportEntry => ({ path: `set/${path}`, file: new File([tinyPng(seed)], path) });
const rows = (answer: string): ImportEntry => {
  const row = { id: 'a/train/fake/1.png', image: 'a/train/fake/1.png', binary_label: 1, conversations: [{ from: 'human', value: '<image>' }, { from: 'gpt', value: answer }] }; // prettier-ignore
  return { path: 'set/train.json', file: new File([JSON.stringify([row])], 'train.json') };
};
const context = { signal: new AbortController().signal, progress: () => undefined };

let db: Database;
let data: Handlers<DataApi>;
beforeEach(async () => {
  db = await openTestDatabase();
  data = sniffingDataHandlers(db);
});

async function imported(entries: ImportEntry[]): Promise<string> {
  const review = await data.review({ entries }, context);
  return (await data.import({ reviewId: review.reviewId, name: 'set', fixes: [] }, context)).datasetId;
}

async function rescan(datasetId: string, entries: ImportEntry[]) {
  const { reviewId } = await data.review({ entries }, context);
  return { reviewId, datasetId, diff: await data.compareFolder({ reviewId, datasetId }, context) };
}

const FIRST = [image('a/train/fake/1.png', 1), image('a/train/real/2.png', 2), image('a/test/real/3.png', 3)];

describe('a re-scan', () => {
  it('that is applied stops work which began on the old pictures, by name, and none that began later', async () => {
    const id = await imported(FIRST);
    const ids = (await listSamples(db, id)).map((sample) => sample.id);
    const work = (createdAt: number) => assertSamePictures(db, { kind: 'evaluation', datasetId: id, createdAt }, ids);
    await expect(work(0)).resolves.toBeUndefined();
    const now = [image('a/train/fake/1.png', 9), image('a/train/real/2.png', 2), image('a/test/real/3.png', 3)];
    await data.applyFolder(await rescan(id, now), context);
    await expect(work(0)).rejects.toMatchObject({
      code: 'E-CHECKSUM',
      message: expect.stringMatching(/^1 picture .*: a\/train\/fake\/1\.png\.$/),
    });
    await expect(work(Date.now() + 1)).resolves.toBeUndefined();
  });

  it('finds nothing in an unchanged folder', async () => {
    const id = await imported([...FIRST, rows('### Answer: fake')]);
    expect((await rescan(id, [...FIRST, rows('### Answer: fake')])).diff).toEqual({ added: [], changed: [], removed: [], unchanged: 3 });
  });

  it('tells new, changed and gone files apart and stores nothing before it is applied', async () => {
    const id = await imported(FIRST);
    const before = await getDataset(db, id);
    const now = [image('a/train/fake/1.png', 9), image('a/train/real/2.png', 2), image('a/test/real/4.png', 4)];
    const found = await rescan(id, now);
    expect(found.diff).toEqual({
      added: ['a/test/real/4.png'],
      changed: ['a/train/fake/1.png'],
      removed: ['a/test/real/3.png'],
      unchanged: 1,
    });
    expect(await getDataset(db, id)).toEqual(before);
  });

  it('makes the dataset what the folder is, with the tags of changed images and right totals', async () => {
    const id = await imported(FIRST);
    const hash = (await getDataset(db, id))?.contentHash;
    await editSamples(db, id, [{ id: `${id}/a/train/fake/1.png`, tags: ['odd'], note: 'look' }]);
    const found = await rescan(id, [image('a/train/fake/1.png', 9), image('a/train/real/2.png', 2), image('a/test/real/4.png', 4)]);
    const { summary } = await data.applyFolder(found, context);
    expect(summary).toMatchObject({ imported: 2, skipped: 1, failed: 0 });
    const samples = await listSamples(db, id);
    expect(samples.map(({ path, tags, note = '' }) => `${path} ${tags.join(' ')} ${note}`.trim())).toEqual([
      'a/test/real/4.png',
      'a/train/fake/1.png odd look',
      'a/train/real/2.png',
    ]);
    const dataset = await getDataset(db, id);
    expect(dataset).toMatchObject({ id, state: 'ready', imageCount: 3 });
    expect(dataset?.contentHash).not.toBe(hash);
  });

  it('knows a renamed file by its bytes: its tags, note and rating go with it, those of copies are not dealt out by chance', async () => {
    const id = await imported([...FIRST, image('a/val/real/copy.png', 5), image('a/val/real/copy2.png', 5)]);
    await editSamples(db, id, [{ id: `${id}/a/test/real/3.png`, tags: ['odd'], note: 'look', rating: 4 }]);
    const now = [...FIRST.slice(0, 2), image('a/test/real/renamed.png', 3), image('a/val/real/new.png', 5)];
    const found = await rescan(id, now);
    expect(found.diff).toEqual({
      added: ['a/val/real/new.png'],
      changed: [],
      removed: ['a/val/real/copy.png', 'a/val/real/copy2.png'],
      moved: [{ from: 'a/test/real/3.png', to: 'a/test/real/renamed.png' }],
      unchanged: 2,
    });
    await data.applyFolder(found, context);
    const samples = await listSamples(db, id);
    expect(samples.map(({ path }) => path)).toEqual(now.map(({ path }) => path.slice(4)).toSorted());
    expect(samples.find(({ path }) => path.endsWith('renamed.png'))).toMatchObject({ tags: ['odd'], note: 'look', rating: 4 });
    expect(samples.find(({ path }) => path.endsWith('new.png'))).toMatchObject({ tags: [] });
  });

  it('that is stopped leaves what it did not reach as it was: changed, renamed and gone pictures, with tags and notes', async () => {
    const id = await imported(FIRST);
    await editSamples(db, id, [
      { id: `${id}/a/train/fake/1.png`, tags: ['odd'], note: 'look' },
      { id: `${id}/a/test/real/3.png`, tags: ['moves'] },
    ]);
    const found = await rescan(id, [image('a/train/fake/1.png', 9), image('a/test/real/renamed.png', 3)]);
    expect(found.diff).toMatchObject({ changed: ['a/train/fake/1.png'], removed: ['a/train/real/2.png'], moved: [{}] });
    const stopped = new AbortController();
    stopped.abort();
    await data.applyFolder(found, { ...context, signal: stopped.signal });
    const marked = (await listSamples(db, id)).map(({ path, tags, note = '' }) => `${path} ${tags.join(' ')} ${note}`.trim());
    expect(marked).toEqual(['a/test/real/3.png moves', 'a/train/fake/1.png odd look', 'a/train/real/2.png']);
    expect(await getDataset(db, id)).toMatchObject({ state: 'partial', imageCount: 3 });
  });

  it('takes a picture out whose changed file is none any more, and nothing where the folder has no images', async () => {
    const id = await imported(FIRST);
    const broken: ImportEntry = { path: 'set/a/train/fake/1.png', file: new File(['no picture'], '1.png') };
    await data.applyFolder(await rescan(id, [broken, ...FIRST.slice(1)]), context);
    const paths = async () => (await listSamples(db, id)).map(({ path }) => path);
    expect(await paths()).toEqual(['a/test/real/3.png', 'a/train/real/2.png']);
    const empty = await rescan(id, [{ path: 'set/notes.txt', file: new File(['x'], 'notes.txt') }]);
    await expect(data.applyFolder(empty, context)).rejects.toMatchObject({ code: 'E-SCHEMA', safe: 'Nothing was stored.' });
    expect(await paths()).toHaveLength(2);
    expect(await getDataset(db, id)).toMatchObject({ state: 'ready', imageCount: 2 });
  });

  it('sees that an annotation was written anew although the picture is the same', async () => {
    const id = await imported([...FIRST, rows('Waxy.\n\n### Answer: fake')]);
    const found = await rescan(id, [...FIRST, rows('Sharp seam.\n\n### Answer: fake')]);
    expect(found.diff.changed).toEqual(['a/train/fake/1.png']);
    await data.applyFolder(found, context);
    expect((await listSamples(db, id)).find(({ path }) => path === 'a/train/fake/1.png')?.annotation?.answer).toContain('seam');
  });
});

describe('the imagefolder export', () => {
  it('puts one metadata.jsonl with file_name into each split folder, and each image where it points', async () => {
    const id = await imported([...FIRST, rows('Waxy.\n\n### Answer: fake')]);
    const { file: zip, leftOut } = await data.exportDataset({ datasetId: id, format: 'imagefolder' }, context);
    expect(leftOut).toEqual({ count: 0, named: [] });
    const { unzipSync, strFromU8 } = await import('fflate');
    const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    expect(Object.keys(files).toSorted()).toEqual([
      'test/a/real/3.png',
      'test/metadata.jsonl',
      'train/a/fake/1.png',
      'train/a/real/2.png',
      'train/metadata.jsonl',
    ]);
    const lines = strFromU8(files['train/metadata.jsonl'] ?? new Uint8Array())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => line['file_name'])).toEqual(['a/fake/1.png', 'a/real/2.png']);
    expect(lines[0]).toMatchObject({ label: 'fake', domain: 'a', answer: 'Waxy.\n\n### Answer: fake' });
    expect(lines[1]).toMatchObject({ label: 'real', answer: '' });
    // `datasets` refuses splits whose columns have different types: no null and no list, in no split.
    const test = strFromU8(files['test/metadata.jsonl'] ?? new Uint8Array()).trim();
    const typesOf = (line: Record<string, unknown>) => Object.entries(line).map(([name, value]) => `${name} ${typeof value}`);
    for (const line of [...lines, JSON.parse(test) as Record<string, unknown>]) {
      expect(typesOf(line)).toEqual(
        ['file_name', 'label', 'domain', 'question', 'answer', 'tags', 'sha256'].map((name) => `${name} string`),
      );
    }
  });
});

describe('an export of pictures of which one cannot be read', () => {
  it('goes on, names it with the reason in the file and to the page, and keeps no metadata of it', async () => {
    const id = await imported([...FIRST, rows('Waxy.\n\n### Answer: fake')]);
    await db.delete('images', `${id}/a/train/fake/1.png`);
    const { unzipSync, strFromU8 } = await import('fflate');
    for (const format of ['zip', 'imagefolder'] as const) {
      const { file, leftOut } = await data.exportDataset({ datasetId: id, format }, context);
      expect(leftOut).toMatchObject({ count: 1, named: [{ path: 'a/train/fake/1.png' }] });
      const files = unzipSync(new Uint8Array(await file.arrayBuffer()));
      expect(Object.keys(files).filter((name) => name.endsWith('.png'))).toHaveLength(FIRST.length - 1);
      expect(strFromU8(files['left-out.txt'] ?? new Uint8Array())).toBe(`a/train/fake/1.png\t${leftOut.named[0]?.reason}\n`);
      const metadata = files['train/metadata.jsonl'];
      if (format === 'imagefolder') expect(strFromU8(metadata ?? new Uint8Array())).not.toContain('fake/1.png');
    }
  });

  it('fails with the first reason where none can be read', async () => {
    const id = await imported(FIRST);
    await db.clear('images');
    await expect(data.exportDataset({ datasetId: id, format: 'zip' }, context)).rejects.toMatchObject({ code: 'E-MISSING' });
  });
});
