// Fills a dataset batch by batch. Its record is stored with every batch, so that after a crash or on a full disk it still tells
// the truth.
import type { DatasetRecord, ImportSummary } from '../../src/shared/domain/sample.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getDataset, putDataset } from '../../src/shared/storage/datasets.ts';
import type { NewSample } from '../../src/shared/storage/samples.ts';
import { deleteSamplesById, getSamples, putSamples, readSamplePages } from '../../src/shared/storage/samples.ts';
import { RunningTotals } from './dataset-totals.ts';

/** A record without images, as every dataset starts. */
export function emptyDataset(fields: Pick<DatasetRecord, 'id' | 'name' | 'source' | 'synthetic'>): DatasetRecord {
  const totals = { imageCount: 0, annotationCount: 0, sizeBytes: 0, counts: [] };
  return { ...fields, ...totals, createdAt: Date.now(), state: 'importing', contentHash: '' };
}

export class DatasetWriter {
  readonly #db: Database;
  #totals = new RunningTotals();
  /** Paths of stored samples that are to be stored anew or to go; those that neither happened to yet. */
  readonly #leaving: Set<string>;
  /** SHA-256 of a path that was stored before. */
  #storedHash: (path: string) => string | undefined = () => undefined;
  #dataset: DatasetRecord;

  private constructor(db: Database, dataset: DatasetRecord, leaving: Iterable<string>) {
    this.#db = db;
    this.#leaving = new Set(leaving);
    const { summary: _, ...record } = dataset; // of an earlier, stopped import
    this.#dataset = { ...record, state: 'importing' };
  }

  /**
   * Stores the record as `importing` and reads what the dataset already holds.
   * @param leaving paths that are stored, but not as the dataset shall have them: they stay until they are written or all is
   */
  static async open(db: Database, dataset: DatasetRecord, leaving: Iterable<string> = []): Promise<DatasetWriter> {
    const writer = new DatasetWriter(db, dataset, leaving);
    await putDataset(db, writer.#dataset);
    writer.#totals = await writer.#count((path) => !writer.#leaving.has(path));
    writer.#storedHash = writer.#totals.hashFinder();
    return writer;
  }

  get id(): string {
    return this.#dataset.id;
  }

  /** The hash of a path that was stored before, or undefined. */
  storedHash(path: string): string | undefined {
    return this.#storedHash(path);
  }

  /** Stores a batch whole or not at all. Not after a failure: then only `abandon` is left. */
  async write(batch: readonly NewSample[]): Promise<void> {
    for (const { sample } of batch) {
      this.#totals.add(sample);
      this.#leaving.delete(sample.path);
    }
    this.#dataset = { ...this.#dataset, ...this.#totals.totals };
    await putSamples(this.#db, batch, this.#dataset);
  }

  /** Stores the final record with its content hash. What was leaving and was not written anew goes, or still counts after a stop. */
  async close(state: 'ready' | 'partial', summary?: ImportSummary): Promise<DatasetRecord> {
    const left = [...this.#leaving].map((path) => `${this.id}/${path}`);
    if (state === 'ready') await deleteSamplesById(this.#db, this.id, left);
    else for (const sample of await getSamples(this.#db, left)) if (sample) this.#totals.add(sample);
    const contentHash = await this.#totals.contentHash();
    const dataset: DatasetRecord = { ...this.#dataset, ...this.#totals.totals, contentHash, state, ...(summary && { summary }) };
    await putDataset(this.#db, dataset);
    return dataset;
  }

  /** After a failure: marks what is stored as `partial`. On a full disk even that may fail; then the next start does it. */
  async abandon(): Promise<void> {
    const stored = await getDataset(this.#db, this.id);
    const totals = this.#leaving.size > 0 ? (await this.#count(() => true)).totals : {};
    if (stored) await putDataset(this.#db, { ...stored, ...totals, state: 'partial' });
  }

  async #count(isCounted: (path: string) => boolean): Promise<RunningTotals> {
    const totals = new RunningTotals();
    for await (const page of readSamplePages(this.#db, this.id)) for (const sample of page) if (isCounted(sample.path)) totals.add(sample);
    return totals;
  }
}
