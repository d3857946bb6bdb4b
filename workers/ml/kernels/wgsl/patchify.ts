// Cuts images into patches and puts them back: one thread per element of the result.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import { runElementwise } from './elementwise.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerPatchify(): void {
  registerWgslKernel('FPatchify', patchify);
  registerWgslKernel('FPatchifyGrad', patchifyGrad);
}

function patchify(call: WgslCall): TensorInfo {
  const [B = 0, H = 0, W = 0, C = 0] = call.shape('x');
  const size = call.number('size');
  const y = call.output([B, H / size, W / size, C * size * size]);
  runElementwise(call, {
    key: 'patchify',
    slots: [reads('x', 'f32'), writes('y', 'f32')],
    tensors: [call.input('x'), y],
    count: sizeOf(y.shape),
    uniforms: { C: 'i32', size: 'i32', across: 'i32' },
    values: { C, size, across: W / size },
    body: `${PLACE} y[i] = x[pixel * u.C + c];`,
  });
  return y;
}

/** Every image element belongs to exactly one patch element: the gradient is the inverse copy. */
function patchifyGrad(call: WgslCall): TensorInfo {
  const [B = 0, rows = 0, across = 0, inner = 0] = call.shape('dy');
  const size = call.number('size');
  const C = inner / size / size;
  const dx = call.output([B, rows * size, across * size, C]);
  runElementwise(call, {
    key: 'patchifyGrad',
    slots: [reads('dy', 'f32'), writes('dx', 'f32')],
    tensors: [call.input('dy'), dx],
    count: sizeOf(dx.shape),
    uniforms: { C: 'i32', size: 'i32', across: 'i32' },
    values: { C, size, across },
    body: `${PLACE} dx[pixel * u.C + c] = dy[i];`,
  });
  return dx;
}

/** From the patch element i: channel c and image pixel; batches follow because the rows of patches do. */
const PLACE = `
  let area = u.size * u.size;
  let patchIndex = i / (u.C * area);
  let c = i / area % u.C;
  let line = (patchIndex / u.across) * u.size + i / u.size % u.size;
  let column = (patchIndex % u.across) * u.size + i % u.size;
  let pixel = line * u.across * u.size + column;`;
