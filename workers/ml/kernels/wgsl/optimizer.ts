// AdamW in place and the sum of squares for gradient clipping.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import { runElementwise } from './elementwise.ts';
import { lanesFor } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerOptimizer(): void {
  registerWgslKernel('FAdamw', adamw);
  registerWgslKernel('FSumSquares', sumSquares);
}

function adamw(call: WgslCall): TensorInfo[] {
  const lanes = lanesFor(sizeOf(call.shape('parameter')));
  const [beta1, beta2, step, rate] = [call.number('beta1'), call.number('beta2'), call.number('step'), call.number('learningRate')];
  runElementwise(call, {
    key: `adamw ${lanes.key}`,
    slots: [reads('gradient', lanes.element), ...['parameter', 'm', 'v'].map((name) => writes(name, lanes.element))],
    tensors: ['gradient', 'parameter', 'm', 'v'].map((name) => call.input(name)),
    count: sizeOf(call.shape('parameter')) / lanes.size,
    uniforms: { beta1: 'f32', beta2: 'f32', keep: 'f32', rate: 'f32', correction: 'f32', epsilon: 'f32', gradientScale: 'f32' },
    values: {
      beta1,
      beta2,
      keep: 1 - rate * call.number('weightDecay'),
      rate: rate / (1 - beta1 ** step),
      correction: 1 / (1 - beta2 ** step),
      epsilon: call.number('epsilon'),
      gradientScale: call.number('gradientScale'),
    },
    volatile: true,
    body: `
  let g = gradient[i] * u.gradientScale;
  let first = u.beta1 * m[i] + (1.0 - u.beta1) * g;
  let second = u.beta2 * v[i] + (1.0 - u.beta2) * g * g;
  m[i] = first;
  v[i] = second;
  parameter[i] = parameter[i] * u.keep - u.rate * first / (sqrt(second * u.correction) + u.epsilon);`,
  });
  return [];
}

const THREADS = 256;

/** One workgroup: tensors here have up to a few million elements, and one dispatch per tensor matters more. */
function sumSquares(call: WgslCall): TensorInfo {
  const size = sizeOf(call.shape('x'));
  const lanes = lanesFor(size);
  const out = call.output([1]);
  call.run({
    key: `sumSquares ${lanes.key}`,
    build: () => sumSquaresProgram(lanes),
    tensors: [call.input('x'), out],
    uniforms: { count: size / lanes.size },
    groups: [1],
  });
  return out;
}

function sumSquaresProgram(lanes: Lanes): WgslProgram {
  const body = `
  var total = 0.0;
  for (var i = lane; i < u.count; i += ${THREADS}) { let v = x[i]; total += ${lanes.dot('v', 'v')}; }
  shares[lane] = total;
  workgroupBarrier();
  if (lane != 0) { return; }
  for (var i = 1; i < ${THREADS}; i++) { total += shares[i]; }
  sum[0] = total;`;
  const declarations = `var<workgroup> shares: array<f32, ${THREADS}>;`;
  return { slots: [reads('x', lanes.element), writes('sum', 'f32')], uniforms: { count: 'i32' }, workgroup: [THREADS, 1, 1], declarations, body };
}
