// Runs one op with gradients on both backends from the same random inputs.
import { engine, grads, mul, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { onBackend } from '../../support/backends.ts';
import '../../support/close.ts';

/** Deterministic numbers, roughly normal. */
export function randomArray(length: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length }, () => next() + next() + next() + next() - 2);
}

const sizeOf = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1);

export const randomTensor = (shape: number[], seed: number): Tensor => tensor(randomArray(sizeOf(shape), seed), shape);

export interface Outcome {
  value: Float32Array;
  shape: number[];
  gradients: Float32Array[];
}

/** Value of op(inputs), and gradients of sum(op(inputs) * fixed random weights) for every input. */
export async function valueAndGradients(op: (...inputs: Tensor[]) => Tensor, shapes: number[][], seed = 1): Promise<Outcome> {
  const before = engine().memory().numTensors;
  const inputs = shapes.map((shape, i) => randomTensor(shape, seed + i));
  const y = op(...inputs);
  const loss = (...xs: Tensor[]) =>
    tidy(() => {
      const out = op(...xs);
      return sum(mul(out, randomTensor(out.shape, 99)));
    });
  const gradients = grads(loss)(inputs);
  const outcome = {
    value: Float32Array.from(await y.data()),
    shape: y.shape,
    gradients: await Promise.all(gradients.map(async (g) => Float32Array.from(await g.data()))),
  };
  for (const t of [...inputs, y, ...gradients]) t.dispose();
  expect(engine().memory().numTensors).toBe(before);
  return outcome;
}

/** Forward and every gradient agree between `simd` and the plain reference. */
export async function expectSameOnBothBackends(op: (...inputs: Tensor[]) => Tensor, shapes: number[][], tolerance = 1e-5): Promise<void> {
  const wanted = await onBackend('cpu', () => valueAndGradients(op, shapes));
  const got = await onBackend('simd', () => valueAndGradients(op, shapes));
  expect(got.shape).toEqual(wanted.shape);
  expect(got.value).toBeAllClose(wanted.value, tolerance);
  got.gradients.forEach((g, i) => expect(g).toBeAllClose(wanted.gradients[i] ?? [], tolerance));
}

/** Central differences of sum(op * weights) on the cpu reference against its analytic gradients. */
export async function expectGradientsMatchDifferences(
  op: (...inputs: Tensor[]) => Tensor,
  shapes: number[][],
  tolerance = 2e-3,
): Promise<void> {
  await onBackend('cpu', async () => {
    const { gradients } = await valueAndGradients(op, shapes);
    const arrays = shapes.map((shape, i) => randomArray(sizeOf(shape), 1 + i));
    const lossOf = async (xs: Float32Array[]) => {
      const y = tidy(() => op(...xs.map((x, i) => tensor(x, shapes[i]))));
      const [values, weights] = [await y.data(), randomArray(y.size, 99)];
      y.dispose();
      return weights.reduce((total, w, i) => total + w * (values[i] ?? 0), 0);
    };
    for (const [i, array] of arrays.entries()) {
      const numeric = new Float32Array(array.length);
      for (let j = 0; j < array.length; j++) {
        const shifted = (by: number) => arrays.map((a, k) => (k === i ? a.with(j, (a[j] ?? 0) + by) : a));
        numeric[j] = ((await lossOf(shifted(1e-2))) - (await lossOf(shifted(-1e-2)))) / 2e-2;
      }
      expect(gradients[i] ?? []).toBeAllClose(numeric, tolerance);
    }
  });
}
