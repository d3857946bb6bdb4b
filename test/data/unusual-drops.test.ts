import { describe, expect, it, vi } from 'vitest';
import type { DropEntry, ImportEntry } from '../../src/shared/data-api.ts';
import { limitProblems } from '../../workers/data/problem-list.ts';
import { DropFiles } from '../../workers/data/drop/drop-files.ts';
import { reviewDrop } from '../../workers/data/review.ts';

const image = (path: string): ImportEntry => ({ path, file: new File(['x'], path) });
const text = (path: string, content: unknown): ImportEntry => ({
  path,
  file: new File([typeof content === 'string' ? content : JSON.stringify(content)], path),
});
const HUMAN = { from: 'human', value: '<image>\nWell?' };
const GPT = { from: 'gpt', value: '**Skin**: waxy.\n\n### Answer: fake' };
const row = (path: string, fields: object = {}) => ({ id: path, image: path, conversations: [HUMAN, GPT], binary_label: 1, ...fields });

async function review(entries: readonly DropEntry[]) {
  const storage = { usedBytes: 0, quotaBytes: 0, persisted: false };
  const files = new DropFiles();
  for (const entry of entries) files.add(entry);
  const drop = await reviewDrop(files, { signal: new AbortController().signal, progress: vi.fn(), storage });
  return { ...drop, images: await drop.plan.load(Array.from({ length: drop.plan.length }, (_, i) => i)) };
}
const problemsOf = async (entries: readonly DropEntry[]) =>
  (await review(entries)).review.problems.map(({ code, path, action }) => `${code} ${path} ${action}`);

describe('the review of an unusual drop', () => {
  it('takes folders named like members of every object for folders', async () => {
    const { images } = await review([image('s/constructor/train/fake/1.png'), image('s/constructor/constructor/real/1.png')]);
    expect(images.map(({ domain, split, label }) => [domain, split, label])).toEqual([
      ['constructor', 'train', 'fake'],
      ['constructor', 'none', 'real'],
    ]);
  });

  it('joins a composed name in the annotations to the decomposed one that macOS writes', async () => {
    const file = `a/test/fake/${'gesichtäé'.normalize('NFD')}.png`;
    const drop = await review([image(file), text('t.json', [row(file.normalize('NFC'))])]);
    expect(drop.review).toMatchObject({ matched: 1, joins: { image: 1 }, textWithoutImage: [], problems: [] });
    expect(drop.images[0]?.path).toBe(file); // its name on disk stays
  });

  it('reads every list of an object, and rows that are keyed by their id', async () => {
    const lists = { train: [row('a/train/fake/1.png')], val: [row('a/val/fake/2.png')], note: 'x' };
    const { id: _, image: __, ...bare } = row('');
    const keyed = { 'a/test/fake/3.png': bare };
    const paths = ['a/train/fake/1.png', 'a/val/fake/2.png', 'a/test/fake/3.png'];
    const drop = await review([...paths.map(image), text('lists.json', lists), text('keyed.json', keyed)]);
    expect(drop.review.files.map(({ rows, matched }) => [rows, matched])).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });

  it('flags a conversation that lacks a turn', async () => {
    const rows = [row('a/test/fake/1.png', { conversations: [HUMAN] }), row('a/test/fake/2.png', { conversations: [GPT] })];
    expect(await problemsOf([image('a/test/fake/1.png'), image('a/test/fake/2.png'), text('t.json', rows)])).toEqual([
      'answer-missing t.json#0 kept',
      'question-missing t.json#1 kept',
    ]);
  });

  it('names pictures of other formats with what to do, apart from files that are no pictures', async () => {
    const drop = await review([image('a/test/fake/1.PNG'), image('a/test/fake/2.GIF'), image('a/test/fake/notes.txt')]);
    expect(drop.review.imagesFound).toBe(1);
    expect(drop.review.ignored).toEqual(['a/test/fake/notes.txt']);
    expect(drop.review.problems).toMatchObject([{ code: 'image-format-unsupported', path: 'a/test/fake/2.GIF', action: 'left-out' }]);
  });

  it('flags question labels that are none, and those that contradict the folder', async () => {
    const lines = [
      { question_id: 0, image: 'a/test/fake/1.png', text: 'Well?', label: 'FAKE.' },
      { question_id: 1, image: 'a/test/fake/2.png', text: 'Well?', label: 'real' },
    ];
    const questions = lines.map((line) => JSON.stringify(line)).join('\r\n\r\n');
    expect(await problemsOf([image('a/test/fake/1.png'), image('a/test/fake/2.png'), text('q.jsonl', questions)])).toEqual([
      'question-label-invalid q.jsonl#1 kept',
      'label-contradicts-question q.jsonl#3 kept',
    ]);
  });

  it('says that the folder picker hides names with a question mark where rows without an image have such', async () => {
    const rows = [row('a/test/fake/1.png'), row('a/test/fake/what?.png'), row('a/test/fake/b: c.png'), row('a/test/fake/gone.png')];
    const { review: found } = await review([image('a/test/fake/1.png'), text('t.json', rows)]);
    expect(found.totals?.textWithoutImage).toBe(3);
    expect(found.problems).toMatchObject([{ code: 'names-hidden-by-picker', path: 't.json#1', action: 'kept' }]);
    expect(found.problems[0]?.reason).toMatch(/^2 rows .* `a\/test\/fake\/what\?\.png`\./);
  });

  it('keeps rows of one id for two images, as numbered rows of two files are', async () => {
    const [one, two] = ['a/test/fake/1.png', 'a/test/fake/2.png'];
    const files = [text('x.json', [row(one, { id: 0 })]), text('y.json', [row(two, { id: 0 })])];
    const drop = await review([image(one), image(two), ...files]);
    expect(drop.review.matched).toBe(2);
    expect(drop.review.problems).toMatchObject([{ code: 'duplicate-id-of-two-images', path: 'y.json#0', action: 'kept' }]);
  });
});

describe('a review of very many files', () => {
  it('crosses to the page as beginnings with the numbers of all', async () => {
    const paths = Array.from({ length: 3000 }, (_, i) => `a/test/fake/${i}.png`);
    const unlabelled = paths.map((path) => row(path, { binary_label: 'x', image: path }));
    const { review: excerpt } = await review([
      ...paths.map(image),
      ...paths.map((path) => image(`b/${path}.tmp`)),
      text('t.json', unlabelled),
    ]);
    expect(excerpt.problems).toHaveLength(501);
    expect(excerpt.problems.at(-1)).toMatchObject({ code: 'binary-label-invalid', count: 2500, action: 'fixed' });
    expect(excerpt.ignored).toHaveLength(1000);
    expect(excerpt.totals).toEqual({ textWithoutImage: 0, imagesWithoutText: 0, ignored: 3000 });
  });

  it('counts what a cut list of problems stands for', () => {
    const problems = Array.from({ length: 700 }, (_, i) => ({ code: 'c', path: `${i}`, reason: '', action: 'left-out' as const }));
    expect(limitProblems(problems).reduce((sum, { count = 1 }) => sum + count, 0)).toBe(700);
  });
});

/** The part of a directory handle that an import uses. */
class TestFolder {
  opened: string[] = [];
  getFileHandle(name: string) {
    this.opened.push(name);
    return Promise.resolve({ getFile: () => Promise.resolve(new File([`bytes of ${name}`], name)) });
  }
}

it('an image of a folder stays closed until its bytes are asked for', async () => {
  const folder = new TestFolder();
  const entry = { path: 'a/test/fake/1.png', folder: folder as unknown as FileSystemDirectoryHandle, name: '1.png', sizeBytes: 14 };
  const { images, review: found } = await review([entry]);
  expect(found.totalBytes).toBe(14);
  expect(folder.opened).toEqual([]);
  const bytes = await images[0]?.file.arrayBuffer();
  expect(new TextDecoder().decode(bytes)).toBe('bytes of 1.png');
  expect(folder.opened).toEqual(['1.png']);
});
