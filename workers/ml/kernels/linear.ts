// Linear layer y = x W^T + b with PyTorch's weight layout. Each gradient is its own kernel, so that a frozen weight costs nothing.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { columnSum } from './column-sum.ts';
import { nth, rowsOf, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param x [..., K], borrowed
 * @param weight [O, K], borrowed
 * @param bias [O], borrowed
 * @returns [..., O]; gradients for all three
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const K = width(x.shape);
  assertShape('linear', 'weight', weight, [-1, K]);
  if (bias) assertShape('linear', 'bias', bias, [weight.shape[0] ?? 0]);
  return runOp('FLinear', bias ? { x, weight, bias } : { x, weight });
}

function linearReference(call: ReferenceCall): TensorInfo {
  const [x, weight] = [call.floats('x'), call.floats('weight')];
  const bias = call.has('bias') ? call.floats('bias') : undefined;
  const N = rowsOf(call.shape('x'));
  const [O, K] = [call.shape('weight')[0] ?? 0, width(call.shape('x'))];
  const y = new Float32Array(N * O);
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < O; o++) {
      let sum = bias?.[o] ?? 0;
      for (let k = 0; k < K; k++) sum += (x[n * K + k] ?? 0) * (weight[o * K + k] ?? 0);
      y[n * O + o] = sum;
    }
  }
  return call.output([...call.shape('x').slice(0, -1), O], y);
}

/** dx [N, K] = dy [N, O] W [O, K]. */
function gradXReference(call: ReferenceCall): TensorInfo {
  const [dy, weight] = [call.floats('dy'), call.floats('weight')];
  const [N, O, K] = [rowsOf(call.shape('dy')), width(call.shape('dy')), width(call.shape('weight'))];
  const dx = new Float32Array(N * K);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      let sum = 0;
      for (let o = 0; o < O; o++) sum += (dy[n * O + o] ?? 0) * (weight[o * K + k] ?? 0);
      dx[n * K + k] = sum;
    }
  }
  return call.output([...call.shape('dy').slice(0, -1), K], dx);
}

/** dW [O, K] = dy^T [O, N] x [N, K]. */
function gradWeightReference(call: ReferenceCall): TensorInfo {
  const [dy, x] = [call.floats('dy'), call.floats('x')];
  const [N, O, K] = [rowsOf(call.shape('dy')), width(call.shape('dy')), width(call.shape('x'))];
  const dw = new Float32Array(O * K);
  for (let o = 0; o < O; o++) {
    for (let k = 0; k < K; k++) {
      let sum = 0;
      for (let n = 0; n < N; n++) sum += (dy[n * O + o] ?? 0) * (x[n * K + k] ?? 0);
      dw[o * K + k] = sum;
    }
  }
  return call.output([O, K], dw);
}

export const linearOps: readonly OpDefinition[] = [
  {
    name: 'FLinear',
    reference: linearReference,
    gradient: {
      inputsToSave: ['x', 'weight'],
      gradFunc: (dys, saved) => {
        const [dy, x, weight] = [nth(dys, 0), nth(saved, 0), nth(saved, 1)];
        return {
          x: () => runOp('FLinearGradX', { dy, weight }),
          weight: () => runOp('FLinearGradWeight', { dy, x }),
          bias: () => columnSum(dy),
        };
      },
    },
  },
  { name: 'FLinearGradX', reference: gradXReference },
  { name: 'FLinearGradWeight', reference: gradWeightReference },
];
