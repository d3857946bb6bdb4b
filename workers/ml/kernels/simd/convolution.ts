// Depthwise convolution with gradients, and patch cutting.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../define-op.ts';
import { Op } from './assembly/op-codes.ts';
import { overrideKernel } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

/** Bytes of one zero-padded plane of four channels; as planeWidth in assembly/conv.ts. */
function planeBytes(H: number, W: number, k: number): number {
  return (H + k - 1) * (Math.ceil(W / 4) * 4 + k + 3) * 16;
}

const channelGroups = (C: number): number => Math.ceil(C / 4);

/** Convolves `input`; flipped filters give the gradient of x. */
function convolve(call: SimdCall, input: string, bias: number, flipped: boolean): TensorInfo {
  const [B = 0, H = 0, W = 0, C = 0] = call.shape(input);
  const k = call.number('kernelSize');
  const y = call.output(call.shape(input));
  call.jobs.needScratch(k * k * 16 + planeBytes(H, W, k) + 256);
  const args = [call.pointer(input), call.pointer('weight'), bias, call.pointer(y), H, W, C, k, flipped ? 1 : 0];
  call.jobs.run(Op.depthwise, B * channelGroups(C), 1, args);
  return y;
}

function depthwiseGradWeight(call: SimdCall): TensorInfo {
  const [B = 0, H = 0, W = 0, C = 0] = call.shape('x');
  const k = call.number('kernelSize');
  const dw = call.output([C, 1, k, k]);
  call.jobs.needScratch((k * k + 4 + H * W) * 16 + planeBytes(H, W, k) + 256);
  call.jobs.run(Op.depthwiseGradWeight, channelGroups(C), 1, [call.pointer('dy'), call.pointer('x'), call.pointer(dw), B, H, W, C, k]);
  return dw;
}

function patchify(call: SimdCall): TensorInfo {
  const [B = 0, H = 0, W = 0, C = 0] = call.shape('x');
  const size = call.number('size');
  const y = call.output([B, H / size, W / size, C * size * size]);
  cutPatches(call, Op.patchify, call.pointer('x'), call.pointer(y), [B, H, W, C], size);
  return y;
}

function patchifyGrad(call: SimdCall): TensorInfo {
  const [B = 0, rows = 0, cols = 0, inner = 0] = call.shape('dy');
  const size = call.number('size');
  const image = [B, rows * size, cols * size, inner / size / size];
  const dx = call.output(image);
  cutPatches(call, Op.unpatchify, call.pointer(dx), call.pointer('dy'), image, size);
  return dx;
}

function cutPatches(call: SimdCall, op: Op, image: number, patches: number, shape: readonly number[], size: number): void {
  const [, H = 0, W = 0, C = 0] = shape;
  const perPatch = C * size * size;
  call.jobs.run(op, sizeOf(shape) / perPatch, Math.max(1, Math.ceil(8192 / perPatch)), [image, patches, H, W, C, size]);
}

export function registerConvolutionKernels(): void {
  overrideKernel('FDepthwiseConv', (call) => convolve(call, 'x', call.pointer('bias'), false));
  overrideKernel('FDepthwiseConvGradX', (call) => convolve(call, 'dy', 0, true));
  overrideKernel('FDepthwiseConvGradWeight', depthwiseGradWeight);
  overrideKernel('FPatchify', patchify);
  overrideKernel('FPatchifyGrad', patchifyGrad);
}
