// Replaces tfjs' webgpu Add for equal shapes: residuals and the summing of gradients, the plain ops that a step has most of.
// tfjs spends several times longer on encoding one of its own programs.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import type { KernelCallParams } from '../define-op.ts';
import { runElementwise } from './elementwise.ts';
import { lanesFor } from './lanes.ts';
import { WgslCall } from './wgsl-call.ts';

/** Serves float32 operands of the same shape. */
export function addEqualShapes(params: KernelCallParams): TensorInfo | undefined {
  const { a, b } = params.inputs;
  if (!a || !b || a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  const same = a.shape.length === b.shape.length && a.shape.every((d, i) => d === b.shape[i]);
  const size = sizeOf(a.shape);
  if (!same || size === 0) return undefined;
  const call = new WgslCall(params);
  const lanes = lanesFor(size);
  const out = call.output(a.shape);
  runElementwise(call, {
    key: `add ${lanes.key}`,
    slots: [reads('a', lanes.element), reads('b', lanes.element), writes('sum', lanes.element)],
    tensors: [a, b, out],
    count: size / lanes.size,
    body: 'sum[i] = a[i] + b[i];',
  });
  return out;
}
