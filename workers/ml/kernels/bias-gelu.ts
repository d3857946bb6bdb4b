// Exact GELU of x + bias: z * Phi(z) with the normal distribution's Phi (Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415).
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { columnSum } from './column-sum.ts';
import { nth, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param x [..., C], borrowed
 * @param bias [C], borrowed
 * @returns [..., C]; gradients for both
 */
export function biasGelu(x: Tensor, bias: Tensor): Tensor {
  assertShape('biasGelu', 'bias', bias, [width(x.shape)]);
  return runOp('FBiasGelu', { x, bias });
}

/** Error function in double precision: Taylor series near 0, continued fraction of erfc beyond. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let [term, sum] = [x, x];
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}

const normalCdf = (z: number): number => 0.5 * (1 + erf(z / Math.SQRT2));
const normalDensity = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

function biasGeluReference(call: ReferenceCall): TensorInfo {
  const [x, bias, C] = [call.floats('x'), call.floats('bias'), width(call.shape('x'))];
  const y = x.map((v, i) => {
    const z = v + (bias[i % C] ?? 0);
    return z * normalCdf(z);
  });
  return call.output(call.shape('x'), y);
}

function gradReference(call: ReferenceCall): TensorInfo {
  const [dy, x, bias, C] = [call.floats('dy'), call.floats('x'), call.floats('bias'), width(call.shape('x'))];
  const dx = x.map((v, i) => {
    const z = v + (bias[i % C] ?? 0);
    return (dy[i] ?? 0) * (normalCdf(z) + z * normalDensity(z));
  });
  return call.output(call.shape('x'), dx);
}

export const biasGeluOps: readonly OpDefinition[] = [
  {
    name: 'FBiasGelu',
    reference: biasGeluReference,
    gradient: {
      inputsToSave: ['x', 'bias'],
      gradFunc: (dys, saved) => {
        // Eager: the bias gradient is the column sum of the x gradient.
        const dx = runOp('FBiasGeluGrad', { dy: nth(dys, 0), x: nth(saved, 0), bias: nth(saved, 1) });
        return { x: () => dx, bias: () => columnSum(dx) };
      },
    },
  },
  { name: 'FBiasGeluGrad', reference: gradReference },
];
