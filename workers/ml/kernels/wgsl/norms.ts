// RMS norm and layer norm, forward and backward.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { rowsOf, width } from '../define-op.ts';
import { columnSum } from './column-sums.ts';
import { lanesFor } from './lanes.ts';
import { runRows } from './row-kernel.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerNorms(): void {
  registerWgslKernel('FRmsNorm', rmsNorm);
  registerWgslKernel('FBranchNorm', (call) => [...rmsNorm(call), call.alias('x')]);
  registerWgslKernel('FRmsNormGradX', rmsNormGradX);
  registerWgslKernel('FRmsNormGradWeight', rmsNormGradWeight);
  registerWgslKernel('FLayerNorm', layerNorm);
  registerWgslKernel('FLayerNormGradX', layerNormGradX);
  registerWgslKernel('FLayerNormGradWeight', layerNormGradWeight);
}

const sizesOf = (call: WgslCall): { shape: number[]; rows: number; C: number } => {
  const shape = call.shape('x');
  return { shape, rows: rowsOf(shape), C: width(shape) };
};

function rmsNorm(call: WgslCall): TensorInfo[] {
  const { shape, rows, C } = sizesOf(call);
  const lanes = lanesFor(C);
  const [y, inverseRms] = [call.output(shape), call.output([rows])];
  runRows(call.runner, {
    key: `rmsNorm ${lanes.key}`,
    slots: [reads('x', lanes.element), reads('weight', lanes.element), writes('y', lanes.element), writes('inverseRms', 'f32')],
    tensors: [call.input('x'), call.input('weight'), y, inverseRms],
    uniforms: { columns: 'i32', width: 'f32', epsilon: 'f32' },
    values: { columns: C / lanes.size, width: C, epsilon: call.number('epsilon') },
    rows,
    body: (row) => `
  let base = r * u.columns;
  var squares = 0.0;
  ${row.each('c', 'u.columns')} { let v = x[base + c]; squares += ${lanes.dot('v', 'v')}; }
  let inverse = inverseSqrt(${row.total('squares')} / u.width + u.epsilon);
  if (${row.leads}) { inverseRms[r] = inverse; }
  ${row.each('c', 'u.columns')} { y[base + c] = x[base + c] * weight[c] * inverse; }`,
  });
  return [y, inverseRms];
}

/** dx = q (w dy) - x q^3 / C * sum(w dy x), with q = 1/rms; plus the gradient of the stream beside the branch. */
function rmsNormGradX(call: WgslCall): TensorInfo {
  const { shape, rows, C } = sizesOf(call);
  const lanes = lanesFor(C);
  const dx = call.output(shape);
  const beside = call.has('beside') ? [call.input('beside')] : [];
  runRows(call.runner, {
    key: `rmsNormGradX ${lanes.key} ${beside.length}`,
    slots: [
      reads('dy', lanes.element),
      reads('x', lanes.element),
      reads('weight', lanes.element),
      reads('inverseRms', 'f32'),
      writes('dx', lanes.element),
      ...beside.map(() => reads('beside', lanes.element)),
    ],
    tensors: [call.input('dy'), call.input('x'), call.input('weight'), call.input('inverseRms'), dx, ...beside],
    uniforms: { columns: 'i32', width: 'f32' },
    values: { columns: C / lanes.size, width: C },
    rows,
    body: (row) => `
  let base = r * u.columns;
  let q = inverseRms[r];
  var product = 0.0;
  ${row.each('c', 'u.columns')} { product += ${lanes.dot('dy[base + c] * weight[c]', 'x[base + c]')}; }
  let pull = ${row.total('product')} * q * q * q / u.width;
  ${row.each('c', 'u.columns')} { dx[base + c] = dy[base + c] * weight[c] * q - x[base + c] * pull${beside.length > 0 ? ' + beside[base + c]' : ''}; }`,
  });
  return dx;
}

function rmsNormGradWeight(call: WgslCall): TensorInfo {
  const { rows, C } = sizesOf(call);
  const { element } = lanesFor(C);
  return columnSum(call.runner, {
    key: 'rmsNormGradWeight',
    inputs: [
      { slot: reads('dy', element), tensor: call.input('dy') },
      { slot: reads('x', element), tensor: call.input('x') },
      { slot: reads('inverseRms', 'f32'), tensor: call.input('inverseRms') },
    ],
    term: 'dy[i] * x[i] * inverseRms[r]',
    rows,
    width: C,
  });
}

function layerNorm(call: WgslCall): TensorInfo[] {
  const { shape, rows, C } = sizesOf(call);
  const lanes = lanesFor(C);
  const [y, mean, inverseStd] = [call.output(shape), call.output([rows]), call.output([rows])];
  const affine = [reads('weight', lanes.element), reads('bias', lanes.element)];
  runRows(call.runner, {
    key: `layerNorm ${lanes.key}`,
    slots: [reads('x', lanes.element), ...affine, writes('y', lanes.element), writes('mean', 'f32'), writes('inverseStd', 'f32')],
    tensors: [call.input('x'), call.input('weight'), call.input('bias'), y, mean, inverseStd],
    uniforms: { columns: 'i32', width: 'f32', epsilon: 'f32' },
    values: { columns: C / lanes.size, width: C, epsilon: call.number('epsilon') },
    rows,
    body: (row) => `
  let base = r * u.columns;
  var sum = 0.0;
  ${row.each('c', 'u.columns')} { sum += ${lanes.sum('x[base + c]')}; }
  let m = ${row.total('sum')} / u.width;
  var squares = 0.0;
  ${row.each('c', 'u.columns')} { let d = x[base + c] - m; squares += ${lanes.dot('d', 'd')}; }
  let s = inverseSqrt(${row.total('squares')} / u.width + u.epsilon);
  if (${row.leads}) { mean[r] = m; inverseStd[r] = s; }
  ${row.each('c', 'u.columns')} { y[base + c] = (x[base + c] - m) * s * weight[c] + bias[c]; }`,
  });
  return [y, mean, inverseStd];
}

/** dx = s (g - mean(g) - z mean(g z)), with g = w dy, z the normalised row, s = 1/std. */
function layerNormGradX(call: WgslCall): TensorInfo {
  const { shape, rows, C } = sizesOf(call);
  const lanes = lanesFor(C);
  const dx = call.output(shape);
  const inputs = ['dy', 'x', 'weight'] as const;
  runRows(call.runner, {
    key: `layerNormGradX ${lanes.key}`,
    slots: [
      ...inputs.map((name) => reads(name, lanes.element)),
      reads('mean', 'f32'),
      reads('inverseStd', 'f32'),
      writes('dx', lanes.element),
    ],
    tensors: [...inputs.map((name) => call.input(name)), call.input('mean'), call.input('inverseStd'), dx],
    uniforms: { columns: 'i32', width: 'f32' },
    values: { columns: C / lanes.size, width: C },
    rows,
    body: (row) => `
  let base = r * u.columns;
  let m = mean[r];
  let s = inverseStd[r];
  var sum = 0.0;
  var product = 0.0;
  ${row.each('c', 'u.columns')} {
    let g = dy[base + c] * weight[c];
    sum += ${lanes.sum('g')};
    product += ${lanes.dot('g', '(x[base + c] - m)')};
  }
  let meanG = ${row.total('sum')} / u.width;
  let meanGZ = ${row.total('product')} * s / u.width;
  ${row.each('c', 'u.columns')} { dx[base + c] = s * (dy[base + c] * weight[c] - meanG - (x[base + c] - m) * s * meanGZ); }`,
  });
  return dx;
}

function layerNormGradWeight(call: WgslCall): TensorInfo {
  const { rows, C } = sizesOf(call);
  const { element } = lanesFor(C);
  return columnSum(call.runner, {
    key: 'layerNormGradWeight',
    inputs: [
      { slot: reads('dy', element), tensor: call.input('dy') },
      { slot: reads('x', element), tensor: call.input('x') },
      { slot: reads('mean', 'f32'), tensor: call.input('mean') },
      { slot: reads('inverseStd', 'f32'), tensor: call.input('inverseStd') },
    ],
    term: 'dy[i] * (x[i] - mean[r]) * inverseStd[r]',
    rows,
    width: C,
  });
}
