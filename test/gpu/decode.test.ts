// What runs outside the tape: packed linear layers, KV cache, decode attention, sampling and the optimizer.
import { add, engine, reshape, scalar, setBackend, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adamw, adamwAll } from '../../workers/ml/kernels/adamw.ts';
import { cacheWrite } from '../../workers/ml/kernels/cache-write.ts';
import { decodeAttention } from '../../workers/ml/kernels/decode-attention.ts';
import { decodeHeads } from '../../workers/ml/kernels/decode-heads.ts';
import { nth } from '../../workers/ml/kernels/define-op.ts';
import { packLinear } from '../../workers/ml/kernels/pack-linear.ts';
import type { WeightPrecision } from '../../workers/ml/kernels/pack-linear.ts';
import { rope } from '../../workers/ml/kernels/rope.ts';
import { sampleTokens } from '../../workers/ml/kernels/sample-tokens.ts';
import { swigluPairs } from '../../workers/ml/kernels/swiglu.ts';
import { describeGpu, deviceErrors, expectClose, expectSameOnGpu, ints, noise, openGpu, resultsOn, ropeTables, toTensor } from './gpu.ts';
import type { Values } from './gpu.ts';

/** Nearly normal numbers: sums of twelve uniform ones. */
function gaussian(shape: number[], seed: number): Values {
  const parts = Array.from({ length: 12 }, (_, i) => noise(shape, seed * 100 + i, 0.5).data);
  const first = noise(shape, seed);
  return { ...first, data: Float32Array.from(first.data, (_, i) => parts.reduce((sum, part) => sum + (part[i] ?? 0), 0)) };
}

function relativeRms(actual: Values | undefined, expected: Values | undefined): number {
  let [error, total] = [0, 0];
  for (const [i, value] of (expected?.data ?? []).entries()) {
    error += ((actual?.data[i] ?? NaN) - value) ** 2;
    total += value ** 2;
  }
  return Math.sqrt(error / total);
}

/** The parts of `decodeHeads` by the ops that do one thing each. @param t qkv, cos, sin, positions, keys, values */
function headsByParts(t: readonly Tensor[], H: number, KV: number): Tensor[] {
  const [qkv, positions, keys, values] = [nth(t, 0), nth(t, 3), nth(t, 4), nth(t, 5)];
  const [R = 0, width = 0] = qkv.shape;
  const D = width / (H + 2 * KV);
  const part = (first: number, heads: number): Tensor => slice(qkv, [0, first * D], [R, heads * D]);
  const rotated = (x: Tensor, heads: number): Tensor =>
    reshape(rope(reshape(x, [R, 1, heads * D]), nth(t, 1), nth(t, 2), positions, heads), [R, heads * D]);
  cacheWrite(keys, rotated(part(H, KV), KV), positions);
  cacheWrite(values, part(H + KV, KV), positions);
  return [decodeAttention(rotated(part(0, H), H), keys, values, add(positions, scalar(1, 'int32')), H, KV), keys, values];
}

const families = [
  { family: 'row kernels', tiles: false },
  { family: 'tiled kernels', tiles: true },
];

describeGpu('decoding and updates on webgpu equal the cpu reference', () => {
  describe.each(families)('with $family', ({ tiles }) => {
    beforeAll(async () => {
      (await openGpu()).runner.prefersTiles = tiles;
    });
    afterAll(() => {
      expect(deviceErrors).toEqual([]);
    });

    it.each([
      { rows: 1, K: 12, O: 20 },
      { rows: 3, K: 7, O: 9 },
      { rows: 6, K: 33, O: 70 },
    ])('packLinear of $rows rows, $K -> $O', async ({ rows, K, O }) => {
      await expectSameOnGpu([noise([rows, K], 1), noise([O, K], 2)], (t) => {
        const packed = packLinear(nth(t, 1));
        const y = packed.apply(nth(t, 0));
        packed.dispose();
        return [y];
      });
    });

    it.each([
      { precision: 'f16' as const, limit: 5e-4, bytesPerWeight: 2 },
      { precision: 'q8' as const, limit: 1e-2, bytesPerWeight: 1.2 },
    ])('packed $precision weights are smaller and off by less than $limit (relative rms)', async ({ precision, limit, bytesPerWeight }) => {
      const { runner } = await openGpu();
      const [rows, K, O] = [tiles ? 1 : 3, 70, 50];
      const inputs = [gaussian([rows, K], 1), gaussian([O, K], 2)];
      let packedBytes = 0;
      const compute = (chosen: WeightPrecision, t: Tensor[]): Tensor[] => {
        packLinear(nth(t, 1)).dispose();
        runner.flush(); // uploads are done: only the packed weight is new from here
        const before = runner.poolBytes().usedBytes;
        const packed = packLinear(nth(t, 1), chosen);
        packedBytes = runner.poolBytes().usedBytes - before;
        const y = packed.apply(nth(t, 0));
        packed.dispose();
        return [y];
      };
      const [exact] = await resultsOn('webgpu', inputs, (t) => compute('f32', t));
      const [approximate] = await resultsOn('webgpu', inputs, (t) => compute(precision, t));
      const error = relativeRms(approximate, exact);
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThan(limit);
      expect(packedBytes).toBeLessThan(bytesPerWeight * K * (O + 3));
    });

    it.each([{ C: 8 }, { C: 5 }])('cacheWrite of width $C leaves the other rows alone', async ({ C }) => {
      await expectSameOnGpu([noise([3, 4, C], 1), noise([3, C], 2), ints([0, 3, 1])], (t) => {
        cacheWrite(nth(t, 0), nth(t, 1), nth(t, 2));
        return [nth(t, 0)];
      });
    });

    it.each([
      { H: 4, KV: 2, D: 8 },
      { H: 3, KV: 1, D: 10 },
    ])('decodeAttention with heads $H over $KV of width $D', async ({ H, KV, D }) => {
      const cache = [2, 70, KV * D];
      await expectSameOnGpu([noise([2, H * D], 1, 2), noise(cache, 2, 2), noise(cache, 3), ints([1, 69])], (t) => [
        decodeAttention(nth(t, 0), nth(t, 1), nth(t, 2), nth(t, 3), H, KV),
      ]);
    });

    it.each([
      { H: 4, KV: 2, D: 8 },
      { H: 3, KV: 1, D: 10 },
    ])('decodeHeads with heads $H over $KV of width $D equal rotation, cache row and attention', async ({ H, KV, D }) => {
      const cache = [3, 70, KV * D];
      const [cos, sin] = ropeTables(70, D);
      const inputs = [noise([3, (H + 2 * KV) * D], 1, 2), cos, sin, ints([0, 68, 5]), noise(cache, 2, 2), noise(cache, 3)];
      const heads = (t: Tensor[]): Tensor[] => {
        const [qkv, cosines, sines, positions, keys, values] = [nth(t, 0), nth(t, 1), nth(t, 2), nth(t, 3), nth(t, 4), nth(t, 5)];
        const out = decodeHeads({ qkv, cos: cosines, sin: sines, positions, keys, values }, { numHeads: H, numKeyValueHeads: KV });
        return [out, keys, values];
      };
      await expectSameOnGpu(inputs, heads);
      const expected = await resultsOn('cpu', inputs, (t) => headsByParts(t, H, KV));
      const actual = await resultsOn('webgpu', inputs, heads);
      expected.forEach((values, i) => expectClose(actual[i], values, `part ${i}`));
    });

    it.each([{ F: 8 }, { F: 5 }])('packed products with a residual, and the gate of rows of 2 x $F', async ({ F }) => {
      await expectSameOnGpu([noise([3, F], 1), noise([7, F], 2), noise([3, 7], 3), noise([3, 2 * F], 4, 3)], (t) => {
        const packed = packLinear(nth(t, 1));
        const y = packed.applyAdd(nth(t, 0), nth(t, 2));
        packed.dispose();
        return [y, swigluPairs(nth(t, 3))];
      });
    });

    it.each([
      { temperature: 0, topP: 1 },
      { temperature: 1, topP: 1 },
      { temperature: 0.7, topP: 0.9 },
      { temperature: 1.3, topP: 0.3 },
    ])('sampleTokens draws the same tokens at temperature $temperature, topP $topP', async (settings) => {
      const inputs = [noise([16, 67], 5, 3), ints(Array.from({ length: 16 }, (_, i) => 7 * i))];
      const draws = (t: Tensor[]): Tensor[] =>
        [0, 1, 2, 3].flatMap((step) => {
          const { ids, logProbs, entropy } = sampleTokens(nth(t, 0), nth(t, 1), step, { ...settings, seed: 4_000_000_000 });
          return [ids, logProbs, entropy];
        });
      const [expected, actual] = [await resultsOn('cpu', inputs, draws), await resultsOn('webgpu', inputs, draws)];
      expected.forEach((values, i) => expectClose(actual[i], values, `result ${i}`, values.dtype === 'int32' ? 0 : undefined));
      const ids = new Set(expected.filter((values) => values.dtype === 'int32').flatMap((values) => [...values.data]));
      expect(ids.size).toBeGreaterThan(5);
    });

    it.each([
      { V: 1024, spread: 3, temperature: 50, topP: 1 },
      { V: 1024, spread: 0, temperature: 1, topP: 0.9 },
      { V: 420, spread: 8, temperature: 1, topP: 1 },
      { V: 4099, spread: 2, temperature: 1, topP: 0.999 },
    ])('sampleTokens draws every token the same of $V logits of spread $spread at temperature $temperature, topP $topP', async (how) => {
      const rows = 64;
      const settings = { temperature: how.temperature, topP: how.topP, seed: 7 };
      const inputs = [noise([rows, how.V], how.V, how.spread), ints(Array.from({ length: rows }, (_, i) => i))];
      const draws = (t: Tensor[]): Tensor[] =>
        Array.from({ length: 8 }, (_, step) => {
          const { ids, logProbs, entropy } = sampleTokens(nth(t, 0), nth(t, 1), step, settings);
          logProbs.dispose();
          entropy.dispose();
          return ids;
        });
      const [expected, actual] = [await resultsOn('cpu', inputs, draws), await resultsOn('webgpu', inputs, draws)];
      expected.forEach((values, i) => expectClose(actual[i], values, `step ${i}`, 0));
    });

    it.each([{ shape: [4, 6] }, { shape: [5] }])(
      'adamw updates parameters of shape $shape and both moments in place',
      async ({ shape }) => {
        const inputs = [
          noise(shape, 1),
          noise(shape, 2),
          noise(shape, 3, 0.1),
          { ...noise(shape, 4), data: noise(shape, 4).data.map(Math.abs) },
        ];
        await expectSameOnGpu(inputs, (t) => {
          const [parameter, gradient, m, v] = [nth(t, 0), nth(t, 1), nth(t, 2), nth(t, 3)];
          for (const step of [1, 2, 3]) {
            adamw(parameter, gradient, m, v, {
              learningRate: 0.01,
              beta1: 0.9,
              beta2: 0.95,
              epsilon: 1e-8,
              weightDecay: 0.1,
              step,
              gradientScale: 0.5,
            });
          }
          return [parameter, m, v];
        });
      },
    );

    it.each([{ shapes: [[4, 6], [1000], [8]] }, { shapes: [[5], [7, 3]] }])(
      'adamwAll updates tensors of $shapes, two a dispatch',
      async ({ shapes }) => {
        const inputs = shapes.flatMap((shape, i) => {
          const positive = noise(shape, 10 * i + 4);
          return [
            noise(shape, 10 * i + 1),
            noise(shape, 10 * i + 2),
            noise(shape, 10 * i + 3, 0.1),
            { ...positive, data: positive.data.map(Math.abs) },
          ];
        });
        const settings = { learningRate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, step: 2, gradientScale: 0.5 };
        await expectSameOnGpu(inputs, (t) => {
          const parts = shapes.map((_, i) => ({
            parameter: nth(t, 4 * i),
            gradient: nth(t, 4 * i + 1),
            m: nth(t, 4 * i + 2),
            v: nth(t, 4 * i + 3),
            weightDecay: 0.1 * i,
          }));
          adamwAll(parts, settings);
          return parts.flatMap(({ parameter, m, v }) => [parameter, m, v]);
        });
      },
    );

    it('a tensor written in place forgets the copy that an earlier read left on the CPU', async () => {
      await setBackend('webgpu');
      const cache = toTensor(noise([1, 2, 4], 1));
      const first = Float32Array.from(await cache.data());
      tidy(() => cacheWrite(cache, toTensor(noise([1, 4], 2)), toTensor(ints([1]))));
      const second = Float32Array.from(await cache.data());
      expect(second.subarray(0, 4)).toEqual(first.subarray(0, 4));
      expect(second.subarray(4)).toEqual(noise([1, 4], 2).data);
      cache.dispose();
      expect(engine().memory().numTensors).toBe(0);
    });
  });
});
