// Decoding with a key/value cache, outside the tape: weights packed once per rollout, one cache row per sequence,
// in-place writes, no tensor that grows.
import type { Tensor } from '@tensorflow/tfjs-core';
import { add, dispose, keep, reshape, tensor, tidy } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { cacheWrite } from '../kernels/cache-write.ts';
import { decodeAttention } from '../kernels/decode-attention.ts';
import { embedding } from '../kernels/embedding.ts';
import { packLinear, type PackedLinear } from '../kernels/pack-linear.ts';
import { rmsNorm } from '../kernels/rms-norm.ts';
import { rope } from '../kernels/rope.ts';
import { swiglu } from '../kernels/swiglu.ts';
import type { LanguageModel } from './language-model.ts';
import { contextError } from './language-model.ts';

const LINEARS = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;
type LinearName = (typeof LINEARS)[number];

/** The decoder's weights in the backend's own order, with the adapter folded in. Stale as soon as the weights change. */
export class PackedDecoder {
  /** Borrowed. */
  readonly model: LanguageModel;
  readonly #layers: Record<LinearName, PackedLinear>[];
  readonly #head: PackedLinear;

  /** @param model borrowed; norms and embeddings are used in place, the rest is copied */
  constructor(model: LanguageModel) {
    this.model = model;
    this.#layers = Array.from({ length: model.config.numLayers }, (_, i) => packLayer(model, i));
    this.#head = packLinear(model.headWeight);
  }

  linear(layer: number, name: LinearName, x: Tensor): Tensor {
    const packed = this.#layers[layer]?.[name];
    if (packed === undefined) throw new WorkbenchError('E-INTERNAL', `The decoder has no layer ${layer}.`);
    return packed.apply(x);
  }

  /** @param hidden [R, C]; borrowed @returns [R, V] */
  logits(hidden: Tensor): Tensor {
    return this.#head.apply(rmsNorm(hidden, this.model.parameter('model.norm.weight'), this.model.config.rmsNormEpsilon));
  }

  dispose(): void {
    for (const layer of this.#layers) for (const name of LINEARS) layer[name].dispose();
    this.#head.dispose();
  }
}

function packLayer(model: LanguageModel, layer: number): Record<LinearName, PackedLinear> {
  const pack = (name: LinearName): PackedLinear => {
    const merged = model.effectiveWeight(`model.layers.${layer}.${name}`);
    const packed = packLinear(merged.weight);
    if (merged.owned) merged.weight.dispose();
    return packed;
  };
  return {
    'self_attn.q_proj': pack('self_attn.q_proj'),
    'self_attn.k_proj': pack('self_attn.k_proj'),
    'self_attn.v_proj': pack('self_attn.v_proj'),
    'self_attn.o_proj': pack('self_attn.o_proj'),
    'mlp.gate_proj': pack('mlp.gate_proj'),
    'mlp.up_proj': pack('mlp.up_proj'),
    'mlp.down_proj': pack('mlp.down_proj'),
  };
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

interface LayerCache {
  /** [R, M, KV * D] */
  keys: Tensor;
  /** [R, M, KV * D] */
  values: Tensor;
}

const int32 = (values: ArrayLike<number>, shape: number[]): Tensor => tensor(Int32Array.from(values), shape, 'int32');

/** Sequences under way. Owns the caches; borrows the packed weights. */
export class DecodeSession {
  readonly #decoder: PackedDecoder;
  #caches: LayerCache[] = [];
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
    return { session, logits: session.#fill(prefill) };
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
        this.#caches.push({ keys: keep(spread(keys, cacheRows)), values: keep(spread(values, cacheRows)) });
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
    const R = this.rows;
    if (Math.max(...this.#lengths) >= this.#capacity) throw new WorkbenchError('E-INTERNAL', 'The cache is full.');
    return tidy(() => {
      const positions = int32(this.#lengths, [R]);
      this.#lengths = this.#lengths.map((length) => length + 1);
      const lengths = int32(this.#lengths, [R]);
      let x = embedding(this.#decoder.model.embeddingTable, ids);
      for (const [layer, cache] of this.#caches.entries()) x = this.#layer(x, layer, cache, positions, lengths);
      return this.#decoder.logits(x);
    });
  }

  #layer(x: Tensor, layer: number, cache: LayerCache, positions: Tensor, lengths: Tensor): Tensor {
    const { model } = this.#decoder;
    const { rmsNormEpsilon } = model.config;
    const project = (name: LinearName, input: Tensor): Tensor => this.#decoder.linear(layer, name, input);
    const normed = rmsNorm(x, model.parameter(`model.layers.${layer}.input_layernorm.weight`), rmsNormEpsilon);
    const attended = add(x, project('self_attn.o_proj', this.#attend(normed, layer, cache, positions, lengths)));
    const fed = rmsNorm(attended, model.parameter(`model.layers.${layer}.post_attention_layernorm.weight`), rmsNormEpsilon);
    return add(attended, project('mlp.down_proj', swiglu(project('mlp.gate_proj', fed), project('mlp.up_proj', fed))));
  }

  #attend(normed: Tensor, layer: number, cache: LayerCache, positions: Tensor, lengths: Tensor): Tensor {
    const { numHeads, numKeyValueHeads } = this.#decoder.model.config;
    const rotated = (name: LinearName, heads: number): Tensor => this.#rotate(this.#decoder.linear(layer, name, normed), positions, heads);
    const q = rotated('self_attn.q_proj', numHeads);
    cacheWrite(cache.keys, rotated('self_attn.k_proj', numKeyValueHeads), positions);
    cacheWrite(cache.values, this.#decoder.linear(layer, 'self_attn.v_proj', normed), positions);
    return decodeAttention(q, cache.keys, cache.values, lengths, numHeads, numKeyValueHeads);
  }

  /** @param x [R, heads * D] */
  #rotate(x: Tensor, positions: Tensor, heads: number): Tensor {
    const { cos, sin } = this.#decoder.model.rope;
    const [R = 0, width = 0] = x.shape;
    return reshape(rope(reshape(x, [R, 1, width]), cos, sin, positions, heads), [R, width]);
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
    this.#caches = this.#caches.map(({ keys, values }) => ({ keys: shrink(keys), values: shrink(values) }));
    this.#lengths = rows.map((row) => this.#lengths[row] ?? 0);
    index.dispose();
  }

  dispose(): void {
    for (const { keys, values } of this.#caches) dispose([keys, values]);
    this.#caches = [];
  }
}

/** Copies rows of [P, T, W] into a cache [R, M, W]; what lies beyond a prompt is overwritten before it is read. */
function spread(x: Tensor, rows: Tensor): Tensor {
  const [, , width = 0] = x.shape;
  return embedding(reshape(x, [-1, width]), rows);
}
