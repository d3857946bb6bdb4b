// Cuts NHWC images into size x size patches, so that a convolution with stride = size is one linear layer.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { nth, runOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param x [B, H, W, C] with H and W multiples of size, borrowed
 * @returns [B, H/size, W/size, C*size*size], inner order (c, row, column): a flattened PyTorch filter; gradient for x
 */
export function patchify(x: Tensor, size: number): Tensor {
  assertShape('patchify', 'x', x, [-1, -1, -1, -1]);
  const [, H = 0, W = 0] = x.shape;
  if (H % size || W % size) {
    throw new WorkbenchError('E-SHAPE', `patchify: a ${H} x ${W} image cannot be cut into ${size} x ${size} patches.`, {
      remedy: 'Use an image size that is a multiple of the patch size.',
    });
  }
  return runOp('FPatchify', { x }, { size });
}

/** Calls f(index into patches, index into image) for every element. */
function forEachElement([B = 0, H = 0, W = 0, C = 0]: readonly number[], size: number, f: (patch: number, image: number) => void): void {
  const [rows, cols] = [H / size, W / size];
  for (let i = 0; i < B * H * W * C; i++) {
    const [c, col, row, b] = [i % C, Math.floor(i / C) % W, Math.floor(i / C / W) % H, Math.floor(i / C / W / H)];
    const patch = (b * rows + Math.floor(row / size)) * cols + Math.floor(col / size);
    f(((patch * C + c) * size + (row % size)) * size + (col % size), i);
  }
}

function patchifyReference(call: ReferenceCall): TensorInfo {
  const [x, size] = [call.floats('x'), call.number('size')];
  const [B = 0, H = 0, W = 0, C = 0] = call.shape('x');
  const y = new Float32Array(x.length);
  forEachElement(call.shape('x'), size, (patch, image) => (y[patch] = x[image] ?? 0));
  return call.output([B, H / size, W / size, C * size * size], y);
}

function gradReference(call: ReferenceCall): TensorInfo {
  const [dy, size] = [call.floats('dy'), call.number('size')];
  const [B = 0, rows = 0, cols = 0, inner = 0] = call.shape('dy');
  const shape = [B, rows * size, cols * size, inner / size / size];
  const dx = new Float32Array(dy.length);
  forEachElement(shape, size, (patch, image) => (dx[image] = dy[patch] ?? 0));
  return call.output(shape, dx);
}

export const patchifyOps: readonly OpDefinition[] = [
  {
    name: 'FPatchify',
    reference: patchifyReference,
    gradient: { gradFunc: (dys, _saved, attrs) => ({ x: () => runOp('FPatchifyGrad', { dy: nth(dys, 0) }, attrs) }) },
  },
  { name: 'FPatchifyGrad', reference: gradReference },
];
