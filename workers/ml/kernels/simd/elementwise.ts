// SwiGLU, GELU, layer scale, and the optimizer's kernels.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { rowsOf, sizeOf, width } from '../define-op.ts';
import { Op } from './assembly/op-codes.ts';
import { columnGroups, overrideKernel, rowsPerChunk, vectors, VECTORS_PER_CHUNK } from './simd-call.ts';
import type { SimdCall, SimdKernel } from './simd-call.ts';

/** Kernels with one output as large as `first`, over rows: addresses of the inputs, of the output, then C. */
function rowKernel(op: Op, inputs: readonly string[]): SimdKernel {
  return (call) => {
    const shape = call.shape(inputs[0] ?? '');
    const y = call.output(shape);
    call.jobs.run(op, rowsOf(shape), rowsPerChunk(width(shape)), [
      ...inputs.map((name) => call.pointer(name)),
      call.pointer(y),
      width(shape),
    ]);
    return y;
  };
}

/** Kernels over flat vectors whose outputs are as large as the first input. */
function flatKernel(op: Op, inputs: readonly string[], outputs: number): SimdKernel {
  return (call) => {
    const shape = call.shape(inputs[0] ?? '');
    const results = Array.from({ length: outputs }, () => call.output(shape));
    const args = [...inputs.map((name) => call.pointer(name)), ...results.map((y) => call.pointer(y))];
    call.jobs.run(op, vectors(sizeOf(shape)), VECTORS_PER_CHUNK, args);
    return outputs === 1 ? (results[0] ?? results) : results;
  };
}

function scaleResidualGradGamma(call: SimdCall): TensorInfo {
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const y = call.output([C]);
  call.jobs.run(Op.columnDot, columnGroups(C), 1, [call.pointer('dy'), call.pointer('x'), call.pointer(y), N, C]);
  return y;
}

const SUM_BLOCK = 4096;

/** Of all inputs together: partial sums of 4096 floats each in the kernel; their sums in double precision here, rounded for each input. */
function totalSquares(call: SimdCall): TensorInfo {
  const inputs = Object.values(call.params.inputs).filter((info) => info !== undefined);
  const blocks = inputs.map((info) => Math.max(1, Math.ceil(sizeOf(info.shape) / SUM_BLOCK)));
  const partial = call.output([blocks.reduce((sum, n) => sum + n, 0)]);
  let at = call.pointer(partial);
  for (const [i, info] of inputs.entries()) {
    call.jobs.run(Op.sumSquares, blocks[i] ?? 0, 4, [call.pointer(info), at, sizeOf(info.shape)]);
    at += 4 * (blocks[i] ?? 0);
  }
  const buffer = call.engine.settledBuffer;
  let [total, from] = [0, call.pointer(partial)];
  for (const count of blocks) {
    total += Math.fround(new Float32Array(buffer, from, count).reduce((sum, v) => sum + v, 0));
    from += 4 * count;
  }
  call.backend.disposeData(partial.dataId);
  return call.backend.makeTensorInfo([1], 'float32', Float32Array.of(total));
}

function adamw(call: SimdCall): TensorInfo[] {
  const [rate, beta1, beta2, step] = [call.number('learningRate'), call.number('beta1'), call.number('beta2'), call.number('step')];
  const keep = 1 - rate * call.number('weightDecay');
  const moments = [beta1, 1 - beta1, beta2, 1 - beta2, rate / (1 - beta1 ** step), 1 / (1 - beta2 ** step)];
  const floats = [...moments, call.number('epsilon'), keep, call.number('gradientScale')];
  const inputs = ['parameter', 'gradient', 'm', 'v'].map((name) => call.pointer(name));
  call.jobs.run(Op.adamw, vectors(call.size('parameter')), VECTORS_PER_CHUNK, inputs, floats);
  return [];
}

export function registerElementwiseKernels(): void {
  overrideKernel('FSwiglu', flatKernel(Op.swiglu, ['gate', 'up'], 1));
  overrideKernel('FSwigluGrad', flatKernel(Op.swigluGrad, ['dy', 'gate', 'up'], 2));
  overrideKernel('FBiasGelu', rowKernel(Op.biasGelu, ['x', 'bias']));
  overrideKernel('FBiasGeluGrad', rowKernel(Op.biasGeluGrad, ['dy', 'x', 'bias']));
  overrideKernel('FScaleResidual', rowKernel(Op.scaleResidual, ['x', 'gamma', 'residual']));
  overrideKernel('FScaleResidualGradX', rowKernel(Op.scaleColumns, ['dy', 'gamma']));
  overrideKernel('FScaleResidualGradGamma', scaleResidualGradGamma);
  overrideKernel('FSumSquares', totalSquares);
  overrideKernel('FTotalSquares', totalSquares);
  overrideKernel('FAdamw', adamw);
}
