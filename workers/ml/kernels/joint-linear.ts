// Several Linear layers of the same input as one op: one product forward, one for the input's gradient, one for all weights'.
// The weights stay tensors of their own, as checkpoints and adapters name them.
import type { NamedTensorMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { nth, rowsOf, runMultiOp, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { addProduct, addProductGradX, productGradWeight } from './linear.ts';
import { assertShape } from './shape-checks.ts';
import { computedOnce } from './shared-gradients.ts';

/** Layers that one op takes: q, k and v, or gate and up. More would not fit the eight buffers of a WebGPU kernel. */
export const JOINT_COUNTS = [2, 3] as const;

/** The names under which kernels get a list of tensors: prefix0, prefix1, ... */
export function numbered(prefix: string, tensors: readonly Tensor[]): NamedTensorMap {
  return Object.fromEntries(tensors.map((tensor, i) => [`${prefix}${i}`, tensor]));
}

/** 0, 1, ..., count - 1. */
export const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * @param x [..., K], borrowed
 * @param weights two or three, [O_i, K] each, borrowed
 * @returns x W_i^T [..., O_i] each; gradients for x and every weight
 */
export function linears(x: Tensor, weights: readonly Tensor[]): Tensor[] {
  if (weights.length !== 2 && weights.length !== 3)
    throw new WorkbenchError('E-INTERNAL', `linears takes two or three weights, not ${weights.length}.`);
  for (const weight of weights) assertShape('linears', 'weight', weight, [-1, width(x.shape)]);
  return runMultiOp(`FLinears${weights.length}`, { x, ...numbered('weight', weights) });
}

/** The input's gradient, sum over i of dy_i W_i. @param dys [..., O_i], borrowed */
export function linearsGradX(dys: readonly Tensor[], weights: readonly Tensor[]): Tensor {
  return runOp(`FLinears${dys.length}GradX`, { ...numbered('dy', dys), ...numbered('weight', weights) });
}

/** The weights' gradients, dy_i^T x each. @param dys [..., O_i], borrowed @param x borrowed */
export function linearsGradWeights(dys: readonly Tensor[], x: Tensor): Tensor[] {
  return runMultiOp(`FLinears${dys.length}GradWeights`, { ...numbered('dy', dys), x });
}

function linearsReference(call: ReferenceCall, count: number): TensorInfo[] {
  const [N, K] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  return indices(count).map((i) => {
    const O = call.shape(`weight${i}`)[0] ?? 0;
    const y = new Float32Array(N * O);
    addProduct(y, call.floats('x'), call.floats(`weight${i}`), N, K);
    return call.output([...call.shape('x').slice(0, -1), O], y);
  });
}

function gradXReference(call: ReferenceCall, count: number): TensorInfo {
  const [N, K] = [rowsOf(call.shape('dy0')), width(call.shape('weight0'))];
  const dx = new Float32Array(N * K);
  for (const i of indices(count)) addProductGradX(dx, call.floats(`dy${i}`), call.floats(`weight${i}`), N, K);
  return call.output([...call.shape('dy0').slice(0, -1), K], dx);
}

function gradWeightsReference(call: ReferenceCall, count: number): TensorInfo[] {
  const [N, K] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  return indices(count).map((i) => {
    const dw = productGradWeight(call.floats(`dy${i}`), call.floats('x'), N, K);
    return call.output([width(call.shape(`dy${i}`)), K], dw);
  });
}

function jointOps(count: number): OpDefinition[] {
  const weightNames = indices(count).map((i) => `weight${i}`);
  return [
    {
      name: `FLinears${count}`,
      reference: (call) => linearsReference(call, count),
      gradient: {
        inputsToSave: ['x', ...weightNames],
        gradFunc: (dys, saved) => {
          const given = indices(count).map((i) => nth(dys, i));
          const weights = saved.slice(1);
          const dWeights = computedOnce(() => linearsGradWeights(given, nth(saved, 0)));
          const ofWeights = weightNames.map((name, i) => [name, () => nth(dWeights(), i)] as const);
          return { x: () => linearsGradX(given, weights), ...Object.fromEntries(ofWeights) };
        },
      },
    },
    { name: `FLinears${count}GradX`, reference: (call) => gradXReference(call, count) },
    { name: `FLinears${count}GradWeights`, reference: (call) => gradWeightsReference(call, count) },
  ];
}

export const jointLinearOps: readonly OpDefinition[] = JOINT_COUNTS.flatMap(jointOps);
