// The job behind "Run checks": reads what is missing of each stored file, then looks for near copies. Stopping keeps what was
// read; the next run goes on there.
import type { HealthReport } from '../../../src/shared/domain/health.ts';
import type { SampleChecks, SampleRecord } from '../../../src/shared/domain/sample.ts';
import { toErrorRecord, type ErrorCode } from '../../../src/shared/errors.ts';
import { readFileTraits } from '../../../src/shared/image/file-traits.ts';
import { greyOf, NEAR_BITS, perceptualHash, shrinkByArea } from '../../../src/shared/image/perceptual-hash.ts';
import type { DataApi } from '../../../src/shared/data-api.ts';
import { EXCLUDED_TAG } from '../../../src/shared/sample-choice.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { nearCopiesKey } from '../../../src/shared/storage/dataset-settings.ts';
import { getDataset } from '../../../src/shared/storage/datasets.ts';
import { putChecks } from '../../../src/shared/storage/sample-edits.ts';
import { countSamples, getImage, getThumbnails, readSamplePages } from '../../../src/shared/storage/samples.ts';
import { getSetting, putSetting } from '../../../src/shared/storage/settings.ts';
import { mapLimited, throttle } from '../pacing.ts';
import type { Pixels, ReadPixels } from '../picture.ts';
import { groupDuplicates, type NearLink } from './groups.ts';
import { findNearPairs } from './near-pairs.ts';
import { auditShortcuts } from './shortcuts.ts';

type Progress = DataApi['runChecks']['progress'];

export interface ChecksContext {
  db: Database;
  readPixels: ReadPixels;
  signal: AbortSignal;
  progress: (progress: Progress) => void;
}

const BATCH_SIZE = 64;
const PARALLEL_IMAGES = 4;

/** Confirmed near copies of a dataset as it was; the hash tells whether it still is. */
interface StoredLinks {
  contentHash: string;
  comparedAt: number;
  links: NearLink[];
}

/** @throws E-CANCELLED when stopped */
export async function runChecks(datasetId: string, context: ChecksContext): Promise<HealthReport> {
  const { db, signal } = context;
  await readMissing(datasetId, context);
  signal.throwIfAborted();
  const samples = await listFacts(db, datasetId);
  const links = await compareAll(samples, context);
  const contentHash = (await getDataset(db, datasetId))?.contentHash ?? '';
  await putSetting(db, nearCopiesKey(datasetId), { contentHash, comparedAt: Date.now(), links } satisfies StoredLinks);
  return healthReport(db, datasetId);
}

/** What is known so far, from stored facts alone. */
export async function healthReport(db: Database, datasetId: string): Promise<HealthReport> {
  const samples = await listFacts(db, datasetId);
  const stored = await readLinks(db, datasetId);
  const used = samples.filter(({ tags }) => !tags.includes(EXCLUDED_TAG));
  return {
    datasetId,
    checkedCount: samples.filter(({ checks }) => checks).length,
    imageCount: samples.length,
    comparedAt: stored?.comparedAt ?? null,
    groups: groupDuplicates(samples, stored?.links ?? []),
    shortcuts: auditShortcuts(used),
  };
}

async function readLinks(db: Database, datasetId: string): Promise<StoredLinks | null> {
  // Written by this file alone.
  const stored = (await getSetting(db, nearCopiesKey(datasetId))) as StoredLinks | undefined;
  const dataset = await getDataset(db, datasetId);
  return stored && stored.contentHash === dataset?.contentHash ? stored : null;
}

/** The samples without their texts, which the checks do not look at: those of 100,000 images take hundreds of megabytes. */
async function listFacts(db: Database, datasetId: string): Promise<SampleRecord[]> {
  const facts: SampleRecord[] = [];
  for await (const page of readSamplePages(db, datasetId))
    for (const { annotation: _, questionText: __, artefacts: ___, ...sample } of page) facts.push(sample);
  return facts;
}

async function readMissing(datasetId: string, context: ChecksContext): Promise<void> {
  const { db, signal, progress } = context;
  const total = await countSamples(db, datasetId);
  const report = throttle(progress);
  let done = 0;
  for await (const page of readSamplePages(db, datasetId)) {
    const missing = page.filter(({ checks }) => !checks);
    done += page.length - missing.length;
    for (let start = 0; start < missing.length; start += BATCH_SIZE) {
      signal.throwIfAborted();
      const batch = missing.slice(start, start + BATCH_SIZE);
      const { checked, fault } = await readBatch(batch, context);
      if (checked.length === 0 && done === 0) throw fault; // no file can be read: a folder without permission, thumbnails alone
      await putChecks(db, checked);
      done += batch.length;
      report({ phase: 'read', done, total }, done === total);
    }
  }
}

/** A file of a linked folder that is gone or has changed: the others can be read all the same. */
const FILE_FAULTS: readonly ErrorCode[] = ['E-MISSING', 'E-CHECKSUM'];

interface CheckedBatch {
  checked: { id: string; checks: SampleChecks }[];
  /** What is wrong with a file that could not be read. */
  fault: unknown;
}

async function readBatch(batch: readonly SampleRecord[], context: ChecksContext): Promise<CheckedBatch> {
  const thumbnails = await getThumbnails(
    context.db,
    batch.map(({ id }) => id),
  );
  const pairs = batch.map((sample, i) => ({ sample, thumbnail: thumbnails[i] }));
  let fault: unknown = null;
  const read = await mapLimited(pairs, PARALLEL_IMAGES, async ({ sample, thumbnail }) => {
    try {
      return [{ id: sample.id, checks: await checksOf(sample, thumbnail, context) }];
    } catch (error) {
      if (!FILE_FAULTS.includes(toErrorRecord(error).code)) throw error;
      fault = error;
      return [];
    }
  });
  return { checked: read.flat(), fault };
}

async function checksOf(sample: SampleRecord, thumbnail: Blob | undefined, { db, readPixels }: ChecksContext): Promise<SampleChecks> {
  const file = new Uint8Array(await (await getImage(db, sample.id)).arrayBuffer());
  return { ...readFileTraits(file, sample.format), perceptualHash: await hashOf(thumbnail, readPixels) };
}

/** The upright thumbnail stands for the picture: it is small, and rotation by EXIF does not hide a copy. */
async function hashOf(thumbnail: Blob | undefined, readPixels: ReadPixels): Promise<string | null> {
  const pixels = thumbnail && (await pixelsOrNull(thumbnail, readPixels));
  return pixels ? perceptualHash(greyOf(pixels.data, 4), pixels.width, pixels.height) : null;
}

async function pixelsOrNull(blob: Blob, readPixels: ReadPixels): Promise<Pixels | null> {
  try {
    return await readPixels(blob);
  } catch {
    return null; // an undecodable thumbnail has no hash; the gallery shows the placeholder
  }
}

/** Pairs of near hashes are confirmed on 32 x 32 grey cells: portraits of one pose can share a hash and not be copies. */
async function compareAll(samples: readonly SampleRecord[], context: ChecksContext): Promise<NearLink[]> {
  const { signal, progress } = context;
  const hashed = samples.flatMap(({ id, sha256, checks }) => (checks?.perceptualHash ? [{ id, sha256, hash: checks.perceptualHash }] : []));
  const cells = new CellCache(context);
  const report = throttle(progress);
  const links: NearLink[] = [];
  const hashes = hashed.map(({ hash }) => hash);
  for (const found of findNearPairs(hashes, NEAR_BITS)) {
    if ('done' in found) {
      signal.throwIfAborted();
      report({ phase: 'compare', done: found.done, total: hashed.length });
      await new Promise((resolve) => setTimeout(resolve)); // lets a cancel message in
      continue;
    }
    const [a, b] = [hashed[found.a], hashed[found.b]];
    if (!a || !b || a.sha256 === b.sha256) continue;
    if ((await cells.correlation(a.id, b.id)) >= SAME_PICTURE) links.push({ a: a.id, b: b.id, bits: found.bits });
  }
  report({ phase: 'compare', done: hashed.length, total: hashed.length }, true);
  return links;
}

/**
 * Least correlation of two pictures' 32 x 32 grey cells that counts as the same picture. Measured on the demo portraits: copies as
 * JPEG down to quality 10, WebP, a third to twice the size or brighter by 15 % give 0.98 or more; different portraits at most 0.93.
 */
const SAME_PICTURE = 0.97;

const KEPT_CELLS = 20_000;

/** Grey cells of pictures that were compared, the newest ones kept. */
class CellCache {
  readonly #cells = new Map<string, Float32Array | null>();
  readonly #context: ChecksContext;

  constructor(context: ChecksContext) {
    this.#context = context;
  }

  /** -1..1; 0 where a picture could not be drawn. */
  async correlation(a: string, b: string): Promise<number> {
    const [left, right] = [await this.#of(a), await this.#of(b)];
    return left && right ? left.reduce((sum, value, i) => sum + value * (right[i] ?? 0), 0) : 0;
  }

  async #of(id: string): Promise<Float32Array | null> {
    const known = this.#cells.get(id);
    if (known !== undefined) return known;
    this.#context.signal.throwIfAborted();
    const [thumbnail] = await getThumbnails(this.#context.db, [id]);
    const pixels = thumbnail ? await pixelsOrNull(thumbnail, this.#context.readPixels) : null;
    const cells = pixels ? normalised(shrinkByArea(greyOf(pixels.data, 4), pixels.width, pixels.height)) : null;
    this.#cells.set(id, cells);
    if (this.#cells.size > KEPT_CELLS) for (const oldest of this.#cells.keys()) return (this.#cells.delete(oldest), cells);
    return cells;
  }
}

/** Mean 0 and length 1, so that a dot product is the correlation. */
function normalised(cells: Float64Array): Float32Array {
  const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
  const centred = Float32Array.from(cells, (value) => value - mean);
  const length = Math.hypot(...centred) || 1;
  return centred.map((value) => value / length);
}
