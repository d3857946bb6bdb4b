// Samples with their image and thumbnail. Ids start with the dataset's id, so that a dataset is one key range.
import { WorkbenchError } from '../errors.ts';
import type { DatasetRecord, SampleRecord } from '../domain/sample.ts';
import { announceChange } from './changes.ts';
import type { Database } from './database.ts';
import { keysUnder, queue, readPages, transact } from './database.ts';
import { linkedFolder, onlyThumbnail, readLinkedFile } from './linked-files.ts';

/** All that is stored of one image. */
export interface NewSample {
  sample: SampleRecord;
  /** null where the picture stays in its folder: then the sample has a `linkedPath`. */
  image: Blob | null;
  thumbnail: Blob;
}

const DELETE_PAGE_SIZE = 500;
const READ_PAGE_SIZE = 2_000;

/**
 * Stores samples whole: record, image and thumbnail of all of them, or nothing.
 * @param dataset its record with the totals as they are after this batch; stored in the same transaction
 */
export async function putSamples(db: Database, batch: readonly NewSample[], dataset: DatasetRecord): Promise<void> {
  await transact(db, ['datasets', 'samples', 'images', 'thumbnails'], 'readwrite', async (tx) => {
    queue(tx.objectStore('datasets').put(dataset));
    for (const { sample, image, thumbnail } of batch) {
      const { id, datasetId } = sample;
      queue(tx.objectStore('samples').put(sample));
      if (image) queue(tx.objectStore('images').put({ id, datasetId, blob: image }));
      queue(tx.objectStore('thumbnails').put({ id, datasetId, blob: thumbnail }));
    }
  });
  announceChange('samples', dataset.id);
}

/** One sample, or undefined. */
export function getSample(db: Database, id: string): Promise<SampleRecord | undefined> {
  return transact(db, ['samples'], 'readonly', (tx) => tx.objectStore('samples').get(id));
}

/** Samples by id, undefined where there is none; in transactions of a page each. */
export async function getSamples(db: Database, ids: readonly string[]): Promise<(SampleRecord | undefined)[]> {
  const found: (SampleRecord | undefined)[] = [];
  for (let start = 0; start < ids.length; start += READ_PAGE_SIZE) {
    const page = ids.slice(start, start + READ_PAGE_SIZE);
    found.push(...(await transact(db, ['samples'], 'readonly', (tx) => Promise.all(page.map((id) => tx.objectStore('samples').get(id))))));
  }
  return found;
}

/**
 * The file of a sample, byte for byte as imported; read from the linked folder where it is not stored.
 * @throws E-MISSING; from a linked folder E-UNSUPPORTED and E-CHECKSUM too
 */
export async function getImage(db: Database, id: string): Promise<Blob> {
  const row = await transact(db, ['images'], 'readonly', (tx) => tx.objectStore('images').get(id));
  return row?.blob ?? readFromFolder(db, id);
}

async function readFromFolder(db: Database, id: string): Promise<Blob> {
  const sample = await getSample(db, id);
  if (sample?.linkedPath === undefined) return missing('image', id);
  const folder = await linkedFolder(db, sample.datasetId);
  if (!folder) throw onlyThumbnail(sample.path);
  return readLinkedFile(folder, sample.linkedPath, sample);
}

/** Thumbnails by id, undefined where there is none; one transaction for a screenful. */
export async function getThumbnails(db: Database, ids: readonly string[]): Promise<(Blob | undefined)[]> {
  const rows = await transact(db, ['thumbnails'], 'readonly', (tx) => Promise.all(ids.map((id) => tx.objectStore('thumbnails').get(id))));
  return rows.map((row) => row?.blob);
}

/** Ids of a dataset in path order; reads no values. */
export function listSampleIds(db: Database, datasetId: string): Promise<string[]> {
  return transact(db, ['samples'], 'readonly', (tx) => tx.objectStore('samples').getAllKeys(keysUnder(datasetId)));
}

/** How many samples a dataset has. */
export function countSamples(db: Database, datasetId: string): Promise<number> {
  return transact(db, ['samples'], 'readonly', (tx) => tx.objectStore('samples').count(keysUnder(datasetId)));
}

/** A dataset's samples in path order, page by page, so that memory stays flat. */
export function readSamplePages(db: Database, datasetId: string): AsyncGenerator<SampleRecord[]> {
  return readPages(db, 'samples', keysUnder(datasetId), (sample) => sample.id);
}

/** All samples of a dataset in path order. */
export async function listSamples(db: Database, datasetId: string): Promise<SampleRecord[]> {
  const pages: SampleRecord[][] = [];
  for await (const page of readSamplePages(db, datasetId)) pages.push(page);
  return pages.flat();
}

/**
 * Deletes all samples of a dataset with their pictures, in small transactions.
 * @param onProgress called with the number deleted so far
 * @returns bytes of the images and thumbnails that are gone
 */
export async function deleteSamples(db: Database, datasetId: string, onProgress: (done: number) => void): Promise<number> {
  let freedBytes = 0;
  let done = 0;
  for (;;) {
    const page = await deleteSamplePage(db, datasetId);
    freedBytes += page.freedBytes;
    done += page.count;
    onProgress(done);
    if (page.count < DELETE_PAGE_SIZE) break;
  }
  announceChange('samples', datasetId);
  return freedBytes;
}

/** Deletes single samples with their pictures. */
export async function deleteSamplesById(db: Database, datasetId: string, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += DELETE_PAGE_SIZE) {
    await transact(db, ['samples', 'images', 'thumbnails'], 'readwrite', async (tx) => {
      const names = ['samples', 'images', 'thumbnails'] as const;
      const page = ids.slice(start, start + DELETE_PAGE_SIZE);
      await Promise.all(page.flatMap((id) => names.map((name) => tx.objectStore(name).delete(id))));
    });
  }
  announceChange('samples', datasetId);
}

/** Deletes the first page of what is left: samples, images and thumbnails together. */
function deleteSamplePage(db: Database, datasetId: string): Promise<{ count: number; freedBytes: number }> {
  return transact(db, ['samples', 'images', 'thumbnails'], 'readwrite', async (tx) => {
    const samples = await tx.objectStore('samples').getAll(keysUnder(datasetId), DELETE_PAGE_SIZE);
    const thumbnails = await tx.objectStore('thumbnails').getAll(keysUnder(datasetId), DELETE_PAGE_SIZE);
    const deletes = samples.flatMap(({ id }) => [
      tx.objectStore('samples').delete(id),
      tx.objectStore('images').delete(id),
      tx.objectStore('thumbnails').delete(id),
    ]);
    await Promise.all(deletes);
    const imageBytes = samples.reduce((sum, { sizeBytes, linkedPath }) => sum + (linkedPath === undefined ? sizeBytes : 0), 0);
    const thumbnailBytes = thumbnails.reduce((sum, { blob }) => sum + blob.size, 0);
    return { count: samples.length, freedBytes: imageBytes + thumbnailBytes };
  });
}

function missing(what: string, id: string): never {
  throw new WorkbenchError('E-MISSING', `The ${what} "${id}" is not stored in this browser.`, {
    safe: 'Nothing of yours was changed.',
    remedy: 'Import its dataset again.',
    details: { id },
  });
}
