// Sum over all leading axes: the gradient of every bias.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';

/**
 * @param x [..., C], borrowed
 * @returns [C]; no gradient of its own
 */
export function columnSum(x: Tensor): Tensor {
  return runOp('FColumnSum', { x });
}

function columnSumReference(call: ReferenceCall): TensorInfo {
  const x = call.floats('x');
  const C = width(call.shape('x'));
  const sums = new Float64Array(C);
  for (let i = 0; i < x.length; i++) sums[i % C] = (sums[i % C] ?? 0) + (x[i] ?? 0);
  return call.output([C], Float32Array.from(sums));
}

export const columnSumOps: readonly OpDefinition[] = [{ name: 'FColumnSum', reference: columnSumReference }];
