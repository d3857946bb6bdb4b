// Layer norm over the last axis with weight and bias (Ba et al., https://arxiv.org/abs/1607.06450).
import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { columnSum } from './column-sum.ts';
import { nth, rowsOf, runMultiOp, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param x [..., C], borrowed
 * @param weight [C], borrowed
 * @param bias [C], borrowed
 * @param epsilon added to the variance
 * @returns [..., C]; gradients for x, weight and bias
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  assertShape('layerNorm', 'weight', weight, [width(x.shape)]);
  assertShape('layerNorm', 'bias', bias, [width(x.shape)]);
  return tidy(() => nth(runMultiOp('FLayerNorm', { x, weight, bias }, { epsilon }), 0));
}

function layerNormReference(call: ReferenceCall): TensorInfo[] {
  const [x, weight, bias, epsilon] = [call.floats('x'), call.floats('weight'), call.floats('bias'), call.number('epsilon')];
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const y = new Float32Array(N * C);
  const [means, inverseStds] = [new Float32Array(N), new Float32Array(N)];
  for (let n = 0; n < N; n++) {
    const row = x.subarray(n * C, (n + 1) * C);
    const mean = row.reduce((sum, v) => sum + v, 0) / C;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / C;
    const inverse = 1 / Math.sqrt(variance + epsilon);
    means[n] = mean;
    inverseStds[n] = inverse;
    for (let c = 0; c < C; c++) y[n * C + c] = ((row[c] ?? 0) - mean) * inverse * (weight[c] ?? 0) + (bias[c] ?? 0);
  }
  return [call.output(call.shape('x'), y), call.output([N], means), call.output([N], inverseStds)];
}

/** dx = s (g - mean(g) - z mean(g z)), with g = w dy, z the normalised row, s = 1/std. */
function gradXReference(call: ReferenceCall): TensorInfo {
  const [dy, x, weight] = [call.floats('dy'), call.floats('x'), call.floats('weight')];
  const [means, inverseStds] = [call.floats('mean'), call.floats('inverseStd')];
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const dx = new Float32Array(N * C);
  for (let n = 0; n < N; n++) {
    const [mean, s] = [means[n] ?? 0, inverseStds[n] ?? 0];
    const g = (c: number) => (weight[c] ?? 0) * (dy[n * C + c] ?? 0);
    const z = (c: number) => ((x[n * C + c] ?? 0) - mean) * s;
    let [sum, dot] = [0, 0];
    for (let c = 0; c < C; c++) {
      sum += g(c);
      dot += g(c) * z(c);
    }
    for (let c = 0; c < C; c++) dx[n * C + c] = s * (g(c) - sum / C - (z(c) * dot) / C);
  }
  return call.output(call.shape('x'), dx);
}

function gradWeightReference(call: ReferenceCall): TensorInfo {
  const [dy, x, means, inverseStds] = [call.floats('dy'), call.floats('x'), call.floats('mean'), call.floats('inverseStd')];
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const dw = new Float64Array(C);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++)
      dw[c] = (dw[c] ?? 0) + (dy[n * C + c] ?? 0) * ((x[n * C + c] ?? 0) - (means[n] ?? 0)) * (inverseStds[n] ?? 0);
  }
  return call.output([C], Float32Array.from(dw));
}

export const layerNormOps: readonly OpDefinition[] = [
  {
    name: 'FLayerNorm',
    reference: layerNormReference,
    gradient: {
      inputsToSave: ['x', 'weight'],
      outputsToSave: [false, true, true],
      ignoredOutputs: [1, 2],
      gradFunc: (dys, saved) => {
        const [dy, x, weight, mean, inverseStd] = [nth(dys, 0), nth(saved, 0), nth(saved, 1), nth(saved, 2), nth(saved, 3)];
        return {
          x: () => runOp('FLayerNormGradX', { dy, x, weight, mean, inverseStd }),
          weight: () => runOp('FLayerNormGradWeight', { dy, x, mean, inverseStd }),
          bias: () => columnSum(dy),
        };
      },
    },
  },
  { name: 'FLayerNormGradX', reference: gradXReference },
  { name: 'FLayerNormGradWeight', reference: gradWeightReference },
];
