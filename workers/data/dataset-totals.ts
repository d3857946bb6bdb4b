// What a dataset's record says of its samples.
import type { DatasetRecord, SampleRecord } from '../../src/shared/domain/sample.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import { EXCLUDED_TAG } from '../../src/shared/sample-choice.ts';
import { FacetCounts } from './counts.ts';
import { KeyIndex } from './drop/key-index.ts';
import { PackedTexts } from './drop/packed-texts.ts';

export type DatasetTotals = Pick<DatasetRecord, 'imageCount' | 'annotationCount' | 'sizeBytes' | 'counts'>;

/** Sums over samples as they come; of each it holds one packed line, some 120 bytes. */
export class RunningTotals {
  #imageCount = 0;
  #annotationCount = 0;
  #sizeBytes = 0;
  readonly #counts = new FacetCounts();
  /** `path size hash` with a line feed. */
  readonly #lines = new PackedTexts();

  add({ path, domain, split, label, sizeBytes, sha256, annotation, tags }: SampleRecord): void {
    this.#imageCount++;
    this.#sizeBytes += sizeBytes;
    if (annotation) this.#annotationCount++;
    if (!tags.includes(EXCLUDED_TAG)) this.#counts.add({ domain, split, label });
    this.#lines.add(`${path} ${sizeBytes} ${sha256}\n`);
  }

  get heldBytes(): number {
    return this.#lines.heldBytes;
  }

  get totals(): DatasetTotals {
    return {
      imageCount: this.#imageCount,
      annotationCount: this.#annotationCount,
      sizeBytes: this.#sizeBytes,
      counts: this.#counts.rows,
    };
  }

  /** Finds the hash of a path among the samples that were added until now. */
  hashFinder(): (path: string) => string | undefined {
    const known = new KeyIndex(this.#lines.length, (line) => partsOf(this.#lines.at(line)).path);
    return (path) => {
      const line = known.first(path);
      return line === undefined ? undefined : partsOf(this.#lines.at(line)).sha256;
    };
  }

  /** SHA-256 over the `path size hash` lines in path order. */
  contentHash(): Promise<string> {
    return sha256Hex(this.#lines.sortedBytes());
  }
}

/** Paths may hold spaces, sizes and hashes not. */
function partsOf(line: string): { path: string; sha256: string } {
  const beforeHash = line.lastIndexOf(' ');
  const beforeSize = line.lastIndexOf(' ', beforeHash - 1);
  return { path: line.slice(0, beforeSize), sha256: line.slice(beforeHash + 1, -1) };
}
