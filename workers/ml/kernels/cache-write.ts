// Writes one new key or value row per sequence into its cache, in place.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { runMultiOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * cache[r, positions[r], :] = x[r, :]. Never on the tape.
 * @param cache [R, M, C], changed; borrowed
 * @param x [R, C], borrowed
 * @param positions int32 [R], each in 0..M-1, borrowed
 */
export function cacheWrite(cache: Tensor, x: Tensor, positions: Tensor): void {
  const [R = 0, , C = 0] = cache.shape;
  assertShape('cacheWrite', 'x', x, [R, C]);
  assertShape('cacheWrite', 'positions', positions, [R]);
  runMultiOp('FCacheWrite', { cache, x, positions });
}

function cacheWriteReference(call: ReferenceCall): TensorInfo[] {
  const [cache, x, positions] = [call.floats('cache'), call.floats('x'), call.ints('positions')];
  const [, M = 0, C = 0] = call.shape('cache');
  positions.forEach((position, r) => cache.set(x.subarray(r * C, (r + 1) * C), (r * M + position) * C));
  return [];
}

export const cacheWriteOps: readonly OpDefinition[] = [{ name: 'FCacheWrite', reference: cacheWriteReference }];
