// Writing completions: greedy or sampled, finished rows dropped, tokens read back a few steps at a time.
import type { Tensor } from '@tensorflow/tfjs-core';
import { cast, concat, dispose, stack, tensor, tidy } from '@tensorflow/tfjs-core';
import type { WeightPrecision } from '../kernels/pack-linear.ts';
import { sampleTokens, type SampledTokens, type SamplingSettings } from '../kernels/sample-tokens.ts';
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
   * Completions of a batch of prompts; each prompt is computed once.
   * @param visionTokens [I, S, D]; borrowed; may be null when no prompt shows an image
   * @returns prompt by prompt, numGenerations each
   * @throws WorkbenchError E-CONTEXT; the signal's reason when aborted
   */
  async generate(prompts: readonly Prompt[], visionTokens: Tensor | null, options: GenerateOptions): Promise<Completion[]> {
    const { numGenerations = 1 } = options;
    for (const { ids } of prompts) this.#model.assertFits(ids, options.maxNewTokens);
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

/** One batch from the first token to the last. Owns session, logits and pending samples. */
class Rollout {
  readonly #session: DecodeSession;
  readonly #options: RolloutOptions;
  readonly #completions: Completion[];
  /** Completion number of each sequence of the session. */
  #active: number[];
  #logits: Tensor;
  #rowIds: Tensor;
  /** Sampled but not read back yet. */
  #pending: SampledTokens[] = [];

  constructor(session: DecodeSession, logits: Tensor, options: RolloutOptions) {
    this.#session = session;
    this.#logits = logits;
    this.#options = options;
    this.#active = Array.from({ length: session.rows }, (_, row) => row);
    this.#completions = this.#active.map(() => ({ ids: [], logProbs: [], entropies: [], terminated: false }));
    this.#rowIds = this.#makeRowIds();
  }

  async run(): Promise<Completion[]> {
    const { maxNewTokens, chunk = 8, signal } = this.#options;
    try {
      for (let step = 0; step < maxNewTokens; step++) {
        signal?.throwIfAborted();
        this.#sample(step);
        const isLast = step === maxNewTokens - 1;
        if ((step + 1) % chunk === 0 || isLast) {
          const newest = await this.#collect();
          if (newest.length === 0 || isLast) break;
          this.#advanceWith(newest);
        } else {
          this.#advance();
        }
      }
      return this.#completions;
    } finally {
      this.#dispose();
    }
  }

  #makeRowIds(): Tensor {
    const { firstRowId = 0 } = this.#options;
    return tensor(
      Int32Array.from(this.#active, (row) => firstRowId + row),
      [this.#active.length],
      'int32',
    );
  }

  #sample(step: number): void {
    this.#pending.push(sampleTokens(this.#logits, this.#rowIds, step, this.#options));
    this.#logits.dispose();
  }

  /** Feeds the newest sample, which need not be read back for that. */
  #advance(): void {
    const ids = this.#pending.at(-1)?.ids;
    if (ids !== undefined) this.#logits = this.#session.step(ids);
  }

  #advanceWith(newest: number[]): void {
    const ids = tensor(newest, [newest.length], 'int32');
    this.#logits = this.#session.step(ids);
    ids.dispose();
  }

  /**
   * Reads the pending tokens (a GPU sync point) and drops finished sequences where that pays.
   * @returns the newest id of each sequence of the session; none when all are finished
   */
  async #collect(): Promise<number[]> {
    const steps = this.#pending.length;
    const values = await this.#readPending();
    const rows = this.#active.length;
    for (const [slot, row] of this.#active.entries()) {
      const column = (part: number): number[] =>
        Array.from({ length: steps }, (_, step) => values[(part * steps + step) * rows + slot] ?? 0);
      if (!this.#isFinished(row)) this.#append(row, column(0), column(1), column(2));
    }
    await yieldToEvents();
    const unfinished = this.#active.flatMap((row, slot) => (this.#isFinished(row) ? [] : [slot]));
    if (unfinished.length === 0) return [];
    const kept = unfinished.length <= COMPACTION_SHARE * rows ? unfinished : this.#active.map((_, slot) => slot);
    if (kept.length < rows) this.#compact(kept);
    return kept.map((slot) => values[(steps - 1) * rows + slot] ?? 0);
  }

  #isFinished(row: number): boolean {
    return this.#completions[row]?.terminated ?? false;
  }

  /** [3, steps, R]: ids, log-probabilities, entropies, in one transfer. */
  async #readPending(): Promise<Float32Array> {
    const pending = this.#pending;
    this.#pending = [];
    const stacked = tidy(() => {
      const ids = pending.map((sample) => cast(sample.ids, 'float32'));
      return concat([stack(ids), stack(pending.map((sample) => sample.logProbs)), stack(pending.map((sample) => sample.entropy))], 0);
    });
    for (const sample of pending) dispose([sample.ids, sample.logProbs, sample.entropy]);
    try {
      return await stacked.data<'float32'>();
    } finally {
      stacked.dispose();
    }
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
    this.#rowIds.dispose();
    this.#rowIds = this.#makeRowIds();
  }

  #dispose(): void {
    this.#session.dispose();
    dispose([this.#logits, this.#rowIds, ...this.#pending.flatMap((sample) => [sample.ids, sample.logProbs, sample.entropy])]);
    this.#pending = [];
  }
}
