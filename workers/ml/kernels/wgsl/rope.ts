// Rotary position embedding: one thread per pair (j, j + D/2). Its gradient is the same kernel with sign -1.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { runElementwise } from './elementwise.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerRope(): void {
  registerWgslKernel('FRope', rope);
}

function rope(call: WgslCall): TensorInfo {
  const [B = 0, T = 0, C = 0] = call.shape('x');
  const y = call.output([B, T, C]);
  const numHeads = call.number('numHeads');
  runElementwise(call, {
    key: 'rope',
    slots: [reads('x', 'f32'), reads('cosines', 'f32'), reads('sines', 'f32'), reads('starts', 'i32'), writes('y', 'f32')],
    tensors: [call.input('x'), call.input('cos'), call.input('sin'), call.input('starts'), y],
    count: (B * T * C) / 2,
    uniforms: { T: 'i32', pairsPerRow: 'i32', half: 'i32', sign: 'f32' },
    values: { T, pairsPerRow: C / 2, half: C / numHeads / 2, sign: call.number('sign') },
    body: `
  let row = i / u.pairsPerRow;
  let pair = i % u.pairsPerRow;
  let j = pair % u.half;
  let at = row * 2 * u.pairsPerRow + (pair / u.half) * 2 * u.half + j;
  let entry = (starts[row / u.T] + row % u.T) * u.half + j;
  let c = cosines[entry];
  let s = sines[entry] * u.sign;
  let a = x[at];
  let b = x[at + u.half];
  y[at] = a * c - b * s;
  y[at + u.half] = b * c + a * s;`,
  });
  return y;
}
