// Decoding with a key/value cache, outside the tape: weights packed once per rollout, one cache row per sequence,
// in-place writes, no tensor that grows.
import type { Tensor } from '@tensorflow/tfjs-core';
import { dispose, engine, keep, reshape, tensor, tidy } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { bindDecoder } from '../kernels/bind-decoder.ts';
import { mapLinears, PackedDecodeLayer } from '../kernels/decode-step.ts';
import type { BoundDecoder, DecodeLinears, DrawRequest, LayerCache } from '../kernels/decode-step.ts';
import { embedding } from '../kernels/embedding.ts';
import { packLinear, type PackedLinear, type WeightPrecision } from '../kernels/pack-linear.ts';
import { rmsNorm } from '../kernels/rms-norm.ts';
import type { LanguageModel } from './language-model.ts';
import { contextError } from './language-model.ts';

/** Where the Linear layers of a decoder layer are found. */
const LINEARS: DecodeLinears<string> = {
  q: 'self_attn.q_proj',
  k: 'self_attn.k_proj',
  v: 'self_attn.v_proj',
  output: 'self_attn.o_proj',
  gate: 'mlp.gate_proj',
  up: 'mlp.up_proj',
  down: 'mlp.down_proj',
};

/** The decoder's weights in the backend's own order, with the adapter folded in. Stale as soon as the weights change. */
export class PackedDecoder {
  /** Borrowed. */
  readonly model: LanguageModel;
  readonly #layers: PackedDecodeLayer[];
  readonly #head: PackedLinear;

  /**
   * @param model borrowed; norms and embeddings are used in place, the rest is copied
   * @param precision of the copies; less than f32 changes the numbers
   */
  constructor(model: LanguageModel, precision: WeightPrecision = 'f32') {
    this.model = model;
    this.#layers = [];
    try {
      for (let i = 0; i < model.config.numLayers; i++) this.#layers.push(packLayer(model, i, precision));
      this.#head = packLinear(model.headWeight, precision);
    } catch (error) {
      for (const layer of this.#layers) layer.dispose();
      throw error;
    }
  }

  /** @param caches one per layer; borrowed @returns owned by the caller */
  bind(caches: readonly LayerCache[]): BoundDecoder {
    const { model } = this;
    const norm = (layer: number, name: string): Tensor => model.parameter(`model.layers.${layer}.${name}.weight`);
    const layers = this.#layers.map((packed, i) => ({
      inputNorm: norm(i, 'input_layernorm'),
      postNorm: norm(i, 'post_attention_layernorm'),
      packed,
    }));
    const { numHeads, numKeyValueHeads, rmsNormEpsilon: epsilon } = model.config;
    const { cos, sin } = model.rope;
    const finalNorm = model.parameter('model.norm.weight');
    const shared = { table: model.embeddingTable, cos, sin, finalNorm, head: this.#head, numHeads, numKeyValueHeads, epsilon };
    return bindDecoder({ ...shared, layers }, caches);
  }

  /** @param hidden [R, C]; borrowed @returns [R, V] */
  logits(hidden: Tensor): Tensor {
    return this.#head.apply(rmsNorm(hidden, this.model.parameter('model.norm.weight'), this.model.config.rmsNormEpsilon));
  }

  dispose(): void {
    for (const layer of this.#layers) layer.dispose();
    this.#head.dispose();
  }
}

/** Weights with the adapter folded in go with the scope, and so does what is packed already when memory ends in between. */
function packLayer(model: LanguageModel, layer: number, precision: WeightPrecision): PackedDecodeLayer {
  engine().startScope();
  try {
    const weights = mapLinears(LINEARS, (name) => model.effectiveWeight(`model.layers.${layer}.${name}`));
    return new PackedDecodeLayer(weights, precision).keep();
  } finally {
    engine().endScope();
  }
}

/** Prompts that open a session. */
export interface Prefill {
  /** [P, T, C], right-padded; borrowed */
  embeddings: Tensor;
  /** Of each prompt, in 1..T. */
  lengths: readonly number[];
  /** [R]: which prompt each sequence continues; a prompt is computed once however often it is named. */
  promptOfRow: readonly number[];
  /** Most tokens that will be fed after the prompt. */
  maxNewTokens: number;
}

const int32 = (values: ArrayLike<number>, shape: number[]): Tensor => tensor(Int32Array.from(values), shape, 'int32');

/** Sequences under way. Owns the caches; borrows the packed weights. */
export class DecodeSession {
  readonly #decoder: PackedDecoder;
  #caches: LayerCache[] = [];
  /** Bound to the present caches. */
  #bound: BoundDecoder | null = null;
  /** Tokens in the cache of each sequence, which is the position of its next token. */
  #lengths: number[];
  readonly #capacity: number;

  private constructor(decoder: PackedDecoder, lengths: number[], capacity: number) {
    this.#decoder = decoder;
    this.#lengths = lengths;
    this.#capacity = capacity;
  }

  /**
   * Computes the prompts and fills the caches.
   * @returns the session and the logits [R, V] of the first new token, both owned by the caller
   * @throws WorkbenchError E-CONTEXT when a prompt leaves no room
   */
  static open(decoder: PackedDecoder, prefill: Prefill): { session: DecodeSession; logits: Tensor } {
    const { maxPositions } = decoder.model.config;
    const longest = Math.max(...prefill.lengths);
    if (longest + prefill.maxNewTokens > maxPositions) throw contextError(longest + prefill.maxNewTokens, maxPositions);
    const lengths = prefill.promptOfRow.map((p) => prefill.lengths[p] ?? 0);
    const session = new DecodeSession(decoder, lengths, longest + prefill.maxNewTokens);
    try {
      return { session, logits: session.#fill(prefill) };
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  /** R, sequences that are still decoded. */
  get rows(): number {
    return this.#lengths.length;
  }

  #fill({ embeddings, lengths, promptOfRow }: Prefill): Tensor {
    const [, T = 0] = embeddings.shape;
    const sources = Int32Array.from({ length: promptOfRow.length * this.#capacity }, (_, i) => {
      const prompt = promptOfRow[Math.floor(i / this.#capacity)] ?? 0;
      return prompt * T + Math.min(i % this.#capacity, T - 1);
    });
    return tidy(() => {
      const cacheRows = int32(sources, [promptOfRow.length, this.#capacity]);
      const onKeyValues = (_: number, keys: Tensor, values: Tensor): void => {
        const cache = { keys: spread(keys, cacheRows), values: spread(values, cacheRows) };
        this.#caches.push({ keys: keep(cache.keys), values: keep(cache.values) });
      };
      const positions = Int32Array.from(lengths, (length, p) => p * T + length - 1);
      const last = this.#decoder.model.hidden(embeddings, { onKeyValues, positions });
      return embedding(this.#decoder.logits(last), int32(promptOfRow, [promptOfRow.length]));
    });
  }

  /**
   * Feeds one token to every sequence.
   * @param ids int32 [R]; borrowed
   * @returns logits [R, V] of the next token, owned by the caller
   */
  step(ids: Tensor): Tensor {
    const logits = this.#bind(1).step(ids, this.#lengths);
    this.#advance(1);
    return logits;
  }

  /**
   * Draws tokens and feeds all but the newest of them.
   * @param request as for `BoundDecoder.draw`; the session knows the positions
   * @returns [3, count, R]: ids, log-probabilities, entropies
   */
  async draw(request: Omit<DrawRequest, 'positions'>): Promise<Float32Array> {
    const fed = request.count - ('logits' in request.from ? 1 : 0);
    const drawn = await this.#bind(fed).draw({ ...request, positions: this.#lengths });
    this.#advance(fed);
    return drawn;
  }

  /** @param fed tokens for which the caches must have room */
  #bind(fed: number): BoundDecoder {
    if (Math.max(...this.#lengths) + fed > this.#capacity) throw new WorkbenchError('E-INTERNAL', 'The cache is full.');
    return (this.#bound ??= this.#decoder.bind(this.#caches));
  }

  #advance(fed: number): void {
    this.#lengths = this.#lengths.map((length) => length + fed);
  }

  #unbind(): void {
    this.#bound?.dispose();
    this.#bound = null;
  }

  /**
   * Keeps only some sequences, in the given order.
   * @param rows indices into the present sequences
   */
  compact(rows: readonly number[]): void {
    const index = int32(rows, [rows.length]);
    const shrink = (cache: Tensor): Tensor => {
      const [R = 0, M = 0, width = 0] = cache.shape;
      const kept = tidy(() => reshape(embedding(reshape(cache, [R, M * width]), index), [rows.length, M, width]));
      cache.dispose();
      return kept;
    };
    this.#unbind();
    try {
      for (const cache of this.#caches) {
        cache.keys = shrink(cache.keys);
        cache.values = shrink(cache.values);
      }
    } finally {
      index.dispose();
    }
    this.#lengths = rows.map((row) => this.#lengths[row] ?? 0);
  }

  dispose(): void {
    this.#unbind();
    for (const { keys, values } of this.#caches) dispose([keys, values]);
    this.#caches = [];
  }
}

/** Copies rows of [P, T, W] into a cache [R, M, W]; what lies beyond a prompt is overwritten before it is read. */
function spread(x: Tensor, rows: Tensor): Tensor {
  const [, , width = 0] = x.shape;
  return embedding(reshape(x, [-1, width]), rows);
}
