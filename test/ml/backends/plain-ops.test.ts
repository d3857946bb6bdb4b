import {
  add,
  addN,
  cast,
  clipByValue,
  concat,
  div,
  engine,
  greaterEqual,
  lessEqual,
  matMul,
  mean,
  mul,
  slice,
  square,
  sub,
  sum,
  tensor,
  tidy,
  transpose,
  variable,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { onBackend, prepareBackends } from '../../support/backends.ts';
import { expectSameOnBothBackends, randomTensor } from '../kernels/compare.ts';

async function sameOnBoth(f: () => Tensor): Promise<void> {
  const run = async () => {
    const y = tidy(f);
    const result = { shape: y.shape, dtype: y.dtype, values: Float32Array.from(await y.data()) };
    y.dispose();
    return result;
  };
  const [wanted, got] = [await onBackend('cpu', run), await onBackend('simd', run)];
  expect(got.shape).toEqual(wanted.shape);
  expect(got.dtype).toBe(wanted.dtype);
  expect(got.values).toBeAllClose(wanted.values, 1e-5);
}

beforeAll(() => prepareBackends());

describe('plain tfjs ops on simd equal cpu', () => {
  it.each<[string, () => Tensor]>([
    ['matMul', () => matMul(randomTensor([5, 33], 1), randomTensor([33, 7], 2))],
    ['batched matMul, second transposed', () => matMul(randomTensor([3, 5, 10], 1), randomTensor([3, 6, 10], 2), false, true)],
    ['matMul, first transposed', () => matMul(randomTensor([10, 5], 1), randomTensor([10, 6], 2), true)],
    ['matMul, both transposed', () => matMul(randomTensor([10, 5], 1), randomTensor([6, 10], 2), true, true)],
    ['matMul that broadcasts', () => matMul(randomTensor([3, 5, 10], 1), randomTensor([10, 6], 2))],
    ['add', () => add(randomTensor([3, 7], 1), randomTensor([3, 7], 2))],
    ['add of a scalar', () => add(randomTensor([3, 7], 1), 2.5)],
    ['add that broadcasts rows', () => add(randomTensor([3, 7], 1), randomTensor([7], 2))],
    ['mul', () => mul(randomTensor([101], 1), randomTensor([101], 2))],
    ['mul by a scalar in front', () => mul(3, randomTensor([2, 5], 2))],
    ['sub', () => sub(randomTensor([101], 1), randomTensor([101], 2))],
    ['addN of three', () => addN([randomTensor([5, 3], 1), randomTensor([5, 3], 2), randomTensor([5, 3], 3)])],
    ['add of a row in front', () => add(randomTensor([7], 1), randomTensor([3, 7], 2))],
    ['sub of rows', () => sub(randomTensor([2, 3, 7], 1), randomTensor([3, 7], 2))],
    ['sub from rows', () => sub(randomTensor([7], 1), randomTensor([2, 3, 7], 2))],
    ['mul that repeats a middle axis', () => mul(randomTensor([2, 5, 7], 1), randomTensor([2, 1, 7], 2))],
    ['div by a column', () => div(randomTensor([5, 7], 1), add(square(randomTensor([5, 1], 2)), 1))],
    ['div of a scalar', () => div(2, add(square(randomTensor([5, 7], 2)), 1))],
    ['div of equal shapes', () => div(randomTensor([5, 7], 1), add(square(randomTensor([5, 7], 2)), 1))],
    ['mul where both sides repeat', () => mul(randomTensor([5, 1], 1), randomTensor([1, 7], 2))],
    ['mul that repeats two separate axes', () => mul(randomTensor([2, 3, 5], 1), randomTensor([1, 3, 1], 2))],
    ['sum over the first axis', () => sum(randomTensor([5, 33], 1), 0)],
    ['sum over a middle axis, kept', () => sum(randomTensor([3, 5, 7], 1), 1, true)],
    ['sum over two neighbouring axes', () => sum(randomTensor([3, 5, 2, 7], 1), [1, 2])],
    ['sum over separate axes', () => sum(randomTensor([3, 5, 7], 1), [0, 2])],
    ['sum over the last axis', () => sum(randomTensor([3, 7], 1), -1)],
    ['mean over the middle axis', () => mean(randomTensor([3, 5, 33], 1), 1)],
    ['mean of all', () => mean(randomTensor([3, 5], 1))],
    ['comparison with a number', () => cast(greaterEqual(randomTensor([3, 5], 1), 0.1), 'float32')],
    ['comparison of equal shapes', () => cast(lessEqual(randomTensor([3, 5], 1), randomTensor([3, 5], 2)), 'float32')],
    ['cast of int32', () => add(cast(tensor([1, 2, 3], [3], 'int32'), 'float32'), 0.5)],
    ['cast of bool', () => mul(cast(tensor([true, false, true], [3], 'bool'), 'float32'), 2)],
    ['cast to int32', () => cast(tensor([1.7, -2.7]), 'int32')],
    ['transpose of the last axes', () => transpose(randomTensor([2, 3, 5], 1), [0, 2, 1])],
    ['transpose of all axes', () => transpose(randomTensor([2, 3, 5], 1), [2, 0, 1])],
    ['slice of rows', () => slice(randomTensor([5, 7], 1), [1, 0], [3, 7])],
    ['slice of columns', () => slice(randomTensor([2, 5, 7], 1), [0, 2, 0], [-1, 2, -1])],
    ['slice along two axes', () => slice(randomTensor([5, 7], 1), [1, 2], [3, 3])],
    ['concat along the first axis', () => concat([randomTensor([2, 3], 1), randomTensor([1, 3], 2)], 0)],
    ['concat along the last axis', () => concat([randomTensor([2, 3], 1), randomTensor([2, 5], 2)], -1)],
  ])('%s', async (_name, f) => {
    await sameOnBoth(f);
  });
});

describe('gradients of plain ops on simd equal cpu', () => {
  it.each<[string, (...xs: Tensor[]) => Tensor, number[][]]>([
    [
      'add of a repeated row',
      (x, row) => (x && row ? add(x, row) : tensor(0)),
      [
        [2, 3, 7],
        [3, 7],
      ],
    ],
    [
      'mul by a column',
      (x, column) => (x && column ? mul(x, column) : tensor(0)),
      [
        [5, 7],
        [5, 1],
      ],
    ],
    ['mean over the middle axis', (x) => (x ? mean(x, 1) : tensor(0)), [[2, 5, 7]]],
    ['clipByValue', (x) => (x ? clipByValue(x, -0.5, 0.5) : tensor(0)), [[4, 33]]],
  ])('%s', async (_name, op, shapes) => {
    await expectSameOnBothBackends(op, shapes);
  });
});

describe('the memory of the backend', () => {
  it('stays flat when lengths vary', async () => {
    const loaded = await prepareBackends();
    const weight = tidy(() => variable(randomTensor([64, 64], 1)));
    const step = async (T: number) => {
      const loss = tidy(() => sum(matMul(randomTensor([T, 64], T), weight)));
      await loss.data();
      loss.dispose();
    };
    for (let T = 20; T < 60; T++) await step(T);
    const before = { ...loaded.stats, tensors: engine().memory().numTensors };
    for (let T = 59; T >= 20; T--) await step(T);
    expect(loaded.stats.reservedBytes).toBe(before.reservedBytes);
    expect(loaded.stats.liveBytes).toBe(before.liveBytes);
    expect(engine().memory().numTensors).toBe(before.tensors);
    weight.dispose();
  });

  it('gives a read tensor its own values', async () => {
    const x = tensor([1, 2, 3]);
    const values = await x.data();
    x.dispose();
    const other = tensor([7, 8, 9]);
    expect(Array.from(values)).toEqual([1, 2, 3]);
    other.dispose();
  });
});
