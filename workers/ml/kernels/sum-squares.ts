// Sum of squares of whole tensors: gradient-norm clipping without a tensor of squares.
import { concat, getBackend, getKernel, reshape, sum, tidy } from '@tensorflow/tfjs-core';
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

/**
 * Sum of squares over all elements of all tensors. A backend with a kernel for it (webgpu) needs a few dispatches for a
 * whole model; the others add up `sumSquares`.
 * @param tensors at least one, any shapes, borrowed
 * @returns [1]; no gradient
 */
export function totalSquares(tensors: readonly Tensor[]): Tensor {
  if (getKernel('FTotalSquares', getBackend()))
    return runOp('FTotalSquares', Object.fromEntries(tensors.map((tensor, i) => [`x${i}`, tensor])));
  return tidy(() => reshape(sum(concat(tensors.map((tensor) => sumSquares(tensor)))), [1]));
}

function sumSquaresReference(call: ReferenceCall): TensorInfo {
  const total = call.floats('x').reduce((sum, v) => sum + v * v, 0);
  return call.output([1], Float32Array.of(total));
}

export const sumSquaresOps: readonly OpDefinition[] = [{ name: 'FSumSquares', reference: sumSquaresReference }];
