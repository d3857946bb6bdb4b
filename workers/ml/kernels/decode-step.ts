// One new token for every sequence: the whole LLaMA decoder against its key/value caches, outside the tape. A backend that has the
// kernel `FDecodeStep` does it in one call on merged products (q, k and v; gate and up); the others compose it of the ops here.
import { add, concat, getBackend, getKernel, reshape, tensor, tidy } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { cacheWrite } from './cache-write.ts';
import { decodeAttention } from './decode-attention.ts';
import { runOp } from './define-op.ts';
import { embedding } from './embedding.ts';
import { packLinear, type PackedLinear, type WeightPrecision } from './pack-linear.ts';
import { rmsNorm } from './rms-norm.ts';
import { rope } from './rope.ts';
import { swiglu } from './swiglu.ts';

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

interface MergedLinears {
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
    this.packed = hasFusedStep()
      ? {
          kind: 'merged',
          linears: { qkv: packStack([q, k, v], pack), output: pack(output), gateUp: packStack([gate, up], pack), down: pack(down) },
        }
      : { kind: 'apart', linears: mapLinears(weights, pack) };
  }

  dispose(): void {
    for (const linear of Object.values<PackedLinear>({ ...this.packed.linears })) linear.dispose();
  }
}

const hasFusedStep = (): boolean => getKernel('FDecodeStep', getBackend()) !== undefined;

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

/**
 * Feeds one token to every sequence. Inference only.
 * @param ids int32 [R], borrowed
 * @param positions R numbers below M; row `positions[r]` of each cache is written
 * @returns logits [R, V], owned by the caller
 */
export type DecodeStep = (ids: Tensor, positions: readonly number[]) => Tensor;

/** @param caches one per layer; borrowed, written in place */
export function bindDecodeStep(model: DecodeModel, caches: readonly LayerCache[]): DecodeStep {
  return hasFusedStep() ? bindFused(model, caches) : (ids, positions) => composedStep(model, caches, ids, positions);
}

const int32 = (values: readonly number[]): Tensor => tensor(Int32Array.from(values), [values.length], 'int32');

function bindFused(model: DecodeModel, caches: readonly LayerCache[]): DecodeStep {
  const { table, cos, sin, finalNorm, head, numHeads, numKeyValueHeads, epsilon } = model;
  const fixed: NamedTensorMap = { table, cos, sin, finalNorm, head: head.packed };
  for (const [i, { inputNorm, postNorm, packed }] of model.layers.entries()) {
    const cache = caches[i];
    if (packed.packed.kind !== 'merged' || !cache)
      throw new WorkbenchError('E-INTERNAL', `Decoder layer ${i} was packed for another backend.`);
    const { qkv, output, gateUp, down } = packed.packed.linears;
    const products = { qkv: qkv.packed, output: output.packed, gateUp: gateUp.packed, down: down.packed };
    for (const [name, value] of Object.entries({ inputNorm, postNorm, ...products, ...cache })) fixed[`${name}${i}`] = value;
  }
  const intermediateSize = model.layers[0]?.packed.packed.linears.down.inFeatures ?? 0;
  const attrs = { numLayers: model.layers.length, numHeads, numKeyValueHeads, epsilon, intermediateSize, vocabSize: head.outFeatures };
  return (ids, positions) => tidy(() => runOp('FDecodeStep', { ...fixed, ids, positions: int32(positions) }, attrs));
}

function composedStep(model: DecodeModel, caches: readonly LayerCache[], ids: Tensor, positions: readonly number[]): Tensor {
  return tidy(() => {
    const at = int32(positions);
    const lengths = int32(positions.map((position) => position + 1));
    let x = embedding(model.table, ids);
    for (const [i, { inputNorm, postNorm, packed }] of model.layers.entries()) {
      const cache = caches[i];
      if (packed.packed.kind !== 'apart' || !cache)
        throw new WorkbenchError('E-INTERNAL', `Decoder layer ${i} was packed for another backend.`);
      const { linears } = packed.packed;
      const attended = add(x, linears.output.apply(attend(model, linears, cache, rmsNorm(x, inputNorm, model.epsilon), at, lengths)));
      const fed = rmsNorm(attended, postNorm, model.epsilon);
      x = add(attended, linears.down.apply(swiglu(linears.gate.apply(fed), linears.up.apply(fed))));
    }
    return model.head.apply(rmsNorm(x, model.finalNorm, model.epsilon));
  });
}

function attend(
  { cos, sin, numHeads, numKeyValueHeads }: DecodeModel,
  { q, k, v }: DecodeLinears<PackedLinear>,
  { keys, values }: LayerCache,
  normed: Tensor,
  positions: Tensor,
  lengths: Tensor,
): Tensor {
  /** @param x [R, heads * D] */
  const rotate = (x: Tensor, heads: number): Tensor => {
    const [R = 0, width = 0] = x.shape;
    return reshape(rope(reshape(x, [R, 1, width]), cos, sin, positions, heads), [R, width]);
  };
  const query = rotate(q.apply(normed), numHeads);
  cacheWrite(keys, rotate(k.apply(normed), numKeyValueHeads), positions);
  cacheWrite(values, v.apply(normed), positions);
  return decodeAttention(query, keys, values, lengths, numHeads, numKeyValueHeads);
}
