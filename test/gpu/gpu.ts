// One device for all GPU tests, and the comparison with the cpu reference. Skips with a reason where there is no adapter.
import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor, tidy } from '@tensorflow/tfjs-core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { probeAdapter } from '../../workers/ml/backends/webgpu/probe-adapter.ts';
import type { WebgpuHandle } from '../../workers/ml/backends/webgpu/create-backend.ts';
import { registerReferenceOps } from '../../workers/ml/kernels/register.ts';
import { installWebgpu, loadWebgpuNode } from '../support/load-webgpu.ts';

/** Largest difference allowed, relative to the largest expected value: float32 sums in another order. */
export const RELATIVE_TOLERANCE = 1e-4;

await installWebgpu();
registerReferenceOps();
const probe = await probeAdapter();
if (!probe.available) console.warn(`GPU tests are skipped: ${probe.description}`);

/** `describe` that skips without an adapter. */
export const describeGpu = describe.skipIf(!probe.available);

/** Device errors that no call reported; every test file expects it to stay empty. */
export const deviceErrors: string[] = [];
const shared: { handle?: WebgpuHandle } = {};

/** The shared device; made on first use. */
export async function openGpu(): Promise<WebgpuHandle> {
  shared.handle ??= await freshGpu();
  return shared.handle;
}

/** A new device that replaces the shared one. */
export async function freshGpu(onLost: () => void = () => {}): Promise<WebgpuHandle> {
  shared.handle = await loadWebgpuNode({ onLost, onError: (error) => deviceErrors.push(error.message) });
  return shared.handle;
}

/** Plain data of one tensor: made anew on each backend, so nothing moves between them. */
export interface Values {
  shape: number[];
  dtype: DataType;
  data: Float32Array | Int32Array;
}

/** Copies: tfjs' cpu backend would keep the array itself, and in-place ops would change it. */
export const toTensor = ({ data, shape, dtype }: Values): Tensor => tensor(data.slice(), shape, dtype);

/** Deterministic numbers in about -scale..scale. */
export function noise(shape: number[], seed: number, scale = 1): Values {
  const size = shape.reduce((n, d) => n * d, 1);
  const data = Float32Array.from({ length: size }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (2 * (x - Math.floor(x)) - 1) * scale;
  });
  return { shape, dtype: 'float32', data };
}

export const ints = (values: number[], shape: number[] = [values.length]): Values => ({
  shape,
  dtype: 'int32',
  data: Int32Array.from(values),
});

/** Runs `compute` on one backend and reads all results. */
export async function resultsOn(
  backend: 'cpu' | 'webgpu',
  inputs: readonly Values[],
  compute: (inputs: Tensor[]) => Tensor[],
): Promise<Values[]> {
  await setBackend(backend);
  const outputs = tidy(() => compute(inputs.map(toTensor)));
  const read = async (output: Tensor): Promise<Values> => {
    const data = await output.data();
    output.dispose();
    return { shape: output.shape, dtype: output.dtype, data: data instanceof Int32Array ? data : Float32Array.from(data) };
  };
  return Promise.all(outputs.map(read));
}

/** Asserts that webgpu and the cpu reference give the same tensors. */
export async function expectSameOnGpu(inputs: readonly Values[], compute: (inputs: Tensor[]) => Tensor[]): Promise<void> {
  const expected = await resultsOn('cpu', inputs, compute);
  const { counts } = (await openGpu()).runner;
  const before = counts.dispatches;
  const actual = await resultsOn('webgpu', inputs, compute);
  expect(counts.dispatches, 'work for the GPU').toBeGreaterThan(before);
  expect(actual.length).toBe(expected.length);
  expected.forEach((values, i) => expectClose(actual[i], values, `output ${i}`));
}

/** Same shape, same dtype, largest difference within the tolerance of the largest value. */
export function expectClose(actual: Values | undefined, expected: Values, what: string, tolerance = RELATIVE_TOLERANCE): void {
  expect(actual?.shape, `${what}: shape`).toEqual(expected.shape);
  expect(actual?.dtype, `${what}: dtype`).toBe(expected.dtype);
  const scale = largest(expected.data, Math.abs);
  const difference = largest(expected.data, (v, i) => distance(v, actual?.data[i]));
  expect(difference, `${what}: largest difference (largest value ${scale})`).toBeLessThanOrEqual(tolerance * scale + 1e-7);
}

function largest(values: ArrayLike<number>, measure: (value: number, i: number) => number): number {
  let result = 0;
  for (let i = 0; i < values.length; i++) result = Math.max(result, measure(values[i] ?? NaN, i));
  return result;
}

/** NaN or a missing number is infinitely far. */
const distance = (a: number, b: number | undefined): number => {
  const d = Math.abs(a - (b ?? NaN));
  return Number.isNaN(d) ? Infinity : d;
};

/** Rotation tables of `positions` rows for heads of width `D`. */
export function ropeTables(positions: number, D: number): [Values, Values] {
  const half = D / 2;
  const angle = (i: number): number => Math.floor(i / half) / 100 ** ((i % half) / half);
  const table = (f: (x: number) => number): Values => {
    const data = Float32Array.from({ length: positions * half }, (_, i) => f(angle(i)));
    return { shape: [positions, half], dtype: 'float32', data };
  };
  return [table(Math.cos), table(Math.sin)];
}
