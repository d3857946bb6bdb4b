// Cosines of pictures with keyword phrases, for the visual consistency reward. Each phrase is encoded once.
import type { Tokenizer } from '../text/tokenizer.ts';
import type { ClipModel } from './clip.ts';

/** Phrases per call of the text tower. */
const BATCH = 64;
/** Cosines never need more; a rollout of 60 steps makes a few hundred phrases. */
const CACHE_LIMIT = 20_000;

/** Owns a cache of text features; borrows tower and tokenizer. Features depend on the tower only, which stays frozen. */
export class KeywordEncoder {
  readonly #clip: ClipModel;
  readonly #tokenizer: Tokenizer;
  readonly #features = new Map<string, Float32Array>();

  constructor(clip: ClipModel, tokenizer: Tokenizer) {
    this.#clip = clip;
    this.#tokenizer = tokenizer;
  }

  /** Encodes the phrases that are not known yet. */
  async encode(phrases: Iterable<string>): Promise<void> {
    if (this.#features.size > CACHE_LIMIT) this.#features.clear();
    const unknown = [...new Set(phrases)].filter((phrase) => !this.#features.has(phrase));
    for (let start = 0; start < unknown.length; start += BATCH) await this.#encodeBatch(unknown.slice(start, start + BATCH));
  }

  async #encodeBatch(phrases: string[]): Promise<void> {
    const features = this.#clip.encodeText(phrases.map((phrase) => this.#idsOf(phrase)));
    try {
      const values = await features.data<'float32'>();
      const width = this.#clip.config.embedDim;
      for (const [i, phrase] of phrases.entries())
        this.#features.set(phrase, Float32Array.from(values.subarray(i * width, (i + 1) * width)));
    } finally {
      features.dispose();
    }
  }

  /** Token ids, cut to the context with the end token kept, as open_clip cuts. */
  #idsOf(phrase: string): number[] {
    const { ids } = this.#tokenizer.encode(phrase);
    const { contextLength } = this.#clip.config.text;
    return ids.length <= contextLength ? ids : [...ids.slice(0, contextLength - 1), ...ids.slice(-1)];
  }

  /** Unit-length features of a phrase, null before `encode`. Borrowed. */
  featuresOf(phrase: string): Float32Array | null {
    return this.#features.get(phrase) ?? null;
  }

  /**
   * @param imageFeatures unit length, [E]
   * @returns the cosine, or null for a phrase that was not encoded
   */
  cosine(imageFeatures: Float32Array, phrase: string): number | null {
    const features = this.#features.get(phrase);
    if (!features) return null;
    let dot = 0;
    for (let i = 0; i < features.length; i++) dot += (features[i] ?? 0) * (imageFeatures[i] ?? 0);
    return dot;
  }
}
