// Full-text search over paths, questions and annotations: an inverted index from words to samples. A query word may be any part
// of a word; all words of a query must occur. The index of one dataset is kept; it is built on the first search.
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { requireDataset } from '../../src/shared/storage/datasets.ts';
import { lastReplaced } from '../../src/shared/storage/replaced-pictures.ts';
import { readSamplePages } from '../../src/shared/storage/samples.ts';
import { throttle } from './pacing.ts';

const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;

/** Words of a text in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().split(BETWEEN_WORDS).filter(Boolean);
}

/** Words to the positions of the samples that hold them. */
export class TextIndex {
  readonly #positions = new Map<string, number[]>();
  #size = 0;

  /** Takes the next sample in path order. */
  add({ path, questionText = '', annotation }: Pick<SampleRecord, 'path' | 'questionText' | 'annotation'>): void {
    const words = new Set(wordsOf(`${path} ${questionText} ${annotation?.question ?? ''} ${annotation?.answer ?? ''}`));
    for (const word of words) {
      const positions = this.#positions.get(word);
      if (positions) positions.push(this.#size);
      else this.#positions.set(word, [this.#size]);
    }
    this.#size++;
  }

  /** One byte per sample: 1 where every word of the query is part of one of its words. */
  search(query: string): Uint8Array<ArrayBuffer> {
    const words = wordsOf(query);
    const found = new Uint8Array(this.#size);
    if (words.length === 0) return found;
    const counts = words.map((word) => this.#samplesWith(word));
    for (let i = 0; i < found.length; i++) found[i] = counts.every((hits) => hits[i] === 1) ? 1 : 0;
    return found;
  }

  #samplesWith(part: string): Uint8Array<ArrayBuffer> {
    const hits = new Uint8Array(this.#size);
    for (const [word, positions] of this.#positions) if (word.includes(part)) for (const position of positions) hits[position] = 1;
    return hits;
  }
}

interface SearchContext {
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
}

/** Keeps the index of the dataset that was searched last; a changed dataset is read anew. */
export class TextSearcher {
  #key = '';
  #index: TextIndex | null = null;

  /** @throws E-MISSING for a dataset that is not stored */
  async search(db: Database, datasetId: string, query: string, { signal, progress }: SearchContext): Promise<Uint8Array<ArrayBuffer>> {
    const { contentHash, imageCount, annotationCount } = await requireDataset(db, datasetId);
    // The content hash is of the pictures: a re-scan may have changed texts alone.
    const key = `${datasetId} ${contentHash} ${imageCount} ${annotationCount} ${await lastReplaced(db, datasetId)}`;
    if (this.#key !== key || !this.#index) {
      this.#index = await buildIndex(db, datasetId, imageCount, { signal, progress });
      this.#key = key;
    }
    return this.#index.search(query);
  }
}

async function buildIndex(db: Database, datasetId: string, total: number, { signal, progress }: SearchContext): Promise<TextIndex> {
  const index = new TextIndex();
  const report = throttle(progress);
  let done = 0;
  for await (const page of readSamplePages(db, datasetId)) {
    signal.throwIfAborted();
    for (const sample of page) index.add(sample);
    done += page.length;
    report({ done, total });
  }
  return index;
}
