// LLaMA's feed-forward up to its gate as one op: silu(x G^T) * (x U^T), two products whose ends are the gate.
import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, rowsOf, runMultiOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { linearsGradWeights, linearsGradX } from './joint-linear.ts';
import { addProduct } from './linear.ts';
import { assertShape } from './shape-checks.ts';
import { computedOnce } from './shared-gradients.ts';
import { gateValue } from './swiglu.ts';

/**
 * @param x [..., K], borrowed
 * @param gateWeight [F, K], borrowed
 * @param upWeight [F, K], borrowed
 * @returns [..., F]; gradients for all three
 */
export function swigluLinear(x: Tensor, gateWeight: Tensor, upWeight: Tensor): Tensor {
  assertShape('swigluLinear', 'gateWeight', gateWeight, [-1, width(x.shape)]);
  assertShape('swigluLinear', 'upWeight', upWeight, gateWeight.shape);
  return tidy(() => nth(runMultiOp('FSwigluLinear', { x, gateWeight, upWeight }), 0));
}

function reference(call: ReferenceCall): TensorInfo[] {
  const [N, K, F] = [rowsOf(call.shape('x')), width(call.shape('x')), call.shape('gateWeight')[0] ?? 0];
  const [gate, up] = [new Float32Array(N * F), new Float32Array(N * F)];
  addProduct(gate, call.floats('x'), call.floats('gateWeight'), N, K);
  addProduct(up, call.floats('x'), call.floats('upWeight'), N, K);
  const shape = [...call.shape('x').slice(0, -1), F];
  const y = gate.map((g, i) => gateValue(g) * (up[i] ?? 0));
  return [call.output(shape, y), call.output(shape, gate), call.output(shape, up)];
}

export const swigluLinearOps: readonly OpDefinition[] = [
  {
    name: 'FSwigluLinear',
    reference,
    gradient: {
      inputsToSave: ['x', 'gateWeight', 'upWeight'],
      outputsToSave: [false, true, true],
      ignoredOutputs: [1, 2],
      gradFunc: (dys, saved) => {
        const [x, gate, up] = [nth(saved, 0), nth(saved, 3), nth(saved, 4)];
        // Eager: whatever is asked for needs it.
        const inner = runMultiOp('FSwigluGrad', { dy: nth(dys, 0), gate, up });
        const dWeights = computedOnce(() => linearsGradWeights(inner, x));
        return {
          x: () => linearsGradX(inner, saved.slice(1, 3)),
          gateWeight: () => nth(dWeights(), 0),
          upWeight: () => nth(dWeights(), 1),
        };
      },
    },
  },
];
