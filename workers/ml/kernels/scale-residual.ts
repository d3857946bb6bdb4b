// Layer scale and residual of a ConvNeXt block: residual + gamma * x.
import { clone } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param x [..., C], borrowed
 * @param gamma [C], borrowed
 * @param residual as x, borrowed
 * @returns [..., C]; gradients for all three
 */
export function scaleResidual(x: Tensor, gamma: Tensor, residual: Tensor): Tensor {
  assertShape('scaleResidual', 'gamma', gamma, [width(x.shape)]);
  assertShape('scaleResidual', 'residual', residual, x.shape);
  return runOp('FScaleResidual', { x, gamma, residual });
}

function scaleResidualReference(call: ReferenceCall): TensorInfo {
  const [x, gamma, residual, C] = [call.floats('x'), call.floats('gamma'), call.floats('residual'), width(call.shape('x'))];
  return call.output(
    call.shape('x'),
    x.map((v, i) => (residual[i] ?? 0) + v * (gamma[i % C] ?? 0)),
  );
}

function gradXReference(call: ReferenceCall): TensorInfo {
  const [dy, gamma, C] = [call.floats('dy'), call.floats('gamma'), width(call.shape('dy'))];
  return call.output(
    call.shape('dy'),
    dy.map((v, i) => v * (gamma[i % C] ?? 0)),
  );
}

function gradGammaReference(call: ReferenceCall): TensorInfo {
  const [dy, x, C] = [call.floats('dy'), call.floats('x'), width(call.shape('dy'))];
  const sums = new Float64Array(C);
  for (let i = 0; i < dy.length; i++) sums[i % C] = (sums[i % C] ?? 0) + (dy[i] ?? 0) * (x[i] ?? 0);
  return call.output([C], Float32Array.from(sums));
}

export const scaleResidualOps: readonly OpDefinition[] = [
  {
    name: 'FScaleResidual',
    reference: scaleResidualReference,
    gradient: {
      inputsToSave: ['x', 'gamma'],
      gradFunc: (dys, saved) => {
        const [dy, x, gamma] = [nth(dys, 0), nth(saved, 0), nth(saved, 1)];
        return {
          x: () => runOp('FScaleResidualGradX', { dy, gamma }),
          gamma: () => runOp('FScaleResidualGradGamma', { dy, x }),
          residual: () => clone(dy),
        };
      },
    },
  },
  { name: 'FScaleResidualGradX', reference: gradXReference },
  { name: 'FScaleResidualGradGamma', reference: gradGammaReference },
];
