// The jobs of one new token for every sequence of a batch, on fixed addresses: no tensor between the layers.
import type { Tensor } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import type { SimdBackend } from '../../backends/simd/backend.ts';
import type { JobSink } from '../../backends/simd/job-list.ts';
import type { DecodeModel, LayerCache, MergedLinears } from '../decode-step.ts';
import { Op } from './assembly/op-codes.ts';
import { multiplyPacked } from './matmul.ts';
import { rowsPerChunk } from './simd-call.ts';
import { drawScratch } from './tokens.ts';

/** Lengths of one binding. */
export interface DecoderSizes {
  /** Sequences. */
  R: number;
  /** Width. */
  C: number;
  /** Feed-forward width. */
  F: number;
  /** Cache length. */
  M: number;
  /** Vocabulary. */
  V: number;
  H: number;
  KV: number;
  /** Head width. */
  D: number;
}

/** Addresses of what the jobs read and write besides weights and caches, in one block. */
export interface DecoderPlaces {
  /** Newest token of each sequence: fed, then drawn; int32 [R]. */
  ids: number;
  /** Where its keys and values go; int32 [R]. */
  positions: number;
  /** int32 [R] */
  rowIds: number;
  /** [R] */
  logProbs: number;
  /** [R] */
  entropies: number;
  /** Residual stream [R, C]. */
  x: number;
  /** Normed, or attended, [R, C]. */
  h: number;
  /** [R, (H + 2 KV) D] */
  qkv: number;
  /** [R, 2 F] */
  gateUp: number;
  /** [R, F] */
  gated: number;
  /** [R, V] */
  logits: number;
  /** End of the block. */
  end: number;
}

/** @param base address of the block */
export function placeDecoder({ R, C, F, V, H, KV, D }: DecoderSizes, base: number): DecoderPlaces {
  let end = base;
  const rowsOf = (words: number): number => {
    const at = end;
    end += 64 * Math.ceil((R * words) / 16);
    return at;
  };
  const [ids, positions, rowIds, logProbs, entropies] = [rowsOf(1), rowsOf(1), rowsOf(1), rowsOf(1), rowsOf(1)];
  const [x, h, qkv, gateUp, gated, logits] = [rowsOf(C), rowsOf(C), rowsOf((H + 2 * KV) * D), rowsOf(2 * F), rowsOf(F), rowsOf(V)];
  return { ids, positions, rowIds, logProbs, entropies, x, h, qkv, gateUp, gated, logits, end };
}

/** @throws WorkbenchError E-INTERNAL when the layer was packed for another backend */
function mergedLinears({ layers }: DecodeModel, layer: number): MergedLinears {
  const packed = layers[layer]?.packed.packed;
  if (packed?.kind === 'merged') return packed.linears;
  throw new WorkbenchError('E-INTERNAL', `Decoder layer ${layer} was packed for another backend.`);
}

/** @throws WorkbenchError E-INTERNAL when the parts do not fit */
export function decoderSizes(model: DecodeModel, caches: readonly LayerCache[]): DecoderSizes {
  const { numHeads: H, numKeyValueHeads: KV, table, head } = model;
  const [R = 0, M = 0] = caches[0]?.keys.shape ?? [];
  const [rows = 0, C = 0] = table.shape;
  if (rows < head.outFeatures) throw new WorkbenchError('E-INTERNAL', 'The head has more tokens than the embedding table.');
  return { R, C, M, H, KV, D: C / H, V: head.outFeatures, F: mergedLinears(model, 0).down.inFeatures };
}

/** A quarter of the batch: chunks of the jobs that are long enough to share. */
const quarter = (R: number): number => Math.ceil(R / 4);

/** Hands the jobs of one token of some sequences to a sink. Everything is borrowed. */
export class DecoderJobs {
  readonly #sink: JobSink;
  readonly #backend: SimdBackend;
  readonly #model: DecodeModel;
  readonly #sizes: DecoderSizes;
  readonly #places: DecoderPlaces;
  /** The sequences' first row of the caches. */
  readonly #firstRow: number;

  constructor(sink: JobSink, backend: SimdBackend, model: DecodeModel, sizes: DecoderSizes, places: DecoderPlaces, firstRow: number) {
    this.#sink = sink;
    this.#backend = backend;
    this.#model = model;
    this.#sizes = sizes;
    this.#places = places;
    this.#firstRow = firstRow;
  }

  /** ids -> logits; one row of each cache is written. */
  feed(caches: readonly LayerCache[]): void {
    const { R, C, V } = this.#sizes;
    const { ids, x, h, logits } = this.#places;
    this.#sink.run(Op.embedding, R, rowsPerChunk(C), [this.#at(this.#model.table), ids, x, C]);
    for (const [i, layer] of this.#model.layers.entries()) {
      const { qkv, output, gateUp, down } = mergedLinears(this.#model, i);
      const cache = caches[i];
      if (!cache) throw new WorkbenchError('E-INTERNAL', `Decoder layer ${i} has no cache.`);
      this.#norm(layer.inputNorm);
      this.#attention(qkv.packed, cache, output.packed);
      this.#norm(layer.postNorm);
      this.#feedForward(gateUp.packed, down.packed);
    }
    this.#norm(this.#model.finalNorm);
    this.#multiply(h, logits, V, C, this.#model.head.packed);
  }

  /** logits -> ids, log-probabilities, entropies. The arguments are those of `drawArguments`, new for each token. */
  draw(): void {
    const { R, V } = this.#sizes;
    this.#sink.needScratch(drawScratch(V));
    this.#sink.run(Op.sampleTokens, R, quarter(R), []);
  }

  /** Stores what was drawn and counts on. The arguments are new for each list of tokens. */
  keep(): void {
    this.#sink.run(Op.keepTokens, 1, 1, []);
  }

  #at(tensor: Tensor): number {
    return this.#backend.pointer(tensor);
  }

  /** c = a W (+ d) */
  #multiply(a: number, c: number, N: number, K: number, packed: Tensor, d = 0): void {
    multiplyPacked(this.#sink, { a, c, M: this.#sizes.R, N, K, d, dStride: 4 * N }, this.#at(packed));
  }

  /** h = rmsNorm(x) */
  #norm(weight: Tensor): void {
    const { R, C } = this.#sizes;
    const { x, h } = this.#places;
    this.#sink.run(Op.rmsNorm, R, rowsPerChunk(C), [x, this.#at(weight), h, 0, C], [this.#model.epsilon]);
  }

  /** x += W attention(h) */
  #attention(qkv: Tensor, { keys, values }: LayerCache, output: Tensor): void {
    const { R, C, M, H, KV, D } = this.#sizes;
    const { cos, sin } = this.#model;
    const place = this.#places;
    this.#multiply(place.h, place.qkv, (H + 2 * KV) * D, C, qkv);
    this.#sink.needScratch(4 * H * (M + 4) + 64);
    const row = 4 * this.#firstRow * M * KV * D;
    const inputs = [place.qkv, this.#at(cos), this.#at(sin), place.positions, this.#at(keys) + row, this.#at(values) + row];
    this.#sink.run(Op.decodeHeads, R, Math.ceil(R / 8), [...inputs, place.h, M, D, H, KV], [1 / Math.sqrt(D)]);
    this.#multiply(place.h, place.x, C, C, output, place.x);
  }

  /** x += W swiglu(h) */
  #feedForward(gateUp: Tensor, down: Tensor): void {
    const { R, C, F } = this.#sizes;
    const place = this.#places;
    this.#multiply(place.h, place.gateUp, 2 * F, C, gateUp);
    this.#sink.run(Op.swigluPairs, R, quarter(R), [place.gateUp, place.gated, F]);
    this.#multiply(place.gated, place.x, C, F, down, place.x);
  }
}
