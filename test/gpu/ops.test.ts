// Every fused op and its gradient on webgpu against the cpu reference, in both kernel families, at odd and even sizes.
import { add, concat, grads, matMul, mul, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attention } from '../../workers/ml/kernels/attention.ts';
import { biasGelu } from '../../workers/ml/kernels/bias-gelu.ts';
import { columnSum } from '../../workers/ml/kernels/column-sum.ts';
import { nth } from '../../workers/ml/kernels/define-op.ts';
import { depthwiseConv } from '../../workers/ml/kernels/depthwise-conv.ts';
import { embedding } from '../../workers/ml/kernels/embedding.ts';
import { layerNorm } from '../../workers/ml/kernels/layer-norm.ts';
import { linears } from '../../workers/ml/kernels/joint-linear.ts';
import { linear, linearAdd } from '../../workers/ml/kernels/linear.ts';
import { patchify } from '../../workers/ml/kernels/patchify.ts';
import { branchNorm, rmsNorm } from '../../workers/ml/kernels/rms-norm.ts';
import { rope } from '../../workers/ml/kernels/rope.ts';
import { scaleResidual } from '../../workers/ml/kernels/scale-residual.ts';
import { sumSquares, totalSquares } from '../../workers/ml/kernels/sum-squares.ts';
import { swigluLinear } from '../../workers/ml/kernels/swiglu-linear.ts';
import { swiglu } from '../../workers/ml/kernels/swiglu.ts';
import { tokenLogProbs } from '../../workers/ml/kernels/token-log-probs.ts';
import { describeGpu, deviceErrors, expectSameOnGpu, ints, noise, openGpu, ropeTables, toTensor } from './gpu.ts';
import type { Values } from './gpu.ts';

type Op = (inputs: readonly Tensor[]) => Tensor;

/** Compares the output, and the gradients of sum(output * upstream) for every input. */
function expectOp(inputs: Values[], op: Op): Promise<void> {
  return expectSameOnGpu(inputs, (tensors) => {
    const output = op(tensors);
    const upstream = toTensor(noise(output.shape, 99));
    return [output, ...grads((...xs: Tensor[]) => sum(mul(op(xs), upstream)))(tensors)];
  });
}

/** A branch of the residual stream: what is normed, and the stream itself. */
function branched(x: Tensor, weight: Tensor): Tensor {
  const { normed, x: stream } = branchNorm(x, weight, 1e-5);
  return concat([normed, mul(stream, 3)], -1);
}

/** Software adapters compile a kernel with barriers for seconds, so the tiled ones run at fewer sizes. */
const families = [
  { family: 'row kernels', tiles: false },
  { family: 'tiled kernels', tiles: true },
];

describeGpu('fused ops on webgpu equal the cpu reference', () => {
  beforeAll(async () => {
    (await openGpu()).runner.prefersTiles = false;
  });
  afterAll(() => {
    expect(deviceErrors).toEqual([]);
  });

  it('sums of equal shapes, of a tensor with itself, and with broadcasting', async () => {
    await expectOp([noise([3, 8], 1), noise([3, 8], 2), noise([8], 3)], (t) => add(add(nth(t, 0), nth(t, 1)), add(nth(t, 2), nth(t, 2))));
    await expectOp([noise([3, 5], 1), noise([3, 5], 2)], (t) => add(nth(t, 0), nth(t, 1)));
  });

  it('rope with a start of its own for each row', async () => {
    const [cos, sin] = ropeTables(9, 6);
    const [x, starts] = [noise([2, 5, 18], 1), ints([0, 4])];
    await expectOp([x], (t) => rope(nth(t, 0), toTensor(cos), toTensor(sin), toTensor(starts), 3));
  });

  it.each([
    { B: 2, T: 7, H: 2, KV: 2, D: 8 },
    { B: 1, T: 37, H: 4, KV: 2, D: 4 },
    { B: 2, T: 5, H: 3, KV: 1, D: 10 },
    { B: 1, T: 1, H: 1, KV: 1, D: 3 },
    { B: 1, T: 66, H: 2, KV: 1, D: 48 },
  ])('attention B $B T $T heads $H over $KV width $D', async ({ B, T, H, KV, D }) => {
    const inputs = [noise([B, T, H * D], 1), noise([B, T, KV * D], 2), noise([B, T, KV * D], 3)];
    await expectOp(inputs, (t) => attention(nth(t, 0), nth(t, 1), nth(t, 2), H, KV));
  });

  it.each([{ shape: [3, 8] }, { shape: [3, 7] }])('swiglu, biasGelu and scaleResidual of $shape', async ({ shape: [N = 0, C = 0] }) => {
    const [x, y, vector] = [noise([N, C], 1, 4), noise([N, C], 2, 4), noise([C], 3)];
    await expectOp([x, y], (t) => swiglu(nth(t, 0), nth(t, 1)));
    await expectOp([x, vector], (t) => biasGelu(nth(t, 0), nth(t, 1)));
    await expectOp([x, vector, y], (t) => scaleResidual(nth(t, 0), nth(t, 1), nth(t, 2)));
  });

  it.each([
    { shape: [2, 9, 6, 4], k: 7 },
    { shape: [1, 5, 7, 3], k: 3 },
  ])('depthwiseConv of $shape with $k x $k filters', async ({ shape, k }) => {
    const C = shape[3] ?? 0;
    await expectOp([noise(shape, 1), noise([C, 1, k, k], 2), noise([C], 3)], (t) => depthwiseConv(nth(t, 0), nth(t, 1), nth(t, 2)));
  });

  it('patchify', async () => {
    await expectOp([noise([2, 4, 6, 3], 1)], (t) => patchify(nth(t, 0), 2));
  });

  describe.each(families)('with $family', ({ tiles }) => {
    beforeAll(async () => {
      (await openGpu()).runner.prefersTiles = tiles;
    });

    it.each([
      { rows: [2, 3], K: 8, O: 12 },
      { rows: [5], K: 8, O: 6 },
      { rows: [1], K: 12, O: 4 },
      { rows: [3], K: 7, O: 5 },
      { rows: [70], K: 20, O: 68 },
      { rows: [150], K: 3, O: 9 },
    ])('linear of $rows rows, $K -> $O', async ({ rows, K, O }) => {
      await expectOp([noise([...rows, K], 1), noise([O, K], 2), noise([O], 3)], (t) => linear(nth(t, 0), nth(t, 1), nth(t, 2)));
    });

    it('linear without bias', async () => {
      await expectOp([noise([4, 8], 1), noise([8, 8], 2)], (t) => linear(nth(t, 0), nth(t, 1)));
    });

    // Full vectors, edges inside a vector, one layer wider than another, a few rows, several tiles.
    it.each([
      { rows: [2, 3], K: 8, outs: [12, 4, 4] },
      { rows: [5], K: 12, outs: [6, 10] },
      ...(tiles ? [] : [{ rows: [9], K: 7, outs: [5, 3, 3] }]),
      { rows: [70], K: 20, outs: [68, 36, 8] },
    ])('linears of $rows rows, $K -> $outs', async ({ rows, K, outs }) => {
      const weights = outs.map((O, i) => noise([O, K], 2 + i));
      await expectOp([noise([...rows, K], 1), ...weights], (t) => concat(linears(nth(t, 0), t.slice(1)), -1));
    });

    it.each([
      { rows: [3, 2], K: 8, O: 12 },
      { rows: [5], K: 12, O: 6 },
      { rows: [70], K: 7, O: 33 },
    ])('swigluLinear and linearAdd of $rows rows, $K -> $O', async ({ rows, K, O }) => {
      const [x, weight, other] = [noise([...rows, K], 1), noise([O, K], 2), noise([O, K], 3)];
      await expectOp([x, weight, other], (t) => swigluLinear(nth(t, 0), nth(t, 1), nth(t, 2)));
      await expectOp([x, weight, noise([...rows, O], 4)], (t) => linearAdd(nth(t, 0), nth(t, 1), nth(t, 2)));
    });

    it.each([
      { a: [5, 7], b: [7, 3], flip: [false, false] },
      { a: [12, 8], b: [8, 20], flip: [false, false] },
      { a: [7, 5], b: [7, 3], flip: [true, false] },
      { a: [5, 7], b: [3, 7], flip: [false, true] },
      ...(tiles ? [] : [{ a: [8, 5], b: [3, 8], flip: [true, true] }]),
      { a: [2, 3, 6, 8], b: [2, 3, 8, 4], flip: [false, false] },
      { a: [66, 70], b: [70, 68], flip: [false, false] },
    ])('matMul of $a and $b, transposed $flip', async ({ a, b, flip: [ta, tb] }) => {
      await expectOp([noise(a, 1), noise(b, 2)], (t) => matMul(nth(t, 0), nth(t, 1), ta, tb));
    });

    it('matMul of a batch with one shared matrix, which has no gradient in tfjs', async () => {
      await expectSameOnGpu([noise([3, 6, 8], 1), noise([1, 8, 5], 2)], (t) => [matMul(nth(t, 0), nth(t, 1))]);
    });

    it('matMul of many workgroups, which takes the larger tiles', async () => {
      await expectSameOnGpu([noise([100, 5, 3], 1), noise([100, 3, 6], 2)], (t) => [matMul(nth(t, 0), nth(t, 1))]);
      const tileKeys = [...(await openGpu()).runner.counts.byKey.keys()].filter((key) => key.startsWith('matmul tiles 64'));
      expect(tileKeys.length).toBe(tiles ? 1 : 0);
    });

    const norms = [
      { rows: 9, C: 132 },
      { rows: 3, C: 8 },
      { rows: 150, C: 10 },
    ];
    it.each(tiles ? norms.slice(0, 1) : norms)('rmsNorm and layerNorm of $rows x $C', async ({ rows, C }) => {
      const [x, weight, bias] = [noise([rows, C], 1, 2), noise([C], 2), noise([C], 3)];
      await expectOp([x, weight], (t) => rmsNorm(nth(t, 0), nth(t, 1), 1e-5));
      await expectOp([x, weight], (t) => branched(nth(t, 0), nth(t, 1)));
      await expectOp([x, weight, bias], (t) => layerNorm(nth(t, 0), nth(t, 1), nth(t, 2), 1e-6));
    });

    it('column sums of a few and of many rows', async () => {
      await expectSameOnGpu([noise([3, 5], 1), noise([200, 12], 2)], (t) => [columnSum(nth(t, 0)), columnSum(nth(t, 1))]);
    });

    it.each([{ C: 8 }, { C: 5 }])('embedding of width $C with repeated ids', async ({ C }) => {
      const ids = ints([3, 0, 3, 6, 1, 3], [2, 3]);
      await expectOp([noise([7, C], 1)], (t) => embedding(nth(t, 0), toTensor(ids)));
    });

    it('tokenLogProbs with ignored rows and a temperature', async () => {
      const targets = ints([2, -1, 66, 0, -100]);
      await expectOp([noise([5, 67], 1, 5)], (t) => tokenLogProbs(nth(t, 0), toTensor(targets), 0.7).logProbs);
      await expectSameOnGpu([noise([5, 67], 1, 5)], (t) => [tokenLogProbs(nth(t, 0), toTensor(targets), 0.7).entropy]);
    });

    it('sums of squares of one tensor and of ten', async () => {
      const ten = Array.from({ length: 10 }, (_, i) => noise([3 + i, i < 7 ? 4 : 3], i, i + 1));
      await expectSameOnGpu([noise([3, 5], 1), noise([80, 60], 2)], (t) => [sumSquares(nth(t, 0)), sumSquares(nth(t, 1))]);
      await expectSameOnGpu(ten, (t) => [totalSquares(t)]);
    });
  });
});
