// What a dataset's record says of its samples.
import type { DatasetRecord, SampleRecord } from '../../src/shared/domain/sample.ts';
import { sha256OfText } from '../../src/shared/hash.ts';
import { EXCLUDED_TAG } from '../../src/shared/sample-choice.ts';
import { FacetCounts } from './counts.ts';

export type DatasetTotals = Pick<DatasetRecord, 'imageCount' | 'annotationCount' | 'sizeBytes' | 'counts'>;

/** Sums over samples as they come. */
export class RunningTotals {
  #imageCount = 0;
  #annotationCount = 0;
  #sizeBytes = 0;
  readonly #counts = new FacetCounts();
  readonly #lines: string[] = [];

  add({ path, domain, split, label, sizeBytes, sha256, annotation, tags }: SampleRecord): void {
    this.#imageCount++;
    this.#sizeBytes += sizeBytes;
    if (annotation) this.#annotationCount++;
    if (!tags.includes(EXCLUDED_TAG)) this.#counts.add({ domain, split, label });
    this.#lines.push(`${path} ${sizeBytes} ${sha256}\n`);
  }

  get totals(): DatasetTotals {
    return {
      imageCount: this.#imageCount,
      annotationCount: this.#annotationCount,
      sizeBytes: this.#sizeBytes,
      counts: this.#counts.rows,
    };
  }

  /** SHA-256 over the `path size hash` lines in path order. */
  contentHash(): Promise<string> {
    return sha256OfText([...this.#lines].sort().join(''));
  }
}
