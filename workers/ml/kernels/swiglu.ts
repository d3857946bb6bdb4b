// The gate of LLaMA's feed-forward: silu(gate) * up (Shazeer, https://arxiv.org/abs/2002.05202).
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, rowsOf, runMultiOp, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param gate [...], borrowed
 * @param up same shape, borrowed
 * @returns same shape; gradients for both
 */
export function swiglu(gate: Tensor, up: Tensor): Tensor {
  assertShape('swiglu', 'up', up, gate.shape);
  return runOp('FSwiglu', { gate, up });
}

/** @param x [R, 2 F]: gates, then ups; borrowed @returns [R, F]; inference only */
export function swigluPairs(x: Tensor): Tensor {
  return runOp('FSwigluPairs', { x });
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** silu */
export const gateValue = (x: number): number => x * sigmoid(x);

function swigluReference(call: ReferenceCall): TensorInfo {
  const [gate, up] = [call.floats('gate'), call.floats('up')];
  return call.output(
    call.shape('gate'),
    gate.map((g, i) => gateValue(g) * (up[i] ?? 0)),
  );
}

function pairsReference(call: ReferenceCall): TensorInfo {
  const [x, N, F] = [call.floats('x'), rowsOf(call.shape('x')), width(call.shape('x')) / 2];
  const y = Float32Array.from({ length: N * F }, (_, i) => {
    const at = Math.floor(i / F) * 2 * F + (i % F);
    return gateValue(x[at] ?? 0) * (x[at + F] ?? 0);
  });
  return call.output([...call.shape('x').slice(0, -1), F], y);
}

function gradReference(call: ReferenceCall): TensorInfo[] {
  const [dy, gate, up] = [call.floats('dy'), call.floats('gate'), call.floats('up')];
  const dGate = gate.map((g, i) => (dy[i] ?? 0) * (up[i] ?? 0) * sigmoid(g) * (1 + g * (1 - sigmoid(g))));
  const dUp = gate.map((g, i) => (dy[i] ?? 0) * g * sigmoid(g));
  return [call.output(call.shape('gate'), dGate), call.output(call.shape('gate'), dUp)];
}

export const swigluOps: readonly OpDefinition[] = [
  {
    name: 'FSwiglu',
    reference: swigluReference,
    gradient: {
      inputsToSave: ['gate', 'up'],
      gradFunc: (dys, saved) => {
        const grads = runMultiOp('FSwigluGrad', { dy: nth(dys, 0), gate: nth(saved, 0), up: nth(saved, 1) });
        return { gate: () => nth(grads, 0), up: () => nth(grads, 1) };
      },
    },
  },
  { name: 'FSwigluGrad', reference: gradReference },
  { name: 'FSwigluPairs', reference: pairsReference },
];
