// The heads of one decoding step on a merged product: rotate the new queries and keys, put keys and values into the cache, attend.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { runOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

export interface HeadCounts {
  numHeads: number;
  numKeyValueHeads: number;
}

/** All borrowed; the caches are written in place. */
export interface DecodeHeadsInputs {
  /** [R, (H + 2 KV) * D]: q, k and v of the new token. */
  qkv: Tensor;
  /** [maxPositions, D / 2] */
  cos: Tensor;
  sin: Tensor;
  /** int32 [R], of the new token; row `positions[r]` of each cache is written. */
  positions: Tensor;
  /** [R, M, KV * D] */
  keys: Tensor;
  values: Tensor;
}

/** @returns [R, H * D]; inference only */
export function decodeHeads(inputs: DecodeHeadsInputs, counts: HeadCounts): Tensor {
  const { qkv, cos, sin, positions, keys, values } = inputs;
  const [R = 0, width = 0] = qkv.shape;
  const D = width / (counts.numHeads + 2 * counts.numKeyValueHeads);
  assertShape('decodeHeads', 'cos', cos, [-1, D / 2]);
  assertShape('decodeHeads', 'sin', sin, cos.shape);
  assertShape('decodeHeads', 'positions', positions, [R]);
  assertShape('decodeHeads', 'keys', keys, [R, -1, counts.numKeyValueHeads * D]);
  assertShape('decodeHeads', 'values', values, keys.shape);
  return runOp('FDecodeHeads', { ...inputs }, { ...counts });
}

/** x[from..] rotated by the angles of one position, D values to y[to..]. */
function rotate(
  x: Float32Array,
  from: number,
  y: Float32Array,
  to: number,
  D: number,
  cos: Float32Array,
  sin: Float32Array,
  at: number,
): void {
  for (let j = 0; j < D / 2; j++) {
    const [a, b, c, s] = [x[from + j] ?? 0, x[from + j + D / 2] ?? 0, cos[at + j] ?? 0, sin[at + j] ?? 0];
    y[to + j] = a * c - b * s;
    y[to + j + D / 2] = b * c + a * s;
  }
}

function reference(call: ReferenceCall): TensorInfo {
  const [R = 0, width = 0] = call.shape('qkv');
  const [H, KV, M] = [call.number('numHeads'), call.number('numKeyValueHeads'), call.shape('keys')[1] ?? 0];
  const D = width / (H + 2 * KV);
  const [qkv, cos, sin] = [call.floats('qkv'), call.floats('cos'), call.floats('sin')];
  const [positions, keys, values] = [call.ints('positions'), call.floats('keys'), call.floats('values')];
  const out = new Float32Array(R * H * D);
  for (let r = 0; r < R; r++) {
    const [row, position] = [r * width, positions[r] ?? 0];
    const [angle, cache] = [(position * D) / 2, (r * M + position) * KV * D];
    for (let g = 0; g < KV; g++) rotate(qkv, row + (H + g) * D, keys, cache + g * D, D, cos, sin, angle);
    values.set(qkv.subarray(row + (H + KV) * D, row + width), cache);
    for (let h = 0; h < H; h++) {
      const q = new Float32Array(D);
      rotate(qkv, row + h * D, q, 0, D, cos, sin, angle);
      const head = { first: r * M * KV * D + Math.floor((h * KV) / H) * D, stride: KV * D, count: position + 1 };
      out.set(attendOne(q, keys, values, head), (r * H + h) * D);
    }
  }
  return call.output([R, H * D], out);
}

function attendOne(
  q: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  head: { first: number; stride: number; count: number },
): Float32Array {
  const scores = Array.from(
    { length: head.count },
    (_, j) => q.reduce((sum, value, d) => sum + value * (keys[head.first + j * head.stride + d] ?? 0), 0) / Math.sqrt(q.length),
  );
  const largest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return q.map((_, d) => weights.reduce((sum, weight, j) => sum + (weight / total) * (values[head.first + j * head.stride + d] ?? 0), 0));
}

export const decodeHeadsOps: readonly OpDefinition[] = [{ name: 'FDecodeHeads', reference }];
