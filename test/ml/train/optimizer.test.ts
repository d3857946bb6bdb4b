import { beforeAll, expect, test } from 'vitest';
import { memory, tensor, tidy, variable, type Variable } from '@tensorflow/tfjs-core';
import { AdamwOptimizer } from '../../../workers/ml/train/optimizer.ts';
import { loadSimdNode } from '../../../workers/node/load-simd.ts';

beforeAll(() => loadSimdNode());

const SETTINGS = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 };
const owned = (values: number[]): Variable => tidy(() => variable(tensor(values)));

test('the norm is taken over all gradients before clipping, and the first step moves by the rate', async () => {
  const parameters = { 'a.weight': owned([1, 1]), 'b.weight': owned([1]) };
  const optimizer = new AdamwOptimizer(parameters, SETTINGS);
  const loss = tensor([0.25]);
  const result = await optimizer.step({ 'a.weight': tensor([3, 0]), 'b.weight': tensor([4]) }, 0.1, [loss]);
  expect(result).toEqual({ gradNorm: 5, skipped: false, scalars: [0.25] });
  const moved = Array.from(await parameters['a.weight'].data());
  expect(moved[0]).toBeCloseTo(0.9, 5);
  expect(moved[1]).toBe(1);
  optimizer.dispose();
});

test('a gradient that is not finite changes nothing and is reported', async () => {
  const parameters = { 'a.weight': owned([1, 2]) };
  const optimizer = new AdamwOptimizer(parameters, SETTINGS);
  const { skipped } = await optimizer.step({ 'a.weight': tensor([NaN, 1]) }, 0.1);
  expect(skipped).toBe(true);
  expect(Array.from(await parameters['a.weight'].data())).toEqual([1, 2]);
  expect(optimizer.updates).toBe(0);
  optimizer.dispose();
});

test('a restored optimizer goes on as if it had never stopped', async () => {
  const gradient = (step: number) => ({ w: tensor([Math.sin(step), Math.cos(step), 0.3]) });
  const run = async (stopAt: number | null): Promise<number[]> => {
    const w = owned([1, -1, 0.5]);
    let optimizer = new AdamwOptimizer({ w }, SETTINGS);
    for (let step = 0; step < 6; step++) {
      if (step === stopAt) {
        const next = new AdamwOptimizer({ w }, SETTINGS);
        next.restore(optimizer.state(), optimizer.updates);
        optimizer.dispose();
        optimizer = next;
      }
      await optimizer.step(gradient(step), 0.05);
    }
    optimizer.dispose();
    return Array.from(await w.data());
  };
  expect(await run(3)).toEqual(await run(null));
});

test('tensors are as many after step 10 as after step 2', async () => {
  const optimizer = new AdamwOptimizer({ w: owned([1, 2, 3]) }, SETTINGS);
  const counts: number[] = [];
  for (let step = 1; step <= 10; step++) {
    await optimizer.step({ w: tensor([1, 2, 3]) }, 0.1);
    counts.push(memory().numTensors);
  }
  expect(counts[9]).toBe(counts[1]);
  optimizer.dispose();
});
