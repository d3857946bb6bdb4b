// Fills a dataset batch by batch. Its record is stored with every batch, so that after a crash or on a full disk it still tells
// the truth.
import type { DatasetRecord, ImportSummary } from '../../src/shared/domain/sample.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getDataset, putDataset } from '../../src/shared/storage/datasets.ts';
import type { NewSample } from '../../src/shared/storage/samples.ts';
import { putSamples, readSamplePages } from '../../src/shared/storage/samples.ts';
import { RunningTotals } from './dataset-totals.ts';

/** A record without images, as every dataset starts. */
export function emptyDataset(fields: Pick<DatasetRecord, 'id' | 'name' | 'source' | 'synthetic'>): DatasetRecord {
  const totals = { imageCount: 0, annotationCount: 0, sizeBytes: 0, counts: [] };
  return { ...fields, ...totals, createdAt: Date.now(), state: 'importing', contentHash: '' };
}

export class DatasetWriter {
  readonly #db: Database;
  readonly #totals = new RunningTotals();
  /** SHA-256 of a path that was stored before. */
  #storedHash: (path: string) => string | undefined = () => undefined;
  #dataset: DatasetRecord;

  private constructor(db: Database, dataset: DatasetRecord) {
    this.#db = db;
    const { summary: _, ...record } = dataset; // of an earlier, stopped import
    this.#dataset = { ...record, state: 'importing' };
  }

  /** Stores the record as `importing` and reads what the dataset already holds. */
  static async open(db: Database, dataset: DatasetRecord): Promise<DatasetWriter> {
    const writer = new DatasetWriter(db, dataset);
    await putDataset(db, writer.#dataset);
    for await (const page of readSamplePages(db, dataset.id)) for (const sample of page) writer.#totals.add(sample);
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
    for (const { sample } of batch) this.#totals.add(sample);
    this.#dataset = { ...this.#dataset, ...this.#totals.totals };
    await putSamples(this.#db, batch, this.#dataset);
  }

  /** Stores the final record with its content hash. */
  async close(state: 'ready' | 'partial', summary?: ImportSummary): Promise<DatasetRecord> {
    const contentHash = await this.#totals.contentHash();
    const dataset: DatasetRecord = { ...this.#dataset, ...this.#totals.totals, contentHash, state, ...(summary && { summary }) };
    await putDataset(this.#db, dataset);
    return dataset;
  }

  /** After a failure: marks what is stored as `partial`. On a full disk even that may fail; then the next start does it. */
  async abandon(): Promise<void> {
    const stored = await getDataset(this.#db, this.id);
    if (stored) await putDataset(this.#db, { ...stored, state: 'partial' });
  }
}
