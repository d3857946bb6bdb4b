// One new token for every sequence: the whole LLaMA decoder against its key/value caches, outside the tape. A backend may register a
// decoder of its own, which works on merged products (q, k and v; gate and up); the others compose it of the ops of this folder.
import { concat, getBackend, keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { packLinear, type PackedLinear, type WeightPrecision } from './pack-linear.ts';
import type { SamplingSettings } from './sample-tokens.ts';

/** The Linear layers of one decoder layer, [out, in] each. */
export interface DecodeLinears<T> {
  q: T;
  k: T;
  v: T;
  output: T;
  gate: T;
  up: T;
  down: T;
}

/** The same for each Linear layer. */
export function mapLinears<A, B>({ q, k, v, output, gate, up, down }: DecodeLinears<A>, f: (one: A) => B): DecodeLinears<B> {
  return { q: f(q), k: f(k), v: f(v), output: f(output), gate: f(gate), up: f(up), down: f(down) };
}

/** The products of one layer in the backend's own order. */
type PackedLayer = { kind: 'apart'; linears: DecodeLinears<PackedLinear> } | { kind: 'merged'; linears: MergedLinears };

export interface MergedLinears {
  /** q, k and v, one below the other. */
  qkv: PackedLinear;
  output: PackedLinear;
  gateUp: PackedLinear;
  down: PackedLinear;
}

/** Packed products of one layer; owned by who packed them. */
export class PackedDecodeLayer {
  readonly packed: PackedLayer;

  /** @param weights borrowed and copied */
  constructor(weights: DecodeLinears<Tensor>, precision: WeightPrecision = 'f32') {
    const pack = (weight: Tensor): PackedLinear => packLinear(weight, precision);
    const { q, k, v, output, gate, up, down } = weights;
    this.packed = ownDecoder()
      ? {
          kind: 'merged',
          linears: { qkv: packStack([q, k, v], pack), output: pack(output), gateUp: packStack([gate, up], pack), down: pack(down) },
        }
      : { kind: 'apart', linears: mapLinears(weights, pack) };
  }

  /** Outlives the scope that it was made in. */
  keep(): this {
    for (const linear of Object.values<PackedLinear>({ ...this.packed.linears })) keep(linear.packed);
    return this;
  }

  dispose(): void {
    for (const linear of Object.values<PackedLinear>({ ...this.packed.linears })) linear.dispose();
  }
}

function packStack(weights: Tensor[], pack: (weight: Tensor) => PackedLinear): PackedLinear {
  const stacked = tidy(() => concat(weights, 0));
  const packed = pack(stacked);
  stacked.dispose();
  return packed;
}

/** What does not change from token to token. All borrowed. */
export interface DecodeModel {
  /** [V, C] */
  table: Tensor;
  /** [maxPositions, D / 2] */
  cos: Tensor;
  sin: Tensor;
  layers: readonly { inputNorm: Tensor; postNorm: Tensor; packed: PackedDecodeLayer }[];
  finalNorm: Tensor;
  head: PackedLinear;
  numHeads: number;
  numKeyValueHeads: number;
  epsilon: number;
}

/** [R, M, KV * D] each. */
export interface LayerCache {
  keys: Tensor;
  values: Tensor;
}

/** Tokens to draw, one after the other. */
export interface DrawRequest extends SamplingSettings {
  /** Logits [R, V] of the first token, borrowed; or the newest token of each sequence, which is fed first. */
  from: { logits: Tensor } | { ids: readonly number[] };
  /** Of the next token that is fed, for each sequence. */
  positions: readonly number[];
  /** R numbers; see `sampleTokens`. */
  rowIds: readonly number[];
  /** Number of the first token in its completion. */
  firstStep: number;
  /** At least 1. The last one drawn is not fed. */
  count: number;
}

/** A decoder on the caches of one batch. Inference only. Positions lie below M: row `positions[r]` of each cache is written. */
export interface BoundDecoder {
  /**
   * Feeds one token to every sequence.
   * @param ids int32 [R], borrowed
   * @returns logits [R, V], owned by the caller
   */
  step(ids: Tensor, positions: readonly number[]): Tensor;

  /** @returns [3, count, R]: ids, their log-probabilities, entropies (see `sampleTokens`); waits for the backend once */
  draw(request: DrawRequest): Promise<Float32Array>;

  dispose(): void;
}

/** @param caches one per layer; borrowed, written in place */
export type BindDecoder = (model: DecodeModel, caches: readonly LayerCache[]) => BoundDecoder;

const ownDecoders = new Map<string, BindDecoder>();

/** A backend's own decoder instead of the composed one. */
export function registerDecoder(backendName: string, bind: BindDecoder): void {
  ownDecoders.set(backendName, bind);
}

/** What the current backend registered. */
export const ownDecoder = (): BindDecoder | undefined => ownDecoders.get(getBackend());
