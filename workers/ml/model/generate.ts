// Writing completions: greedy or sampled, finished rows dropped, tokens read back a few steps at a time.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DrawRequest } from '../kernels/decode-step.ts';
import type { WeightPrecision } from '../kernels/pack-linear.ts';
import type { SamplingSettings } from '../kernels/sample-tokens.ts';
import { DecodeSession, PackedDecoder } from './decoder.ts';
import type { DxLlava } from './dx-llava.ts';
import { yieldToEvents } from './yield-to-events.ts';

/** A prompt: token ids with at most one image id, and the image of the batch that it shows. */
export interface Prompt {
  ids: ArrayLike<number>;
  image: number;
}

export interface GenerateOptions extends SamplingSettings {
  maxNewTokens: number;
  /** Completions of each prompt (G); 1 by default. */
  numGenerations?: number;
  /** Number of the first completion. A completion's tokens depend on seed and number, not on its batch. */
  firstRowId?: number;
  /** Tokens between two read-backs. Few waste less on finished rows, many wait less for a GPU. */
  chunk?: number;
  signal?: AbortSignal;
  /** Called for each completion that got tokens since the last call. */
  onTokens?: (row: number, newIds: readonly number[]) => void;
}

/** One completion. The lists have one entry per token, the end-of-text token included. */
export interface Completion {
  ids: number[];
  /** Under the sampling temperature, before top-p. */
  logProbs: number[];
  /** Nats. */
  entropies: number[];
  /** Ended by end of text, not by the length limit. */
  terminated: boolean;
}

/** Writes completions with packed weights. Make a new one after the weights changed. */
export class Generator {
  readonly #model: DxLlava;
  readonly #decoder: PackedDecoder;

  /** @param model borrowed @param precision of the weights that each token reads; prompts are computed in f32 */
  constructor(model: DxLlava, precision?: WeightPrecision) {
    this.#model = model;
    this.#decoder = new PackedDecoder(model.language, precision);
  }

  /**
   * Completions of a batch of prompts; each prompt is computed once. As in the reference, `tokenizer_model_max_length` bounds the
   * prompt alone and the number of positions the whole; who trains or reads out on the completions bounds these beforehand.
   * @param visionTokens [I, S, D]; borrowed; may be null when no prompt shows an image
   * @returns prompt by prompt, numGenerations each
   * @throws WorkbenchError E-CONTEXT; the signal's reason when aborted
   */
  async generate(prompts: readonly Prompt[], visionTokens: Tensor | null, options: GenerateOptions): Promise<Completion[]> {
    const { numGenerations = 1 } = options;
    for (const { ids } of prompts) this.#model.assertFits(ids);
    const layout = this.#model.layout(prompts);
    const promptOfRow = prompts.flatMap((_, p) => Array.from({ length: numGenerations }, () => p));
    const embeddings = this.#model.embed(layout, visionTokens);
    try {
      const opened = DecodeSession.open(this.#decoder, {
        embeddings,
        lengths: layout.lengths,
        promptOfRow,
        maxNewTokens: options.maxNewTokens,
      });
      return await new Rollout(opened.session, opened.logits, { ...options, eosTokenId: this.#model.config.eosTokenId }).run();
    } finally {
      embeddings.dispose();
    }
  }

  dispose(): void {
    this.#decoder.dispose();
  }
}

/** Finished sequences are dropped when at most this share goes on: dropping copies the whole cache. */
const COMPACTION_SHARE = 0.8;

interface RolloutOptions extends GenerateOptions {
  eosTokenId: number;
}

/** One batch from the first token to the last. Owns session and logits. */
class Rollout {
  readonly #session: DecodeSession;
  readonly #options: RolloutOptions;
  readonly #completions: Completion[];
  /** Completion number of each sequence of the session. */
  #active: number[];
  /** Of the first token. */
  readonly #logits: Tensor;

  constructor(session: DecodeSession, logits: Tensor, options: RolloutOptions) {
    this.#session = session;
    this.#logits = logits;
    this.#options = options;
    this.#active = Array.from({ length: session.rows }, (_, row) => row);
    this.#completions = this.#active.map(() => ({ ids: [], logProbs: [], entropies: [], terminated: false }));
  }

  async run(): Promise<Completion[]> {
    const { maxNewTokens, chunk = 8, signal } = this.#options;
    let from: DrawRequest['from'] = { logits: this.#logits };
    try {
      for (let step = 0; step < maxNewTokens; step += chunk) {
        signal?.throwIfAborted();
        const count = Math.min(chunk, maxNewTokens - step);
        const ids = this.#collect(await this.#draw(from, step, count), count);
        await yieldToEvents();
        if (ids.length === 0) break;
        from = { ids };
      }
      return this.#completions;
    } finally {
      this.#session.dispose();
      this.#logits.dispose();
    }
  }

  #draw(from: DrawRequest['from'], firstStep: number, count: number): Promise<Float32Array> {
    const { firstRowId = 0, temperature, topP, seed } = this.#options;
    const rowIds = this.#active.map((row) => firstRowId + row);
    return this.#session.draw({ from, rowIds, firstStep, count, temperature, topP, seed });
  }

  /**
   * Hands the drawn tokens to their completions and drops finished sequences where that pays.
   * @param drawn [3, steps, R]
   * @returns the newest id of each sequence of the session; none when all are finished
   */
  #collect(drawn: Float32Array, steps: number): number[] {
    const rows = this.#active.length;
    for (const [slot, row] of this.#active.entries()) {
      const column = (part: number): number[] =>
        Array.from({ length: steps }, (_, step) => drawn[(part * steps + step) * rows + slot] ?? 0);
      if (!this.#isFinished(row)) this.#append(row, column(0), column(1), column(2));
    }
    const unfinished = this.#active.flatMap((row, slot) => (this.#isFinished(row) ? [] : [slot]));
    if (unfinished.length === 0) return [];
    const kept = unfinished.length <= COMPACTION_SHARE * rows ? unfinished : this.#active.map((_, slot) => slot);
    if (kept.length < rows) this.#compact(kept);
    return kept.map((slot) => drawn[(steps - 1) * rows + slot] ?? 0);
  }

  #isFinished(row: number): boolean {
    return this.#completions[row]?.terminated ?? false;
  }

  #append(row: number, ids: number[], logProbs: number[], entropies: number[]): void {
    const completion = this.#completions[row];
    if (completion === undefined) return;
    const end = ids.indexOf(this.#options.eosTokenId);
    const count = end < 0 ? ids.length : end + 1;
    completion.ids.push(...ids.slice(0, count));
    completion.logProbs.push(...logProbs.slice(0, count));
    completion.entropies.push(...entropies.slice(0, count));
    completion.terminated = end >= 0;
    this.#options.onTokens?.(row, ids.slice(0, count));
  }

  #compact(kept: readonly number[]): void {
    this.#session.compact(kept);
    this.#active = kept.map((slot) => this.#active[slot] ?? 0);
  }
}
