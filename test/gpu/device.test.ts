// The backend around the kernels: memory stays flat, the pool is trimmed, a lost device is reported and replaced.
import { dispose, memory, mul, setBackend, sum, tidy, variable, variableGrads } from '@tensorflow/tfjs-core';
import type { Scalar, Variable } from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { createWebgpuBackend } from '../../workers/ml/backends/webgpu/create-backend.ts';
import { assertDeviceEpoch, currentDeviceEpoch } from '../../workers/ml/backends/webgpu/device-epoch.ts';
import { probeAdapter } from '../../workers/ml/backends/webgpu/probe-adapter.ts';
import { resetCounts } from '../../workers/ml/backends/webgpu/wgsl-runner.ts';
import { adamw } from '../../workers/ml/kernels/adamw.ts';
import { attention } from '../../workers/ml/kernels/attention.ts';
import { linear } from '../../workers/ml/kernels/linear.ts';
import { rmsNorm } from '../../workers/ml/kernels/rms-norm.ts';
import { describeGpu, deviceErrors, freshGpu, noise, openGpu, toTensor } from './gpu.ts';

const C = 8;

interface Block {
  weight: Variable;
  norm: Variable;
  m: Variable;
  v: Variable;
}

const newBlock = (): Block => {
  const own = (shape: number[], seed: number): Variable => tidy(() => variable(toTensor(noise(shape, seed))));
  return { weight: own([C, C], 1), norm: own([C], 2), m: own([C, C], 3), v: tidy(() => variable(mul(toTensor(noise([C, C], 4)), 0))) };
};

const disposeBlock = (block: Block): void => dispose([block.weight, block.norm, block.m, block.v]);

/** One training step on T tokens; returns the loss. */
async function step(block: Block, T: number, count: number): Promise<number> {
  const loss = (): Scalar => {
    const h = rmsNorm(toTensor(noise([1, T, C], 5)), block.norm, 1e-5);
    const x = linear(h, block.weight);
    return sum(attention(x, x, x, 2, 2));
  };
  const { value, grads } = variableGrads(loss, [block.weight, block.norm]);
  const gradient = grads[block.weight.name];
  if (!gradient) throw new Error('no gradient');
  adamw(block.weight, gradient, block.m, block.v, {
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0,
    step: count,
    gradientScale: 1,
  });
  const [result = NaN] = await value.data();
  dispose([value, ...Object.values(grads)]);
  return result;
}

describeGpu('webgpu backend', () => {
  afterEach(() => {
    expect(deviceErrors).toEqual([]);
  });

  it('says which adapter it is and whether that is a software one', async () => {
    const { adapter } = await openGpu();
    expect(adapter.available).toBe(true);
    expect(adapter.description).not.toBe('');
    expect(adapter).toEqual(await probeAdapter());
    if (/swiftshader/i.test(adapter.description)) expect(adapter.fallback).toBe(true);
  });

  it('keeps tensors and pool bytes flat over training steps', async () => {
    const { runner } = await openGpu();
    await setBackend('webgpu');
    const before = memory().numTensors;
    const block = newBlock();
    const seen: { tensors: number; bytes: number; used: number }[] = [];
    const losses: number[] = [];
    for (let count = 1; count <= 10; count++) {
      losses.push(await step(block, 6, count));
      const { usedBytes, allocatedBytes } = runner.poolBytes();
      seen.push({ tensors: memory().numTensors, bytes: allocatedBytes, used: usedBytes });
    }
    expect(seen[9]).toEqual(seen[2]);
    expect(new Set(losses).size).toBe(10);
    disposeBlock(block);
    expect(memory().numTensors).toBe(before);
  });

  it('gives the pool back after lengths that varied, and goes on', async () => {
    const { runner } = await openGpu();
    await setBackend('webgpu');
    const block = newBlock();
    for (const T of [3, 9, 17, 33]) await step(block, T, 1);
    const before = runner.poolBytes();
    const freed = await runner.trim();
    const after = runner.poolBytes();
    expect(freed).toBeGreaterThan(10_000);
    expect(after.allocatedBytes).toBe(before.allocatedBytes - freed);
    expect(after.allocatedBytes).toBe(after.usedBytes);
    expect(await step(block, 9, 2)).toBeTypeOf('number');
    disposeBlock(block);
  });

  it('trims the pool by itself when lengths vary, without changing a number', async () => {
    const { runner } = await openGpu();
    await setBackend('webgpu');
    const usual = runner.spareBytes;
    const varied = async (spareBytes: number): Promise<{ losses: number[]; bytes: number }> => {
      runner.spareBytes = spareBytes;
      await runner.trim();
      const block = newBlock();
      const losses: number[] = [];
      for (let T = 8; T < 24; T++) losses.push(await step(block, T, T - 7));
      disposeBlock(block);
      return { losses, bytes: runner.poolBytes().allocatedBytes };
    };
    const hoarding = await varied(Infinity);
    const trimming = await varied(0);
    runner.spareBytes = usual;
    expect(trimming.bytes).toBeLessThan(hoarding.bytes / 2);
    expect(trimming.losses).toEqual(hoarding.losses);
  });

  it('counts dispatches, passes and submits, those of tfjs included', async () => {
    const { runner } = await openGpu();
    await setBackend('webgpu');
    const block = newBlock();
    await step(block, 6, 1);
    resetCounts(runner.counts);
    await step(block, 6, 2);
    const { dispatches, passes, submits, byKey } = runner.counts;
    expect(byKey.get('adamw 1 v4')).toBe(1);
    expect([...byKey.keys()].some((key) => key.startsWith('tfjs '))).toBe(true);
    expect(dispatches).toBe([...byKey.values()].reduce((total, n) => total + n, 0));
    expect(submits).toBeGreaterThan(0);
    expect(passes).toBeGreaterThanOrEqual(1);
    disposeBlock(block);
  });

  it('reports a validation error that no call throws', async () => {
    const { backend } = await openGpu();
    backend.device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
    await backend.device.queue.onSubmittedWorkDone();
    await expect.poll(() => deviceErrors.length).toBe(1);
    expect(deviceErrors.splice(0)[0]).toContain('graphics device reported');
  });

  it('reports a lost device, refuses its tensors by epoch, and computes the same on a new one', async () => {
    let lost = 0;
    const first = await freshGpu(() => lost++);
    const block = newBlock();
    const expected = await step(block, 6, 1);
    const pending = toTensor(noise([4, C], 1));
    const product = linear(pending, block.weight);

    first.backend.device.destroy();
    await expect.poll(() => lost).toBe(1);
    await expect(product.data()).rejects.toThrow();
    dispose([pending, product]);
    disposeBlock(block);

    const second = await freshGpu();
    expect(second.epoch).toBe(first.epoch + 1);
    expect(currentDeviceEpoch()).toBe(second.epoch);
    expect(() => assertDeviceEpoch(first.epoch, 'KV cache')).toThrow(expect.objectContaining({ code: 'E-GPU-LOST' }));
    expect(() => assertDeviceEpoch(second.epoch, 'KV cache')).not.toThrow();
    const rebuilt = newBlock();
    expect(await step(rebuilt, 6, 1)).toBe(expected);
    disposeBlock(rebuilt);
    deviceErrors.length = 0;
  });

  it('says E-NO-GPU where there is no adapter', async () => {
    const { gpu } = navigator;
    Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: () => Promise.resolve(null) }, configurable: true });
    try {
      expect(await probeAdapter()).toMatchObject({ available: false, fallback: false });
      const options = { onLost: () => {}, onError: () => {} };
      await expect(createWebgpuBackend(options)).rejects.toMatchObject({ code: 'E-NO-GPU' });
    } finally {
      Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
    }
  });
});
