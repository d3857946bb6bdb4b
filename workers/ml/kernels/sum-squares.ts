// Sum of squares of a whole tensor: gradient-norm clipping without a tensor of squares.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { runOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';

/**
 * @param x any shape, borrowed
 * @returns [1]; no gradient
 */
export function sumSquares(x: Tensor): Tensor {
  return runOp('FSumSquares', { x });
}

function sumSquaresReference(call: ReferenceCall): TensorInfo {
  const total = call.floats('x').reduce((sum, v) => sum + v * v, 0);
  return call.output([1], Float32Array.of(total));
}

export const sumSquaresOps: readonly OpDefinition[] = [{ name: 'FSumSquares', reference: sumSquaresReference }];
