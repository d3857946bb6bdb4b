// Root-mean-square norm (Zhang and Sennrich, https://arxiv.org/abs/1910.07467) as in LLaMA: y = x / rms(x) * weight.
import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, rowsOf, runMultiOp, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param x [..., C], borrowed
 * @param weight [C], borrowed
 * @param epsilon added to the mean square
 * @returns [..., C]; gradients for x and weight
 */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  assertShape('rmsNorm', 'weight', weight, [width(x.shape)]);
  return tidy(() => nth(runMultiOp('FRmsNorm', { x, weight }, { epsilon }), 0));
}

/**
 * The norm at the head of a residual branch. The stream goes on as `x`, a tensor of its own on the same memory: its gradient then
 * arrives together with the norm's, and one kernel adds them up.
 * @param x [..., C], borrowed
 * @param weight [C], borrowed
 * @returns normed [..., C] and x, both owned by the caller; gradients for x and weight
 */
export function branchNorm(x: Tensor, weight: Tensor, epsilon: number): { normed: Tensor; x: Tensor } {
  assertShape('branchNorm', 'weight', weight, [width(x.shape)]);
  return tidy(() => {
    const outputs = runMultiOp('FBranchNorm', { x, weight }, { epsilon });
    return { normed: nth(outputs, 0), x: nth(outputs, 2) };
  });
}

function rmsNormReference(call: ReferenceCall): TensorInfo[] {
  const [x, weight, epsilon] = [call.floats('x'), call.floats('weight'), call.number('epsilon')];
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const y = new Float32Array(N * C);
  const inverseRms = new Float32Array(N);
  for (let n = 0; n < N; n++) {
    let square = 0;
    for (let c = 0; c < C; c++) square += (x[n * C + c] ?? 0) ** 2;
    const inverse = 1 / Math.sqrt(square / C + epsilon);
    inverseRms[n] = inverse;
    for (let c = 0; c < C; c++) y[n * C + c] = (x[n * C + c] ?? 0) * inverse * (weight[c] ?? 0);
  }
  return [call.output(call.shape('x'), y), call.output([N], inverseRms)];
}

/** dx = r (w dy) - x r^3 / C * sum(w dy x), with r = 1/rms; plus the gradient of the stream beside the branch, if there is one. */
function gradXReference(call: ReferenceCall): TensorInfo {
  const [dy, x, weight, inverseRms] = [call.floats('dy'), call.floats('x'), call.floats('weight'), call.floats('inverseRms')];
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const dx = call.has('beside') ? call.floats('beside').slice() : new Float32Array(N * C);
  for (let n = 0; n < N; n++) {
    const r = inverseRms[n] ?? 0;
    let dot = 0;
    for (let c = 0; c < C; c++) dot += (weight[c] ?? 0) * (dy[n * C + c] ?? 0) * (x[n * C + c] ?? 0);
    const k = (dot * r * r * r) / C;
    for (let c = 0; c < C; c++)
      dx[n * C + c] = (dx[n * C + c] ?? 0) + r * (weight[c] ?? 0) * (dy[n * C + c] ?? 0) - k * (x[n * C + c] ?? 0);
  }
  return call.output(call.shape('x'), dx);
}

function gradWeightReference(call: ReferenceCall): TensorInfo {
  const [dy, x, inverseRms] = [call.floats('dy'), call.floats('x'), call.floats('inverseRms')];
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const dw = new Float64Array(C);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) dw[c] = (dw[c] ?? 0) + (dy[n * C + c] ?? 0) * (x[n * C + c] ?? 0) * (inverseRms[n] ?? 0);
  }
  return call.output([C], Float32Array.from(dw));
}

export const rmsNormOps: readonly OpDefinition[] = [
  {
    name: 'FRmsNorm',
    reference: rmsNormReference,
    gradient: {
      inputsToSave: ['x', 'weight'],
      outputsToSave: [false, true],
      ignoredOutputs: [1],
      gradFunc: (dys, saved) => {
        const [dy, x, weight, inverseRms] = [nth(dys, 0), nth(saved, 0), nth(saved, 1), nth(saved, 2)];
        return {
          x: () => runOp('FRmsNormGradX', { dy, x, weight, inverseRms }),
          weight: () => runOp('FRmsNormGradWeight', { dy, x, inverseRms }),
        };
      },
    },
  },
  {
    name: 'FBranchNorm',
    reference: (call) => [...rmsNormReference(call), call.alias('x')],
    gradient: {
      inputsToSave: ['x', 'weight'],
      outputsToSave: [false, true, false],
      ignoredOutputs: [1],
      gradFunc: (dys, saved) => {
        const [dy, beside, x, weight, inverseRms] = [nth(dys, 0), nth(dys, 2), nth(saved, 0), nth(saved, 1), nth(saved, 2)];
        return {
          x: () => runOp('FRmsNormGradX', { dy, x, weight, inverseRms, beside }),
          weight: () => runOp('FRmsNormGradWeight', { dy, x, inverseRms }),
        };
      },
    },
  },
  { name: 'FRmsNormGradX', reference: gradXReference },
  { name: 'FRmsNormGradWeight', reference: gradWeightReference },
];
