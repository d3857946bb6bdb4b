// The decoder as a sequence of ops: for backends without one of their own, and the reference for those that have it.
import { add, cast, concat, reshape, scalar, stack, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { cacheWrite } from './cache-write.ts';
import { decodeAttention } from './decode-attention.ts';
import { decodeHeads } from './decode-heads.ts';
import type { BoundDecoder, DecodeLinears, DecodeModel, DrawRequest, LayerCache } from './decode-step.ts';
import { embedding } from './embedding.ts';
import type { PackedLinear } from './pack-linear.ts';
import { rmsNorm } from './rms-norm.ts';
import { rope } from './rope.ts';
import { sampleTokens, type SampledTokens } from './sample-tokens.ts';
import { swiglu, swigluPairs } from './swiglu.ts';

const int32 = (values: readonly number[]): Tensor => tensor(Int32Array.from(values), [values.length], 'int32');

/** What a layer does with the new token of each sequence. */
export interface LayerCall {
  model: DecodeModel;
  layer: DecodeModel['layers'][number];
  cache: LayerCache;
  /** [R, C], borrowed */
  x: Tensor;
  /** int32 [R], borrowed */
  positions: Tensor;
}

/** @returns [R, C] */
export type LayerStep = (call: LayerCall) => Tensor;

/** Owns nothing. */
export class ComposedDecoder implements BoundDecoder {
  readonly #model: DecodeModel;
  readonly #caches: readonly LayerCache[];
  readonly #layerStep: LayerStep;

  constructor(model: DecodeModel, caches: readonly LayerCache[], layerStep: LayerStep = stepApart) {
    this.#model = model;
    this.#caches = caches;
    this.#layerStep = layerStep;
  }

  step(ids: Tensor, positions: readonly number[]): Tensor {
    const { layers, table, finalNorm, epsilon, head } = this.#model;
    return tidy(() => {
      const at = int32(positions);
      const last = layers.reduce((x, _, i) => this.#layer(i, x, at), embedding(table, ids));
      return head.apply(rmsNorm(last, finalNorm, epsilon));
    });
  }

  async draw(request: DrawRequest): Promise<Float32Array> {
    const drawn = tidy(() => joinDraws(this.#drawAll(request)));
    try {
      return await drawn.data<'float32'>();
    } finally {
      drawn.dispose();
    }
  }

  dispose(): void {}

  #drawAll({ from, positions, rowIds, firstStep, count, ...settings }: DrawRequest): SampledTokens[] {
    const rows = int32(rowIds);
    const draws: SampledTokens[] = [];
    let at = positions;
    const feed = (ids: Tensor): Tensor => {
      const logits = this.step(ids, at);
      at = at.map((position) => position + 1);
      return logits;
    };
    for (let i = 0; i < count; i++) {
      const newest = draws[i - 1]?.ids ?? ('ids' in from ? int32(from.ids) : null);
      const logits = newest ? feed(newest) : null;
      draws.push(sampleTokens(logits ?? givenLogits(from), rows, firstStep + i, settings));
      logits?.dispose();
    }
    return draws;
  }

  #layer(i: number, x: Tensor, positions: Tensor): Tensor {
    const [layer, cache] = [this.#model.layers[i], this.#caches[i]];
    if (!layer || !cache) throw new WorkbenchError('E-INTERNAL', `Decoder layer ${i} has no cache.`);
    return tidy(() => this.#layerStep({ model: this.#model, layer, cache, x, positions }));
  }
}

const wrongPacking = (): WorkbenchError => new WorkbenchError('E-INTERNAL', 'A decoder layer was packed for another backend.');

/** On products of their own: the reference. */
function stepApart({ model, layer, cache, x, positions }: LayerCall): Tensor {
  const { packed } = layer.packed;
  if (packed.kind !== 'apart') throw wrongPacking();
  const { linears } = packed;
  const mixed = attend(model, linears, cache, rmsNorm(x, layer.inputNorm, model.epsilon), positions);
  const attended = add(x, linears.output.apply(mixed));
  const normed = rmsNorm(attended, layer.postNorm, model.epsilon);
  return add(attended, linears.down.apply(swiglu(linears.gate.apply(normed), linears.up.apply(normed))));
}

/** On merged products, sums in their ends: eight dispatches where `stepApart` has sixteen. */
export function stepMerged({ model, layer, cache, x, positions }: LayerCall): Tensor {
  const { packed } = layer.packed;
  if (packed.kind !== 'merged') throw wrongPacking();
  const { cos, sin, epsilon } = model;
  const { qkv, output, gateUp, down } = packed.linears;
  const mixed = decodeHeads({ qkv: qkv.apply(rmsNorm(x, layer.inputNorm, epsilon)), cos, sin, positions, ...cache }, model);
  const attended = output.applyAdd(mixed, x);
  return down.applyAdd(swigluPairs(gateUp.apply(rmsNorm(attended, layer.postNorm, epsilon))), attended);
}

function givenLogits(from: DrawRequest['from']): Tensor {
  if ('logits' in from) return from.logits;
  throw new WorkbenchError('E-INTERNAL', 'A draw begins from logits or from ids.');
}

/** @returns [3, steps, R] for one transfer */
function joinDraws(draws: readonly SampledTokens[]): Tensor {
  const ids = draws.map((draw) => cast(draw.ids, 'float32'));
  return concat([stack(ids), stack(draws.map(({ logProbs }) => logProbs)), stack(draws.map(({ entropy }) => entropy))], 0);
}

/** @returns what the heads read, [R, H * D]; the caches get their new row */
function attend(
  { cos, sin, numHeads, numKeyValueHeads }: DecodeModel,
  { q, k, v }: DecodeLinears<PackedLinear>,
  { keys, values }: LayerCache,
  normed: Tensor,
  positions: Tensor,
): Tensor {
  /** @param x [R, heads * D] */
  const rotate = (x: Tensor, heads: number): Tensor => {
    const [R = 0, width = 0] = x.shape;
    return reshape(rope(reshape(x, [R, 1, width]), cos, sin, positions, heads), [R, width]);
  };
  const query = rotate(q.apply(normed), numHeads);
  cacheWrite(keys, rotate(k.apply(normed), numKeyValueHeads), positions);
  cacheWrite(values, v.apply(normed), positions);
  return decodeAttention(query, keys, values, add(positions, scalar(1, 'int32')), numHeads, numKeyValueHeads);
}
