// RMS norm and layer norm.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { rowsOf, width } from '../define-op.ts';
import { Op } from './assembly/op-codes.ts';
import { columnGroups, overrideKernel, rowsPerChunk } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

function dims(call: SimdCall): [number, number] {
  return [rowsOf(call.shape('x')), width(call.shape('x'))];
}

function rmsNorm(call: SimdCall): TensorInfo[] {
  const [N, C] = dims(call);
  const [y, inverse] = [call.output(call.shape('x')), call.output([N])];
  const args = [call.pointer('x'), call.pointer('weight'), call.pointer(y), call.pointer(inverse), C];
  call.jobs.run(Op.rmsNorm, N, rowsPerChunk(C), args, [call.number('epsilon')]);
  return [y, inverse];
}

function rmsNormGradX(call: SimdCall): TensorInfo {
  const [N, C] = dims(call);
  const dx = call.output(call.shape('x'));
  const beside = call.has('beside') ? call.pointer('beside') : 0;
  const inputs = ['dy', 'x', 'weight', 'inverseRms'].map((name) => call.pointer(name));
  const args = [...inputs, beside, call.pointer(dx), C];
  call.jobs.run(Op.rmsNormGradX, N, rowsPerChunk(C), args);
  return dx;
}

function rmsNormGradWeight(call: SimdCall): TensorInfo {
  const [N, C] = dims(call);
  const dw = call.output([C]);
  call.jobs.run(Op.rmsNormGradWeight, columnGroups(C), 1, [
    call.pointer('dy'),
    call.pointer('x'),
    call.pointer('inverseRms'),
    call.pointer(dw),
    N,
    C,
  ]);
  return dw;
}

function layerNorm(call: SimdCall): TensorInfo[] {
  const [N, C] = dims(call);
  const [y, mean, inverse] = [call.output(call.shape('x')), call.output([N]), call.output([N])];
  const args = [
    call.pointer('x'),
    call.pointer('weight'),
    call.pointer('bias'),
    call.pointer(y),
    call.pointer(mean),
    call.pointer(inverse),
    C,
  ];
  call.jobs.run(Op.layerNorm, N, rowsPerChunk(C), args, [call.number('epsilon')]);
  return [y, mean, inverse];
}

function layerNormGradX(call: SimdCall): TensorInfo {
  const [N, C] = dims(call);
  const dx = call.output(call.shape('x'));
  const inputs = ['dy', 'x', 'weight', 'mean', 'inverseStd'].map((name) => call.pointer(name));
  call.jobs.run(Op.layerNormGradX, N, rowsPerChunk(C), [...inputs, call.pointer(dx), C]);
  return dx;
}

function layerNormGradWeight(call: SimdCall): TensorInfo {
  const [N, C] = dims(call);
  const dw = call.output([C]);
  const inputs = ['dy', 'x', 'mean', 'inverseStd'].map((name) => call.pointer(name));
  call.jobs.run(Op.layerNormGradWeight, columnGroups(C), 1, [...inputs, call.pointer(dw), N, C]);
  return dw;
}

export function registerNormKernels(): void {
  overrideKernel('FRmsNorm', rmsNorm);
  overrideKernel('FBranchNorm', (call) => [...rmsNorm(call), call.alias('x')]);
  overrideKernel('FRmsNormGradX', rmsNormGradX);
  overrideKernel('FRmsNormGradWeight', rmsNormGradWeight);
  overrideKernel('FLayerNorm', layerNorm);
  overrideKernel('FLayerNormGradX', layerNormGradX);
  overrideKernel('FLayerNormGradWeight', layerNormGradWeight);
}
