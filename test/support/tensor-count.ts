import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Runs f and expects that exactly `delta` more tensors are alive afterwards. */
export async function expectTensorDelta<T>(delta: number, f: () => T | Promise<T>): Promise<T> {
  const before = memory().numTensors;
  const result = await f();
  expect(memory().numTensors - before).toBe(delta);
  return result;
}
