// Rotary position embedding (Su et al., https://arxiv.org/abs/2104.09864), rotate-half pairs (j, j + D/2) as in LLaMA.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, runOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertHeads, assertShape } from './shape-checks.ts';

/**
 * @param x [B, T, H*D], borrowed
 * @param cos [maxT, D/2], borrowed
 * @param sin [maxT, D/2], borrowed
 * @param starts int32 [B], position of each row's first token, borrowed
 * @returns [B, T, H*D]; gradient for x only
 */
export function rope(x: Tensor, cos: Tensor, sin: Tensor, starts: Tensor, numHeads: number): Tensor {
  const [B = 0, , C = 0] = x.shape;
  assertHeads('rope', C, numHeads, numHeads);
  assertShape('rope', 'cos', cos, [-1, C / numHeads / 2]);
  assertShape('rope', 'sin', sin, cos.shape);
  assertShape('rope', 'starts', starts, [B]);
  return runOp('FRope', { x, cos, sin, starts }, { numHeads, sign: 1 });
}

function ropeReference(call: ReferenceCall): TensorInfo {
  const [x, cos, sin, starts] = [call.floats('x'), call.floats('cos'), call.floats('sin'), call.ints('starts')];
  const [B = 0, T = 0, C = 0] = call.shape('x');
  const [H, sign] = [call.number('numHeads'), call.number('sign')];
  const half = C / H / 2;
  const y = new Float32Array(B * T * C);
  for (let row = 0; row < B * T; row++) {
    const table = ((starts[Math.floor(row / T)] ?? 0) + (row % T)) * half;
    for (let h = 0; h < H; h++) {
      for (let j = 0; j < half; j++) {
        const at = row * C + h * 2 * half + j;
        const [a, b, c, s] = [x[at] ?? 0, x[at + half] ?? 0, cos[table + j] ?? 0, (sin[table + j] ?? 0) * sign];
        y[at] = a * c - b * s;
        y[at + half] = b * c + a * s;
      }
    }
  }
  return call.output(call.shape('x'), y);
}

export const ropeOps: readonly OpDefinition[] = [
  {
    name: 'FRope',
    reference: ropeReference,
    gradient: {
      inputsToSave: ['cos', 'sin', 'starts'],
      // A rotation's gradient is the rotation by the opposite angle: sign -1.
      gradFunc: (dys, saved, attrs) => {
        const [cos, sin, starts] = [nth(saved, 0), nth(saved, 1), nth(saved, 2)];
        return { x: () => runOp('FRope', { x: nth(dys, 0), cos, sin, starts }, { ...attrs, sign: -Number(attrs['sign']) }) };
      },
    },
  },
];
