// The decoder as a sequence of ops: for backends without one of their own, and the reference for those that have it.
import { add, cast, concat, reshape, stack, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { cacheWrite } from './cache-write.ts';
import { decodeAttention } from './decode-attention.ts';
import type { BoundDecoder, DecodeLinears, DecodeModel, DrawRequest, LayerCache } from './decode-step.ts';
import { embedding } from './embedding.ts';
import type { PackedLinear } from './pack-linear.ts';
import { rmsNorm } from './rms-norm.ts';
import { rope } from './rope.ts';
import { sampleTokens, type SampledTokens } from './sample-tokens.ts';
import { swiglu } from './swiglu.ts';

const int32 = (values: readonly number[]): Tensor => tensor(Int32Array.from(values), [values.length], 'int32');

/** Owns nothing. */
export class ComposedDecoder implements BoundDecoder {
  readonly #model: DecodeModel;
  readonly #caches: readonly LayerCache[];

  constructor(model: DecodeModel, caches: readonly LayerCache[]) {
    this.#model = model;
    this.#caches = caches;
  }

  step(ids: Tensor, positions: readonly number[]): Tensor {
    const { layers, table, finalNorm, epsilon, head } = this.#model;
    return tidy(() => {
      const at = int32(positions);
      const lengths = int32(positions.map((position) => position + 1));
      const last = layers.reduce((x, _, i) => this.#layer(i, x, at, lengths), embedding(table, ids));
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

  #layer(i: number, x: Tensor, positions: Tensor, lengths: Tensor): Tensor {
    const { layers, epsilon } = this.#model;
    const [layer, cache] = [layers[i], this.#caches[i]];
    const packed = layer?.packed.packed;
    if (!layer || packed?.kind !== 'apart' || !cache) {
      throw new WorkbenchError('E-INTERNAL', `Decoder layer ${i} was packed for another backend.`);
    }
    const { linears } = packed;
    const mixed = attend(this.#model, linears, cache, rmsNorm(x, layer.inputNorm, epsilon), positions, lengths);
    const attended = add(x, linears.output.apply(mixed));
    const normed = rmsNorm(attended, layer.postNorm, epsilon);
    return add(attended, linears.down.apply(swiglu(linears.gate.apply(normed), linears.up.apply(normed))));
  }
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
