// One small call of every fused op, with sizes that fill no tile. Inputs are made by the self-test.
import { add, cast, stack, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { adamw } from '../ml/kernels/adamw.ts';
import { attention } from '../ml/kernels/attention.ts';
import { biasGelu } from '../ml/kernels/bias-gelu.ts';
import { cacheWrite } from '../ml/kernels/cache-write.ts';
import { decodeAttention } from '../ml/kernels/decode-attention.ts';
import { nth } from '../ml/kernels/define-op.ts';
import { depthwiseConv } from '../ml/kernels/depthwise-conv.ts';
import { embedding } from '../ml/kernels/embedding.ts';
import { layerNorm } from '../ml/kernels/layer-norm.ts';
import { linear } from '../ml/kernels/linear.ts';
import { packLinear } from '../ml/kernels/pack-linear.ts';
import { patchify } from '../ml/kernels/patchify.ts';
import { rmsNorm } from '../ml/kernels/rms-norm.ts';
import { rope } from '../ml/kernels/rope.ts';
import { sampleTokens } from '../ml/kernels/sample-tokens.ts';
import { scaleResidual } from '../ml/kernels/scale-residual.ts';
import { sumSquares } from '../ml/kernels/sum-squares.ts';
import { swiglu } from '../ml/kernels/swiglu.ts';
import { tokenLogProbs } from '../ml/kernels/token-log-probs.ts';

export interface OpCase {
  name: string;
  shapes: number[][];
  /** @param xs of `shapes`, borrowed; called inside `tidy` */
  run: (xs: readonly Tensor[]) => Tensor;
}

const int32 = (values: number[], shape = [values.length]): Tensor => tensor(values, shape, 'int32');
const [B, T, H, D] = [2, 7, 3, 10];

function runRope(x: Tensor): Tensor {
  const angles = Array.from({ length: (T + 4) * (D / 2) }, (_, i) => Math.sin(7.3 * i) * 3);
  const table = (of: (angle: number) => number): Tensor => tensor(angles.map(of), [T + 4, D / 2]);
  return rope(x, table(Math.cos), table(Math.sin), int32([3, 0]), H);
}

export const DIFFERENTIABLE_CASES: readonly OpCase[] = [
  { name: 'linear', shapes: [[5, 33], [101, 33], [101]], run: (xs) => linear(nth(xs, 0), nth(xs, 1), nth(xs, 2)) },
  { name: 'rmsNorm', shapes: [[5, 33], [33]], run: (xs) => rmsNorm(nth(xs, 0), nth(xs, 1), 1e-5) },
  { name: 'layerNorm', shapes: [[5, 33], [33], [33]], run: (xs) => layerNorm(nth(xs, 0), nth(xs, 1), nth(xs, 2), 1e-6) },
  { name: 'rope', shapes: [[B, T, H * D]], run: (xs) => runRope(nth(xs, 0)) },
  {
    name: 'attention',
    shapes: [
      [B, T, 4 * 6],
      [B, T, 2 * 6],
      [B, T, 2 * 6],
    ],
    run: (xs) => attention(nth(xs, 0), nth(xs, 1), nth(xs, 2), 4, 2),
  },
  {
    name: 'swiglu',
    shapes: [
      [7, 33],
      [7, 33],
    ],
    run: (xs) => swiglu(nth(xs, 0), nth(xs, 1)),
  },
  { name: 'biasGelu', shapes: [[7, 33], [33]], run: (xs) => biasGelu(nth(xs, 0), nth(xs, 1)) },
  { name: 'scaleResidual', shapes: [[7, 33], [33], [7, 33]], run: (xs) => scaleResidual(nth(xs, 0), nth(xs, 1), nth(xs, 2)) },
  { name: 'depthwiseConv', shapes: [[B, 6, 5, 10], [10, 1, 7, 7], [10]], run: (xs) => depthwiseConv(nth(xs, 0), nth(xs, 1), nth(xs, 2)) },
  { name: 'patchify', shapes: [[B, 8, 12, 3]], run: (xs) => patchify(nth(xs, 0), 4) },
  { name: 'embedding', shapes: [[7, 33]], run: (xs) => embedding(nth(xs, 0), int32([1, 0, 6, 1, 1, 2], [2, 3])) },
  { name: 'tokenLogProbs', shapes: [[3, 259]], run: (xs) => tokenLogProbs(nth(xs, 0), int32([258, 7, -100]), 0.7).logProbs },
];

/** An update in place, on copies of the inputs. */
function runAdamw(xs: readonly Tensor[]): Tensor {
  const [parameter, m, v] = [nth(xs, 0), nth(xs, 2), zeros(nth(xs, 0).shape)].map((x) => add(x, 0));
  if (!parameter || !m || !v) return zeros([0]);
  adamw(parameter, nth(xs, 1), m, v, {
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    weightDecay: 0.1,
    step: 3,
    gradientScale: 0.5,
  });
  return stack([parameter, m, v]);
}

function runCache(xs: readonly Tensor[]): Tensor {
  const [rows, length, width] = [3, 9, 2 * 6];
  const caches = [zeros([rows, length, width]), zeros([rows, length, width])];
  for (let position = 0; position < 4; position++) {
    for (const cache of caches) cacheWrite(cache, nth(xs, 1 + (position % 2)), int32([position, position, position]));
  }
  return decodeAttention(nth(xs, 0), nth(caches, 0), nth(caches, 1), int32([4, 2, 1]), 4, 2);
}

function runSampling(logits: Tensor): Tensor {
  const { ids, logProbs, entropy } = sampleTokens(logits, int32([0, 1, 7]), 5, { temperature: 0.9, topP: 0.8, seed: 42 });
  return stack([cast(ids, 'float32'), logProbs, entropy]);
}

export const FORWARD_CASES: readonly OpCase[] = [
  { name: 'sumSquares', shapes: [[7, 33]], run: (xs) => sumSquares(nth(xs, 0)) },
  {
    name: 'packLinear',
    shapes: [
      [101, 33],
      [3, 33],
    ],
    run: (xs) => packLinear(nth(xs, 0)).apply(nth(xs, 1)),
  },
  { name: 'adamw', shapes: [[33], [33], [33]], run: runAdamw },
  {
    name: 'cacheWrite and decodeAttention',
    shapes: [
      [3, 4 * 6],
      [3, 2 * 6],
      [3, 2 * 6],
    ],
    run: runCache,
  },
  { name: 'sampleTokens', shapes: [[3, 259]], run: (xs) => runSampling(nth(xs, 0)) },
];
