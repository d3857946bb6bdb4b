// Attention of one new query per sequence against its key/value cache.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { runOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertHeads, assertShape } from './shape-checks.ts';

/**
 * softmax(q K^T / sqrt(D)) V over the first lengths[r] cache rows of sequence r. Inference only.
 * @param q [R, H*D], borrowed
 * @param kCache [R, M, KV*D], borrowed
 * @param vCache [R, M, KV*D], borrowed
 * @param lengths int32 [R], each in 1..M, borrowed
 * @returns [R, H*D]
 */
export function decodeAttention(
  q: Tensor,
  kCache: Tensor,
  vCache: Tensor,
  lengths: Tensor,
  numHeads: number,
  numKeyValueHeads: number,
): Tensor {
  const [R = 0, C = 0] = q.shape;
  assertHeads('decodeAttention', C, numHeads, numKeyValueHeads);
  assertShape('decodeAttention', 'kCache', kCache, [R, -1, (C / numHeads) * numKeyValueHeads]);
  assertShape('decodeAttention', 'vCache', vCache, kCache.shape);
  assertShape('decodeAttention', 'lengths', lengths, [R]);
  return runOp('FDecodeAttention', { q, kCache, vCache, lengths }, { numHeads, numKeyValueHeads });
}

function decodeAttentionReference(call: ReferenceCall): TensorInfo {
  const [q, k, v, lengths] = [call.floats('q'), call.floats('kCache'), call.floats('vCache'), call.ints('lengths')];
  const [R = 0, C = 0] = call.shape('q');
  const [, M = 0, keyC = 0] = call.shape('kCache');
  const [H, KV] = [call.number('numHeads'), call.number('numKeyValueHeads')];
  const D = C / H;
  const out = new Float32Array(R * C);
  for (let unit = 0; unit < R * H; unit++) {
    const [r, h] = [Math.floor(unit / H), unit % H];
    const base = r * M * keyC + Math.floor((h * KV) / H) * D;
    const score = (j: number) => {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += (q[unit * D + d] ?? 0) * (k[base + j * keyC + d] ?? 0);
      return sum / Math.sqrt(D);
    };
    const scores = Array.from({ length: lengths[r] ?? 0 }, (_, j) => score(j));
    const max = scores.reduce((m, s) => Math.max(m, s), -Infinity);
    const weights = scores.map((s) => Math.exp(s - max));
    const total = weights.reduce((sum, w) => sum + w, 0);
    for (let d = 0; d < D; d++) out[unit * D + d] = weights.reduce((sum, w, j) => sum + w * (v[base + j * keyC + d] ?? 0), 0) / total;
  }
  return call.output([R, C], out);
}

export const decodeAttentionOps: readonly OpDefinition[] = [{ name: 'FDecodeAttention', reference: decodeAttentionReference }];
