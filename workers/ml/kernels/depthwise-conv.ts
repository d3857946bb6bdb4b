// Depthwise convolution on NHWC images, stride 1, same padding, odd square filters (ConvNeXt's 7 x 7).
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { columnSum } from './column-sum.ts';
import { nth, runOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param x [B, H, W, C], borrowed
 * @param weight [C, 1, k, k] with odd k, borrowed
 * @param bias [C], borrowed
 * @returns [B, H, W, C]; gradients for all three
 */
export function depthwiseConv(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const C = x.shape[3] ?? 0;
  const k = weight.shape[2] ?? 0;
  assertShape('depthwiseConv', 'x', x, [-1, -1, -1, -1]);
  assertShape('depthwiseConv', 'weight', weight, [C, 1, k % 2 ? k : k + 1, k]);
  assertShape('depthwiseConv', 'bias', bias, [C]);
  return runOp('FDepthwiseConv', { x, weight, bias }, { kernelSize: k });
}

/** Calls f(output pixel, input pixel, tap) for every pair inside the image; pixels count from 0 over [B, H, W]. */
function forEachTap([B = 0, H = 0, W = 0]: readonly number[], k: number, f: (out: number, input: number, tap: number) => void): void {
  const reach = (k - 1) / 2;
  for (let out = 0; out < B * H * W; out++) {
    const [row, col] = [Math.floor(out / W) % H, out % W];
    for (let tap = 0; tap < k * k; tap++) {
      const [dy, dx] = [Math.floor(tap / k) - reach, (tap % k) - reach];
      if (row + dy >= 0 && row + dy < H && col + dx >= 0 && col + dx < W) f(out, out + dy * W + dx, tap);
    }
  }
}

function depthwiseReference(call: ReferenceCall): TensorInfo {
  const [x, weight, bias] = [call.floats('x'), call.floats('weight'), call.floats('bias')];
  const [C, taps] = [bias.length, call.number('kernelSize') ** 2];
  const y = Float64Array.from(x, (_, i) => bias[i % C] ?? 0);
  forEachTap(call.shape('x'), call.number('kernelSize'), (out, input, tap) => {
    for (let c = 0; c < C; c++) y[out * C + c] = (y[out * C + c] ?? 0) + (x[input * C + c] ?? 0) * (weight[c * taps + tap] ?? 0);
  });
  return call.output(call.shape('x'), Float32Array.from(y));
}

function gradXReference(call: ReferenceCall): TensorInfo {
  const [dy, weight] = [call.floats('dy'), call.floats('weight')];
  const [C, taps] = [call.shape('dy')[3] ?? 0, call.number('kernelSize') ** 2];
  const dx = new Float64Array(dy.length);
  forEachTap(call.shape('dy'), call.number('kernelSize'), (out, input, tap) => {
    for (let c = 0; c < C; c++) dx[input * C + c] = (dx[input * C + c] ?? 0) + (dy[out * C + c] ?? 0) * (weight[c * taps + tap] ?? 0);
  });
  return call.output(call.shape('dy'), Float32Array.from(dx));
}

function gradWeightReference(call: ReferenceCall): TensorInfo {
  const [dy, x] = [call.floats('dy'), call.floats('x')];
  const [C, k] = [call.shape('dy')[3] ?? 0, call.number('kernelSize')];
  const dw = new Float64Array(C * k * k);
  forEachTap(call.shape('x'), k, (out, input, tap) => {
    for (let c = 0; c < C; c++) dw[c * k * k + tap] = (dw[c * k * k + tap] ?? 0) + (dy[out * C + c] ?? 0) * (x[input * C + c] ?? 0);
  });
  return call.output([C, 1, k, k], Float32Array.from(dw));
}

export const depthwiseConvOps: readonly OpDefinition[] = [
  {
    name: 'FDepthwiseConv',
    reference: depthwiseReference,
    gradient: {
      inputsToSave: ['x', 'weight'],
      gradFunc: (dys, saved, attrs) => {
        const [dy, x, weight] = [nth(dys, 0), nth(saved, 0), nth(saved, 1)];
        return {
          x: () => runOp('FDepthwiseConvGradX', { dy, weight }, attrs),
          weight: () => runOp('FDepthwiseConvGradWeight', { dy, x }, attrs),
          bias: () => columnSum(dy),
        };
      },
    },
  },
  { name: 'FDepthwiseConvGradX', reference: gradXReference },
  { name: 'FDepthwiseConvGradWeight', reference: gradWeightReference },
];
