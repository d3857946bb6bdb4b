import { encode } from 'fast-png';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/shared/hash.ts';
import { sniffImage } from '../../src/shared/image/sniff.ts';
import type { DataApi, ImportOptions } from '../../src/shared/data-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getDataset } from '../../src/shared/storage/datasets.ts';
import { type ReadableFolder, readLinkedFile } from '../../src/shared/storage/linked-files.ts';
import { deleteSamples, getImage, getSample, getThumbnails } from '../../src/shared/storage/samples.ts';
import { createDataHandlers } from '../../workers/data/handlers.ts';
import { openTestDatabase } from '../support/database.ts';

const PNG = new Uint8Array(encode({ width: 2, height: 2, data: new Uint8Array(12).fill(7), channels: 3, depth: 8 }));
const context = () => ({ signal: new AbortController().signal, progress: () => undefined });

let db: Database;
let data: Handlers<DataApi>;
let quotaBytes = 1e9;
beforeEach(async () => {
  db = await openTestDatabase();
  quotaBytes = 1e9;
  data = createDataHandlers({
    openDb: async () => db,
    readPicture: async (bytes) => {
      const { orientationAt: _, ...facts } = sniffImage(bytes);
      return { ...facts, thumbnail: new Blob(['thumbnail']) };
    },
    readPixels: () => Promise.reject(new Error('no pixels are read here')),
    fetchFile: () => Promise.reject(new Error('no file is fetched here')),
    storageStatus: async () => ({ usedBytes: 0, quotaBytes, persisted: false }),
    asOnlyWriter: (work) => work(),
  });
});

const PATH = 'aster/test/fake/1.png';

/** A large file beside a small one, imported as wished. */
async function importFolder(pictures: ImportOptions['pictures']) {
  const padded = new File([PNG, new Uint8Array(40e6)], 'big');
  const entries = [
    { path: `root/${PATH}`, file: new File([PNG], '1.png') },
    { path: 'root/aster/test/real/2.png', file: padded },
  ];
  const { reviewId, quota } = await data.review({ entries }, context());
  quotaBytes = 20 * 2 ** 20; // room for thumbnails, not for copies
  const options = { reviewId, name: 'set', fixes: [], ...(pictures && { pictures }) };
  return { quota, imported: data.import(options, context()) };
}

describe('an import that leaves the pictures where they are', () => {
  it('fits where copies would not, and stores records and thumbnails alone', async () => {
    const { quota, imported } = await importFolder('linked');
    expect(quota.thumbnailBytes).toBeLessThan(quota.neededBytes / 100);
    const { datasetId, summary } = await imported;
    expect(summary).toMatchObject({ imported: 2, failed: 0 });
    // These came as opened files, as a drop gives those that a folder's handle does not list.
    expect(summary.problems.map(({ code }) => code)).toEqual(['image-not-linkable', 'image-not-linkable']);
    expect(await getDataset(db, datasetId)).toMatchObject({ pictures: 'linked', imageCount: 2, state: 'ready' });
    expect(await getSample(db, `${datasetId}/${PATH}`)).toMatchObject({ linkedPath: PATH, sha256: await sha256Hex(PNG) });
    expect(await (await getThumbnails(db, [`${datasetId}/${PATH}`]))[0]?.text()).toBe('thumbnail');
    expect(await db.count('images')).toBe(0);
    expect(await deleteSamples(db, datasetId, () => undefined)).toBe(2 * 'thumbnail'.length);
    const copied = await importFolder(undefined);
    await expect(copied.imported).rejects.toMatchObject({ code: 'E-QUOTA' });
  });

  it('says that only thumbnails are here and how to change that', async () => {
    const { datasetId } = await (await importFolder('thumbnails')).imported;
    await expect(getImage(db, `${datasetId}/${PATH}`)).rejects.toMatchObject({
      code: 'E-MISSING',
      message: expect.stringContaining('only thumbnails'),
      remedy: expect.stringContaining('Re-scan'),
    });
  });
});

describe('a picture in a linked folder', () => {
  const facts = async () => ({ sha256: await sha256Hex(PNG), format: 'png' as const });
  const folder = (file: () => Promise<Blob>, names: string[] = []): ReadableFolder => ({
    name: 'portraits',
    getDirectoryHandle: async (name) => folder(file, [...names, name]),
    getFileHandle: async (name) => {
      if ([...names, name].join('/') !== PATH) throw new DOMException('gone', 'NotFoundError');
      return { getFile: file };
    },
  });
  const whole = folder(async () => new Blob([PNG]));

  it('is read through its folders, byte for byte', async () => {
    const blob = await readLinkedFile(whole, PATH, await facts());
    expect(blob.type).toBe('image/png');
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(PNG);
  });

  it('is refused when it is gone, changed, or must not be read now, each with its own words', async () => {
    await expect(readLinkedFile(whole, 'aster/test/fake/2.png', await facts())).rejects.toMatchObject({ code: 'E-MISSING' });
    const changed = folder(async () => new Blob([PNG, 'x']));
    await expect(readLinkedFile(changed, PATH, await facts())).rejects.toMatchObject({ code: 'E-CHECKSUM' });
    const shut = folder(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
    await expect(readLinkedFile(shut, PATH, await facts())).rejects.toMatchObject({
      code: 'E-UNSUPPORTED',
      remedy: expect.stringContaining('Allow reading'),
    });
  });
});
