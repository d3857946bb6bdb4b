// What a dataset's record says of its samples, recounted from the store so that it is always true.
import type { CountRow, DatasetRecord, SampleRecord } from '../../src/shared/domain/sample.ts';
import { sha256OfText } from '../../src/shared/hash.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { readSamplePages } from '../../src/shared/storage/samples.ts';
import { countRows } from './counts.ts';

export type DatasetTotals = Pick<DatasetRecord, 'imageCount' | 'annotationCount' | 'sizeBytes' | 'counts' | 'contentHash'>;

/** Reads all samples page by page. The content hash is the SHA-256 over `path size hash` lines in path order. */
export async function readTotals(db: Database, datasetId: string): Promise<DatasetTotals> {
  const lines: string[] = [];
  const facets: Omit<CountRow, 'count'>[] = [];
  const totals = { imageCount: 0, annotationCount: 0, sizeBytes: 0 };
  for await (const page of readSamplePages(db, datasetId)) {
    for (const sample of page) {
      totals.imageCount++;
      totals.sizeBytes += sample.sizeBytes;
      if (sample.annotation) totals.annotationCount++;
      facets.push({ domain: sample.domain, split: sample.split, label: sample.label });
      lines.push(contentLine(sample));
    }
  }
  return { ...totals, counts: countRows(facets), contentHash: await sha256OfText(lines.join('')) };
}

function contentLine({ path, sizeBytes, sha256 }: SampleRecord): string {
  return `${path} ${sizeBytes} ${sha256}\n`;
}
