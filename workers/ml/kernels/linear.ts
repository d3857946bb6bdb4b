// Linear layer y = x W^T + b with PyTorch's weight layout. Each gradient is its own kernel, so that a frozen weight costs nothing.
// Several layers of the same input are one op of their own: joint-linear.ts.
import { clone } from '@tensorflow/tfjs-core';
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

/**
 * A branch's last layer with the sum of the residual stream in its end.
 * @param x [..., K], borrowed
 * @param weight [O, K], borrowed
 * @param residual [..., O], borrowed
 * @returns residual + x W^T; gradients for all three
 */
export function linearAdd(x: Tensor, weight: Tensor, residual: Tensor): Tensor {
  assertShape('linearAdd', 'weight', weight, [-1, width(x.shape)]);
  assertShape('linearAdd', 'residual', residual, [...x.shape.slice(0, -1), weight.shape[0] ?? 0]);
  return runOp('FLinear', { x, weight, residual });
}

/** Adds x [N, K] W^T to y [N, O]. */
export function addProduct(y: Float32Array, x: Float32Array, weight: Float32Array, N: number, K: number): void {
  const O = weight.length / K;
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < O; o++) {
      let sum = y[n * O + o] ?? 0;
      for (let k = 0; k < K; k++) sum += (x[n * K + k] ?? 0) * (weight[o * K + k] ?? 0);
      y[n * O + o] = sum;
    }
  }
}

/** Adds dy [N, O] W [O, K] to dx [N, K]. */
export function addProductGradX(dx: Float32Array, dy: Float32Array, weight: Float32Array, N: number, K: number): void {
  const O = weight.length / K;
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      let sum = dx[n * K + k] ?? 0;
      for (let o = 0; o < O; o++) sum += (dy[n * O + o] ?? 0) * (weight[o * K + k] ?? 0);
      dx[n * K + k] = sum;
    }
  }
}

/** @returns dy^T [O, N] x [N, K] */
export function productGradWeight(dy: Float32Array, x: Float32Array, N: number, K: number): Float32Array {
  const O = dy.length / N;
  const dw = new Float32Array(O * K);
  for (let o = 0; o < O; o++) {
    for (let k = 0; k < K; k++) {
      let sum = 0;
      for (let n = 0; n < N; n++) sum += (dy[n * O + o] ?? 0) * (x[n * K + k] ?? 0);
      dw[o * K + k] = sum;
    }
  }
  return dw;
}

function linearReference(call: ReferenceCall): TensorInfo {
  const [N, K, O] = [rowsOf(call.shape('x')), width(call.shape('x')), call.shape('weight')[0] ?? 0];
  const bias = call.has('bias') ? call.floats('bias') : undefined;
  const residual = call.has('residual') ? call.floats('residual') : undefined;
  const y = Float32Array.from({ length: N * O }, (_, i) => (bias?.[i % O] ?? 0) + (residual?.[i] ?? 0));
  addProduct(y, call.floats('x'), call.floats('weight'), N, K);
  return call.output([...call.shape('x').slice(0, -1), O], y);
}

function gradXReference(call: ReferenceCall): TensorInfo {
  const [N, K] = [rowsOf(call.shape('dy')), width(call.shape('weight'))];
  const dx = new Float32Array(N * K);
  addProductGradX(dx, call.floats('dy'), call.floats('weight'), N, K);
  return call.output([...call.shape('dy').slice(0, -1), K], dx);
}

function gradWeightReference(call: ReferenceCall): TensorInfo {
  const [N, O, K] = [rowsOf(call.shape('dy')), width(call.shape('dy')), width(call.shape('x'))];
  return call.output([O, K], productGradWeight(call.floats('dy'), call.floats('x'), N, K));
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
          residual: () => clone(dy),
        };
      },
    },
  },
  { name: 'FLinearGradX', reference: gradXReference },
  { name: 'FLinearGradWeight', reference: gradWeightReference },
];
