// The differentiable ops with odd sizes, for the tests of both kernel builds.
import { concat, mul, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { attention } from '../../../workers/ml/kernels/attention.ts';
import { biasGelu } from '../../../workers/ml/kernels/bias-gelu.ts';
import { depthwiseConv } from '../../../workers/ml/kernels/depthwise-conv.ts';
import { embedding } from '../../../workers/ml/kernels/embedding.ts';
import { layerNorm } from '../../../workers/ml/kernels/layer-norm.ts';
import { linears } from '../../../workers/ml/kernels/joint-linear.ts';
import { linear, linearAdd } from '../../../workers/ml/kernels/linear.ts';
import { patchify } from '../../../workers/ml/kernels/patchify.ts';
import { branchNorm, rmsNorm } from '../../../workers/ml/kernels/rms-norm.ts';
import { rope } from '../../../workers/ml/kernels/rope.ts';
import { scaleResidual } from '../../../workers/ml/kernels/scale-residual.ts';
import { swigluLinear } from '../../../workers/ml/kernels/swiglu-linear.ts';
import { swiglu } from '../../../workers/ml/kernels/swiglu.ts';
import { tokenLogProbs } from '../../../workers/ml/kernels/token-log-probs.ts';

export type Op = (...inputs: Tensor[]) => Tensor;
/** Missing inputs would be a mistake in a case below. */
const at = (xs: Tensor[], i: number): Tensor => {
  const x = xs[i];
  if (!x) throw new Error(`case has no input ${i}`);
  return x;
};

const op3 =
  (f: (a: Tensor, b: Tensor, c: Tensor) => Tensor): Op =>
  (...xs) =>
    f(at(xs, 0), at(xs, 1), at(xs, 2));
const op2 =
  (f: (a: Tensor, b: Tensor) => Tensor): Op =>
  (...xs) =>
    f(at(xs, 0), at(xs, 1));

/** Tables of any angles; starts differ between the rows of a batch. */
function ropeCase(T: number, H: number, D: number): [Op, number[][]] {
  const angles = Array.from({ length: (T + 4) * (D / 2) }, (_, i) => Math.sin(i * 7.3) * 3);
  const run = (x: Tensor) => {
    const [cos, sin] = [tensor(angles.map(Math.cos), [T + 4, D / 2]), tensor(angles.map(Math.sin), [T + 4, D / 2])];
    const starts = tensor([3, 0], [2], 'int32');
    const y = rope(x, cos, sin, starts, H);
    for (const t of [cos, sin, starts]) t.dispose();
    return y;
  };
  return [(...xs) => run(at(xs, 0)), [[2, T, H * D]]];
}

function logProbCase(V: number, targets: number[], temperature: number): [Op, number[][]] {
  const run = (logits: Tensor) => {
    const ids = tensor(targets, [targets.length], 'int32');
    const { logProbs, entropy } = tokenLogProbs(logits, ids, temperature);
    entropy.dispose();
    ids.dispose();
    return logProbs;
  };
  return [(...xs) => run(at(xs, 0)), [[targets.length, V]]];
}

function embeddingCase(V: number, C: number): [Op, number[][]] {
  const run = (table: Tensor) => {
    const ids = tensor([1, 0, V - 1, 1, 1, 2], [2, 3], 'int32');
    const y = embedding(table, ids);
    ids.dispose();
    return y;
  };
  return [(...xs) => run(at(xs, 0)), [[V, C]]];
}

const linearOp = op3((x, w, b) => linear(x, w, b));
/** All outputs side by side. */
const linearsOp: Op = (...xs) => {
  const outputs = linears(at(xs, 0), xs.slice(1));
  const y = concat(outputs, -1);
  for (const output of outputs) output.dispose();
  return y;
};
/** What is normed, and the stream that goes on beside it. */
const branchOp = op2((x, w) => {
  const { normed, x: stream } = branchNorm(x, w, 1e-5);
  const thrice = mul(stream, 3);
  const y = concat([normed, thrice], -1);
  for (const part of [normed, stream, thrice]) part.dispose();
  return y;
});
const attentionOp = (H: number, KV: number): Op => op3((q, k, v) => attention(q, k, v, H, KV));
const attentionShapes = (B: number, T: number, H: number, KV: number, D: number) => [
  [B, T, H * D],
  [B, T, KV * D],
  [B, T, KV * D],
];
const depthwiseShapes = (B: number, H: number, W: number, C: number, k: number) => [[B, H, W, C], [C, 1, k, k], [C]];

export const CASES: [string, Op, number[][]][] = [
  ['linear 6 to 10', linearOp, [[3, 6], [10, 6], [10]]],
  ['linear 30 to 101 on [2, 5, 30]', linearOp, [[2, 5, 30], [101, 30], [101]]],
  ['linear of one row, 33 to 259', linearOp, [[1, 33], [259, 33], [259]]],
  ['linear 64 to 128 over 70 rows', linearOp, [[70, 64], [128, 64], [128]]],
  ['linear whose reduction is longer than a block', linearOp, [[2, 1030], [5, 1030], [5]]],
  ['linear whose weight gradient is longer than a block', linearOp, [[1100, 6], [9, 6], [9]]],
  [
    'linear without bias',
    op2((x, w) => linear(x, w)),
    [
      [7, 12],
      [5, 12],
    ],
  ],
  [
    'three linears of odd widths',
    linearsOp,
    [
      [2, 5, 30],
      [33, 30],
      [7, 30],
      [9, 30],
    ],
  ],
  [
    'three linears, 64 to 64, 32 and 32, over 70 rows',
    linearsOp,
    [
      [70, 64],
      [64, 64],
      [32, 64],
      [32, 64],
    ],
  ],
  [
    'two linears whose weight gradients are longer than a block',
    linearsOp,
    [
      [1100, 6],
      [9, 6],
      [4, 6],
    ],
  ],
  [
    'linearAdd 33 to 10',
    op3(linearAdd),
    [
      [2, 3, 33],
      [10, 33],
      [2, 3, 10],
    ],
  ],
  [
    'linearAdd whose reduction is longer than a block',
    op3(linearAdd),
    [
      [3, 1030],
      [5, 1030],
      [3, 5],
    ],
  ],
  [
    'swigluLinear 30 to 101',
    op3(swigluLinear),
    [
      [2, 3, 30],
      [101, 30],
      [101, 30],
    ],
  ],
  ...[6, 33, 64].map((C): [string, Op, number[][]] => [`branchNorm of width ${C}`, branchOp, [[2, 5, C], [C]]]),
  ...[6, 10, 33, 64, 101].map((C): [string, Op, number[][]] => [
    `rmsNorm of width ${C}`,
    op2((x, w) => rmsNorm(x, w, 1e-5)),
    [[2, 5, C], [C]],
  ]),
  ...[6, 10, 33, 64, 101].map((C): [string, Op, number[][]] => [
    `layerNorm of width ${C}`,
    op3((x, w, b) => layerNorm(x, w, b, 1e-6)),
    [[2, 5, C], [C], [C]],
  ]),
  ['rope with D 10', ...ropeCase(5, 3, 10)],
  ['rope with D 6', ...ropeCase(37, 2, 6)],
  ['rope with D 32', ...ropeCase(1, 2, 32)],
  ['attention T 1', attentionOp(2, 2), attentionShapes(2, 1, 2, 2, 8)],
  ['attention T 5, D 10', attentionOp(3, 3), attentionShapes(2, 5, 3, 3, 10)],
  ['attention T 37, D 6, grouped heads', attentionOp(4, 2), attentionShapes(2, 37, 4, 2, 6)],
  ['attention T 37, D 33, one key head', attentionOp(3, 1), attentionShapes(1, 37, 3, 1, 33)],
  ['attention T 300 in two query blocks, grouped heads', attentionOp(2, 1), attentionShapes(1, 300, 2, 1, 6)],
  ['attention T 64, D 32', attentionOp(2, 2), attentionShapes(1, 64, 2, 2, 32)],
  [
    'swiglu of 7 x 101',
    op2(swiglu),
    [
      [7, 101],
      [7, 101],
    ],
  ],
  ['biasGelu of width 10', op2(biasGelu), [[5, 10], [10]]],
  ['biasGelu of width 33', op2(biasGelu), [[2, 3, 33], [33]]],
  ['scaleResidual of width 30', op3(scaleResidual), [[2, 3, 30], [30], [2, 3, 30]]],
  ['depthwise 7 x 7, 10 channels', op3(depthwiseConv), depthwiseShapes(2, 6, 5, 10, 7)],
  ['depthwise 7 x 7, 8 channels on 16 x 16', op3(depthwiseConv), depthwiseShapes(1, 16, 16, 8, 7)],
  ['depthwise 3 x 3 on 2 x 2', op3(depthwiseConv), depthwiseShapes(2, 2, 2, 6, 3)],
  ['patchify 4', (...xs) => patchify(at(xs, 0), 4), [[2, 8, 12, 3]]],
  ['patchify 2 of 10 channels', (...xs) => patchify(at(xs, 0), 2), [[1, 4, 6, 10]]],
  ['embedding of width 30', ...embeddingCase(7, 30)],
  ['embedding of width 33', ...embeddingCase(5, 33)],
  ['tokenLogProbs V 151', ...logProbCase(151, [3, -1, 150, 0], 1)],
  ['tokenLogProbs V 259, temperature 0.7', ...logProbCase(259, [258, 7, -100], 0.7)],
  ['tokenLogProbs V 6', ...logProbCase(6, [5, 0], 1.3)],
];

/** Small enough for finite differences. */
export const TINY_CASES: [string, Op, number[][]][] = [
  ['linear', linearOp, [[2, 3], [4, 3], [4]]],
  [
    'linears',
    linearsOp,
    [
      [2, 3],
      [4, 3],
      [2, 3],
      [1, 3],
    ],
  ],
  [
    'linearAdd',
    op3(linearAdd),
    [
      [2, 3],
      [4, 3],
      [2, 4],
    ],
  ],
  [
    'swigluLinear',
    op3(swigluLinear),
    [
      [2, 3],
      [4, 3],
      [4, 3],
    ],
  ],
  ['branchNorm', branchOp, [[2, 6], [6]]],
  ['rmsNorm', op2((x, w) => rmsNorm(x, w, 1e-5)), [[2, 6], [6]]],
  ['layerNorm', op3((x, w, b) => layerNorm(x, w, b, 1e-6)), [[2, 6], [6], [6]]],
  ['rope', ...ropeCase(3, 1, 4)],
  ['attention with grouped heads', attentionOp(2, 1), attentionShapes(1, 4, 2, 1, 3)],
  [
    'swiglu',
    op2(swiglu),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['biasGelu', op2(biasGelu), [[2, 3], [3]]],
  ['depthwiseConv', op3(depthwiseConv), depthwiseShapes(1, 3, 3, 2, 3)],
  ['tokenLogProbs', ...logProbCase(5, [2, -1, 4], 0.7)],
];
