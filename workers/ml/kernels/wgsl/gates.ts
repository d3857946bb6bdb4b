// SwiGLU, bias + GELU and the scaled residual, forward and backward.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { rowsOf, sizeOf, width } from '../define-op.ts';
import { columnSum } from './column-sums.ts';
import { runElementwise } from './elementwise.ts';
import { lanesFor } from './lanes.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerGates(): void {
  registerWgslKernel('FSwiglu', swiglu);
  registerWgslKernel('FSwigluGrad', swigluGrad);
  registerWgslKernel('FSwigluPairs', swigluPairs);
  registerWgslKernel('FBiasGelu', biasGelu);
  registerWgslKernel('FBiasGeluGrad', biasGeluGrad);
  registerWgslKernel('FScaleResidual', scaleResidual);
  registerWgslKernel('FScaleResidualGradX', scaleResidualGradX);
  registerWgslKernel('FScaleResidualGradGamma', scaleResidualGradGamma);
}

function swiglu(call: WgslCall): TensorInfo {
  const shape = call.shape('gate');
  const lanes = lanesFor(sizeOf(shape));
  const y = call.output(shape);
  runElementwise(call, {
    key: `swiglu ${lanes.key}`,
    slots: [reads('gate', lanes.element), reads('up', lanes.element), writes('y', lanes.element)],
    tensors: [call.input('gate'), call.input('up'), y],
    count: sizeOf(shape) / lanes.size,
    body: 'let g = gate[i]; y[i] = g / (1.0 + exp(-g)) * up[i];',
  });
  return y;
}

function swigluGrad(call: WgslCall): TensorInfo[] {
  const shape = call.shape('gate');
  const lanes = lanesFor(sizeOf(shape));
  const [dGate, dUp] = [call.output(shape), call.output(shape)];
  const inputs = ['dy', 'gate', 'up'] as const;
  runElementwise(call, {
    key: `swigluGrad ${lanes.key}`,
    slots: [...inputs.map((name) => reads(name, lanes.element)), writes('dGate', lanes.element), writes('dUp', lanes.element)],
    tensors: [...inputs.map((name) => call.input(name)), dGate, dUp],
    count: sizeOf(shape) / lanes.size,
    body: `
  let g = gate[i];
  let s = 1.0 / (1.0 + exp(-g));
  dGate[i] = dy[i] * up[i] * s * (1.0 + g * (1.0 - s));
  dUp[i] = dy[i] * g * s;`,
  });
  return [dGate, dUp];
}

function swigluPairs(call: WgslCall): TensorInfo {
  const shape = call.shape('x');
  const F = width(shape) / 2;
  const lanes = lanesFor(F);
  const y = call.output([...shape.slice(0, -1), F]);
  runElementwise(call, {
    key: `swigluPairs ${lanes.key}`,
    slots: [reads('x', lanes.element), writes('y', lanes.element)],
    tensors: [call.input('x'), y],
    count: sizeOf(y.shape) / lanes.size,
    uniforms: { columns: 'i32' },
    values: { columns: F / lanes.size },
    body: `
  let at = i + i / u.columns * u.columns;
  let g = x[at];
  y[i] = g / (1.0 + exp(-g)) * x[at + u.columns];`,
  });
  return y;
}

/** Normal distribution function by its tail: Abramowitz and Stegun 7.1.26, absolute error below 1e-7. */
const normalCdfOf = (element: string): string => `
fn normalCdf(z: ${element}) -> ${element} {
  let a = abs(z) * 0.7071067811865476;
  let t = 1.0 / (1.0 + 0.3275911 * a);
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * series * exp(-a * a);
  return select(tail, 1.0 - tail, z > ${element}());
}`;

function biasGelu(call: WgslCall): TensorInfo {
  const shape = call.shape('x');
  const lanes = lanesFor(width(shape));
  const y = call.output(shape);
  runElementwise(call, {
    key: `biasGelu ${lanes.key}`,
    slots: [reads('x', lanes.element), reads('bias', lanes.element), writes('y', lanes.element)],
    tensors: [call.input('x'), call.input('bias'), y],
    count: sizeOf(shape) / lanes.size,
    uniforms: { columns: 'i32' },
    values: { columns: width(shape) / lanes.size },
    declarations: normalCdfOf(lanes.element),
    body: 'let z = x[i] + bias[i % u.columns]; y[i] = z * normalCdf(z);',
  });
  return y;
}

/** d/dz of z Phi(z) = Phi(z) + z phi(z). */
function biasGeluGrad(call: WgslCall): TensorInfo {
  const shape = call.shape('x');
  const lanes = lanesFor(width(shape));
  const dx = call.output(shape);
  runElementwise(call, {
    key: `biasGeluGrad ${lanes.key}`,
    slots: [reads('dy', lanes.element), reads('x', lanes.element), reads('bias', lanes.element), writes('dx', lanes.element)],
    tensors: [call.input('dy'), call.input('x'), call.input('bias'), dx],
    count: sizeOf(shape) / lanes.size,
    uniforms: { columns: 'i32' },
    values: { columns: width(shape) / lanes.size },
    declarations: normalCdfOf(lanes.element),
    body: `
  let z = x[i] + bias[i % u.columns];
  dx[i] = dy[i] * (normalCdf(z) + z * exp(-0.5 * z * z) * 0.3989422804014327);`,
  });
  return dx;
}

function scaleResidual(call: WgslCall): TensorInfo {
  const shape = call.shape('x');
  const lanes = lanesFor(width(shape));
  const y = call.output(shape);
  runElementwise(call, {
    key: `scaleResidual ${lanes.key}`,
    slots: [reads('x', lanes.element), reads('gamma', lanes.element), reads('residual', lanes.element), writes('y', lanes.element)],
    tensors: [call.input('x'), call.input('gamma'), call.input('residual'), y],
    count: sizeOf(shape) / lanes.size,
    uniforms: { columns: 'i32' },
    values: { columns: width(shape) / lanes.size },
    body: 'y[i] = residual[i] + gamma[i % u.columns] * x[i];',
  });
  return y;
}

function scaleResidualGradX(call: WgslCall): TensorInfo {
  const shape = call.shape('dy');
  const lanes = lanesFor(width(shape));
  const dx = call.output(shape);
  runElementwise(call, {
    key: `scaleResidualGradX ${lanes.key}`,
    slots: [reads('dy', lanes.element), reads('gamma', lanes.element), writes('dx', lanes.element)],
    tensors: [call.input('dy'), call.input('gamma'), dx],
    count: sizeOf(shape) / lanes.size,
    uniforms: { columns: 'i32' },
    values: { columns: width(shape) / lanes.size },
    body: 'dx[i] = dy[i] * gamma[i % u.columns];',
  });
  return dx;
}

function scaleResidualGradGamma(call: WgslCall): TensorInfo {
  const shape = call.shape('dy');
  const { element } = lanesFor(width(shape));
  return columnSum(call.runner, {
    key: 'scaleResidualGradGamma',
    inputs: [
      { slot: reads('dy', element), tensor: call.input('dy') },
      { slot: reads('x', element), tensor: call.input('x') },
    ],
    term: 'dy[i] * x[i]',
    rows: rowsOf(shape),
    width: width(shape),
  });
}
