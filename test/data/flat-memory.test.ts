// What a review of very many files holds, counted in bytes: by its own columns, and by what the collector of garbage leaves.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { DropFiles } from '../../workers/data/drop/drop-files.ts';
import { reviewDrop, type ReviewedDrop } from '../../workers/data/review.ts';
import type { TextSource } from '../../workers/data/source-file.ts';

const IMAGES = 6_000;
const ROW_BYTES = 1500;
const storage = { usedBytes: 0, quotaBytes: 0, persisted: false };
const { signal } = new AbortController();

const pathOf = (i: number) => `domain${i % 5}/train/${i % 2 === 0 ? 'fake' : 'real'}/${String(i).padStart(6, '0')}.png`;

function rowText(i: number): string {
  const label = i % 2 === 0 ? 'fake' : 'real';
  const row = (fill: string) => {
    const conversations = [{ from: 'human', value: '<image>' }, { from: 'gpt', value: `${fill}### Answer: ${label}` }]; // prettier-ignore
    return JSON.stringify({ id: pathOf(i), image: pathOf(i), conversations, binary_label: i % 7 === 0 ? undefined : 1 - (i % 2) });
  };
  return row('x'.repeat(ROW_BYTES - 1 - row('').length));
}

/** A file that is made while it is read, so that what is held of it was taken by the reader. */
class MadeFile implements TextSource {
  readonly size: number;
  reads = 0;
  mostBytes = 0;

  constructor(private readonly rows = IMAGES) {
    this.size = rows * ROW_BYTES + 1;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.reject(new Error('read whole'));
  }

  slice(start: number, end: number) {
    this.reads++;
    this.mostBytes = Math.max(this.mostBytes, end - start);
    const arrayBuffer = async () => {
      const first = Math.floor(start / ROW_BYTES);
      const rows: string[] = [];
      for (let i = first; i * ROW_BYTES < end; i++) rows.push(i < this.rows ? `${i === 0 ? '[' : ','}${rowText(i)}` : ']');
      return new TextEncoder().encode(rows.join('').slice(start - first * ROW_BYTES, end - first * ROW_BYTES)).buffer;
    };
    return { arrayBuffer };
  }
}

/** Bytes that are still reachable. */
async function reachableBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  for (let i = 0; i < 3; i++) {
    if (typeof collect === 'function') collect();
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** @param listed the number of the image that the folder lists at a place */
async function reviewMany(file: TextSource, images = IMAGES, listed = (at: number) => at): Promise<ReviewedDrop> {
  const drop = new DropFiles();
  const folder = {} as FileSystemDirectoryHandle; // closed images: none is opened here
  for (let i = 0; i < images; i++) {
    const path = `set/${pathOf(listed(i))}`;
    drop.add({ path, folder, folderId: listed(i) % 10, name: path.slice(path.lastIndexOf('/') + 1), sizeBytes: 9000 + listed(i) });
  }
  drop.texts.push({ path: 'set/train.json', file });
  return reviewDrop(drop, { signal, progress: () => undefined, storage });
}

describe('a review of 6,000 images with 9 MB of annotations', () => {
  it('joins all of them, reads the file in pieces and keeps a sixth of what the texts take', async () => {
    await reviewMany(new MadeFile(500), 500); // so that compiled code is not counted
    const file = new MadeFile();
    const before = await reachableBytes();
    const reviewed = await reviewMany(file);
    const { review, plan } = reviewed;
    expect(review).toMatchObject({ imagesFound: IMAGES, matched: IMAGES, joins: { image: IMAGES } });
    expect(review.problems.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(Math.ceil(IMAGES / 7)); // all counted, 500 listed
    expect(plan.heldBytes).toBeLessThan(100 * IMAGES);
    // The lists that the page is shown are held too: 500 problems, 1,000 paths at most.
    const shownBytes = 2 * JSON.stringify(review).length;
    expect((await reachableBytes()) - before).toBeLessThan((ROW_BYTES / 6) * IMAGES + shownBytes);
    expect(file.mostBytes).toBeLessThanOrEqual(2 ** 22);
    expect(plan.length).toBe(IMAGES); // keeps the plan reachable until here
  });

  it('reads texts in few pieces although the folder lists its files in another order than their rows', async () => {
    const file = new MadeFile();
    const { plan } = await reviewMany(file, IMAGES, (at) => (at * 4241) % IMAGES); // neighbours are far apart
    const order = plan.inTextOrder(Uint32Array.from({ length: IMAGES }, (_, image) => image));
    const before = file.reads;
    const paths: string[] = [];
    for (let start = 0; start < IMAGES; start += 32) {
      for (const { path, annotation } of await plan.load([...order.subarray(start, start + 32)])) {
        paths.push(path);
        expect(annotation?.image).toBe(path);
      }
    }
    expect(paths).toEqual(Array.from({ length: IMAGES }, (_, i) => pathOf(i)));
    expect(file.reads - before).toBe(Math.ceil(IMAGES / 32));
  });

  it('reads texts again where they lie: neighbours at once, single ones by their own bytes', async () => {
    const file = new MadeFile();
    const { plan } = await reviewMany(file);
    const before = file.reads;
    const neighbours = await plan.load(Array.from({ length: 32 }, (_, i) => 100 + i));
    expect(neighbours.every(({ annotation, path }) => annotation?.image === path)).toBe(true);
    expect(file.reads - before).toBe(1);
    file.mostBytes = 0;
    const scattered = await plan.load([5000, 3, 2500]);
    expect(scattered.map(({ path }) => path)).toEqual([5000, 3, 2500].map(pathOf));
    expect(scattered.map(({ annotation }) => annotation?.source)).toEqual(['train.json#5000', 'train.json#3', 'train.json#2500']);
    expect(file.reads - before).toBe(4);
    expect(file.mostBytes).toBeLessThanOrEqual(ROW_BYTES);
  });
});
