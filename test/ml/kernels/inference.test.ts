import { engine, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamw } from '../../../workers/ml/kernels/adamw.ts';
import { attention } from '../../../workers/ml/kernels/attention.ts';
import { cacheWrite } from '../../../workers/ml/kernels/cache-write.ts';
import { decodeAttention } from '../../../workers/ml/kernels/decode-attention.ts';
import { embedding } from '../../../workers/ml/kernels/embedding.ts';
import { packLinear } from '../../../workers/ml/kernels/pack-linear.ts';
import { rope } from '../../../workers/ml/kernels/rope.ts';
import { sampleTokens, sampleUniform, sampleWeight, topPThreshold, weightScale } from '../../../workers/ml/kernels/sample-tokens.ts';
import type { SamplingSettings } from '../../../workers/ml/kernels/sample-tokens.ts';
import { tokenLogProbs } from '../../../workers/ml/kernels/token-log-probs.ts';
import { sumSquares } from '../../../workers/ml/kernels/sum-squares.ts';
import { onBackend, prepareBackends } from '../../support/backends.ts';
import { randomArray, randomTensor } from './compare.ts';

const BACKENDS = ['cpu', 'simd'] as const;

/** Values of what f returns; everything f made is disposed. */
async function valuesOf(f: () => Tensor): Promise<Float32Array> {
  const y = tidy(f);
  const values = Float32Array.from(await y.data());
  y.dispose();
  return values;
}

async function sameOnBoth(f: () => Tensor, tolerance = 1e-5): Promise<void> {
  const wanted = await onBackend('cpu', () => valuesOf(f));
  const got = await onBackend('simd', () => valuesOf(f));
  expect(got).toBeAllClose(wanted, tolerance);
}

beforeAll(() => prepareBackends());

describe('packed weights', () => {
  it.each([
    [1, 30, 151],
    [1, 128, 259],
    [3, 33, 10],
    [40, 64, 96],
  ])('%i rows, %i to %i give the plain product', async (rows, K, O) => {
    await sameOnBoth(() => {
      const packed = packLinear(randomTensor([O, K], 1));
      return packed.apply(randomTensor([rows, K], 2));
    });
  });

  it('live until dispose and then leave nothing', () => {
    const weight = randomTensor([10, 6], 1);
    const before = engine().memory().numTensors;
    const packed = packLinear(weight);
    expect(engine().memory().numTensors).toBe(before + 1);
    packed.dispose();
    expect(engine().memory().numTensors).toBe(before);
    weight.dispose();
  });
});

describe('decoding attention', () => {
  it.each([
    [2, 5, 3, 3, 10],
    [3, 37, 4, 2, 6],
    [1, 41, 2, 1, 33],
    [2, 9, 2, 2, 48],
    [2, 50, 4, 2, 48],
    [1, 33, 6, 2, 20],
  ])('R %i, M %i, %i heads over %i, D %i equals the reference', async (R, M, H, KV, D) => {
    await sameOnBoth(() => {
      const lengths = tensor(
        Array.from({ length: R }, (_, r) => M - r),
        [R],
        'int32',
      );
      const [keys, values] = [randomTensor([R, M, KV * D], 2), randomTensor([R, M, KV * D], 3)];
      return decodeAttention(randomTensor([R, H * D], 1), keys, values, lengths, H, KV);
    });
  });

  it.each(BACKENDS)('over a cache written token by token equals the full pass (%s)', async (backend) => {
    const [T, H, KV, D] = [6, 4, 2, 10];
    await onBackend(backend, async () => {
      const [q, k, v] = [randomTensor([1, T, H * D], 1), randomTensor([1, T, KV * D], 2), randomTensor([1, T, KV * D], 3)];
      const full = await valuesOf(() => attention(q, k, v, H, KV));
      const [kCache, vCache] = [zeros([1, T, KV * D]), zeros([1, T, KV * D])];
      const row = async (x: Tensor, t: number, C: number) => tensor((await x.data()).slice(t * C, (t + 1) * C), [1, C]);
      for (let t = 0; t < T; t++) {
        const [qt, kt, vt] = [await row(q, t, H * D), await row(k, t, KV * D), await row(v, t, KV * D)];
        const [position, length] = [tensor([t], [1], 'int32'), tensor([t + 1], [1], 'int32')];
        cacheWrite(kCache, kt, position);
        cacheWrite(vCache, vt, position);
        const got = await valuesOf(() => decodeAttention(qt, kCache, vCache, length, H, KV));
        expect(got).toBeAllClose(full.slice(t * H * D, (t + 1) * H * D), 1e-5);
      }
    });
  });
});

describe('addresses computed from tensors', () => {
  const ints = (...values: number[]) => tensor(values, [values.length], 'int32');

  it.each<[string, () => unknown]>([
    ['ids of an embedding', () => embedding(randomTensor([5, 4], 1), ints(4, 5))],
    ['negative ids of an embedding', () => embedding(randomTensor([5, 4], 1), ints(-1))],
    ['targets of tokenLogProbs', () => tokenLogProbs(randomTensor([1, 5], 1), ints(5), 1).logProbs],
    ['positions of cacheWrite', () => cacheWrite(zeros([1, 3, 2]), zeros([1, 2]), ints(3))],
    ['lengths of decodeAttention', () => decodeAttention(zeros([1, 4]), zeros([1, 3, 4]), zeros([1, 3, 4]), ints(4), 1, 1)],
    ['positions of rope', () => rope(zeros([1, 2, 4]), zeros([3, 2]), zeros([3, 2]), ints(2), 1)],
  ])('are refused when they lie outside: %s', (_name, f) => {
    expect(() => tidy(() => void f())).toThrow(expect.objectContaining({ code: 'E-INTERNAL' }));
  });
});

describe('sampling', () => {
  const settings = (over: Partial<SamplingSettings>): SamplingSettings => ({ temperature: 1, topP: 1, seed: 7, ...over });

  async function draw(logits: Float32Array, rows: number, step: number, how: SamplingSettings, firstRow = 0) {
    const x = tensor(logits, [rows, logits.length / rows]);
    const rowIds = tensor(
      Array.from({ length: rows }, (_, r) => firstRow + r),
      [rows],
      'int32',
    );
    const { ids, logProbs, entropy } = sampleTokens(x, rowIds, step, how);
    const result = { ids: Array.from(await ids.data()), logProbs: await logProbs.data(), entropy: await entropy.data() };
    for (const t of [x, rowIds, ids, logProbs, entropy]) t.dispose();
    return result;
  }

  it.each([
    settings({}),
    settings({ temperature: 0.7, topP: 0.9 }),
    settings({ temperature: 1.3, topP: 0.5, seed: 0xffffffff }),
    settings({ temperature: 0 }),
  ])('gives the same tokens, log-probabilities and entropy on both backends: %o', async (how) => {
    const logits = randomArray(64 * 151, 5).map((v) => v * 3);
    for (const step of [0, 1, 300]) {
      const wanted = await onBackend('cpu', () => draw(logits, 64, step, how));
      const got = await onBackend('simd', () => draw(logits, 64, step, how));
      expect(got.ids).toEqual(wanted.ids);
      expect(got.logProbs).toBeAllClose(wanted.logProbs, 1e-5);
      expect(got.entropy).toBeAllClose(wanted.entropy, 1e-5);
    }
  });

  it.each([
    { V: 1024, spread: 3, how: settings({ temperature: 50 }) },
    { V: 1024, spread: 0, how: settings({ topP: 0.9 }) },
    { V: 420, spread: 8, how: settings({}) },
    { V: 32_000, spread: 2, how: settings({ topP: 0.999 }) },
    { V: 1027, spread: 5, how: settings({ topP: 0.3 }) },
  ])('gives every token the same on both backends: $V logits of spread $spread, $how', async ({ V, spread, how }) => {
    const rows = 32;
    const logits = randomArray(rows * V, V).map((v) => v * spread);
    for (let step = 0; step < (V > 2000 ? 2 : 16); step++) {
      const wanted = await onBackend('cpu', () => draw(logits, rows, step, how));
      const got = await onBackend('simd', () => draw(logits, rows, step, how));
      expect(got.ids).toEqual(wanted.ids);
    }
  });

  it('never draws a logit of minus infinity, and takes the only possible one', async () => {
    const logits = new Float32Array(64 * 37).fill(-Infinity).map((v, i) => (i % 37 === 36 || i % 37 === 5 ? -80 : v));
    for (const backend of BACKENDS) {
      const { ids } = await onBackend(backend, () => draw(logits, 64, 3, settings({})));
      expect(new Set(ids)).toEqual(new Set([5, 36]));
    }
  });

  it('weighs as the softmax does, to 3e-5 and the rounding to an integer', () => {
    for (const temperature of [0.2, 1, 7]) {
      const scale = weightScale(temperature);
      expect(sampleWeight(2.5, 2.5, scale)).toBe(2 ** 22);
      for (let i = 0; i < 20_000; i++) {
        const logit = Math.fround((-15 * temperature * i) / 20_000);
        const exact = 2 ** 22 * Math.exp(logit / temperature);
        expect(Math.abs(sampleWeight(logit, 0, scale) - exact)).toBeLessThan(1 + 3e-5 * exact);
      }
      expect(sampleWeight(-1e30, 0, scale)).toBe(0);
    }
  });

  it('refuses a vocabulary for which the sums would not be exact', () => {
    expect(() => tidy(() => void sampleTokens(zeros([1, 2 ** 18 + 1]), zeros([1], 'int32'), 0, settings({})))).toThrow(
      expect.objectContaining({ code: 'E-INTERNAL' }),
    );
  });

  it.each(BACKENDS)('at temperature 0 takes the first of equal largest logits (%s)', async (backend) => {
    const { ids, logProbs } = await onBackend(backend, () => draw(Float32Array.of(1, 3, 3, 0, 2, -1), 1, 0, settings({ temperature: 0 })));
    expect(ids).toEqual([1]);
    const total = [1, 3, 3, 0, 2, -1].reduce((sum, v) => sum + Math.exp(v), 0);
    expect(logProbs).toBeAllClose([3 - Math.log(total)], 1e-6);
  });

  it('does not depend on the other rows of the batch', async () => {
    const logits = randomArray(8 * 33, 5);
    const together = await draw(logits, 8, 4, settings({ topP: 0.9 }));
    const alone = await draw(logits.slice(5 * 33, 6 * 33), 1, 4, settings({ topP: 0.9 }), 5);
    expect(alone.ids[0]).toBe(together.ids[5]);
  });

  it('draws with the frequencies of the softmax', async () => {
    const wanted = [0.5, 0.25, 0.15, 0.1];
    const rows = 4000;
    const logits = Float32Array.from({ length: rows * 4 }, (_, i) => Math.log(wanted[i % 4] ?? 1));
    const { ids } = await draw(logits, rows, 2, settings({}));
    // 4000 draws: the deviation of a frequency is below 0.008; 4 deviations allowed.
    wanted.forEach((p, token) => expect(Math.abs(ids.filter((id) => id === token).length / rows - p)).toBeLessThan(0.032));
  });

  it('with top-p draws only from the smallest sufficient set', async () => {
    const rows = 500;
    const logits = Float32Array.from({ length: rows * 4 }, (_, i) => Math.log([0.1, 0.5, 0.15, 0.25][i % 4] ?? 1));
    const { ids } = await draw(logits, rows, 2, settings({ topP: 0.7 }));
    expect(new Set(ids)).toEqual(new Set([1, 3]));
  });

  it('finds the threshold of top-p exactly', () => {
    const one = 2 ** 22;
    const weights = Int32Array.of(one / 4, one, one / 2, one / 4);
    expect(topPThreshold(weights, 1)).toBe(0);
    expect(topPThreshold(weights, 0.5)).toBe(one);
    expect(topPThreshold(weights, 0.51)).toBe(one / 2);
    expect(topPThreshold(weights, 0.8)).toBe(one / 4);
  });

  it('makes uniforms that are spread over [0, 1)', () => {
    const draws = Array.from({ length: 1000 }, (_, r) => sampleUniform(3, 1, r) / 2 ** 24);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(Math.abs(draws.reduce((a, b) => a + b, 0) / 1000 - 0.5)).toBeLessThan(0.04);
  });
});

describe('the optimizer kernels', () => {
  it.each([[1], [101], [4096], [9999]])('sumSquares of %i numbers', async (n) => {
    await sameOnBoth(() => sumSquares(randomTensor([n], 3)), 1e-6);
  });

  it.each(BACKENDS)('adamw follows hand-worked numbers (%s)', async (backend) => {
    await onBackend(backend, async () => {
      const [p, g, m, v] = [tensor([1]), tensor([0.25]), zeros([1]), zeros([1])];
      const fixed = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradientScale: 2 };
      adamw(p, g, m, v, { ...fixed, step: 1 });
      // gradient 0.5; both corrected moments give a step of 0.1: 1 * 0.999 - 0.1
      expect(await p.data()).toBeAllClose([0.899], 1e-6);
      expect(await m.data()).toBeAllClose([0.05], 1e-6);
      expect(await v.data()).toBeAllClose([0.00025], 1e-8);
      adamw(p, g, m, v, { ...fixed, step: 2 });
      expect(await p.data()).toBeAllClose([0.899 * 0.999 - 0.1], 1e-6);
      for (const t of [p, g, m, v]) t.dispose();
    });
  });

  it('adamw of an odd size is the same on both backends', async () => {
    const run = async () => {
      const tensors = [1, 2, 3, 4].map((seed) => randomTensor([3, 101], seed));
      const [p, g, m, v] = tensors;
      if (!p || !g || !m || !v) throw new Error('four tensors');
      const second = tensor((await v.data()).map(Math.abs), v.shape);
      adamw(p, g, m, second, { learningRate: 1e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1, gradientScale: 0.5, step: 7 });
      return Promise.all([p, m, second].map(async (t) => Float32Array.from(await t.data())));
    };
    const [wanted, got] = [await onBackend('cpu', run), await onBackend('simd', run)];
    wanted.forEach((values, i) => expect(got[i] ?? []).toBeAllClose(values, 1e-6));
  });
});
