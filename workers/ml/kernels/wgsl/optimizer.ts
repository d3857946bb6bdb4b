// AdamW in place.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import { runElementwise } from './elementwise.ts';
import { lanesFor } from './lanes.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerOptimizer(): void {
  registerWgslKernel('FAdamw', adamw);
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
