// WebGPU without a driver: Dawn's null device allocates as any other, has 512 MB, and computes nothing. For tests of memory.
import { create, globals } from 'webgpu';
import type { WebgpuHandle, WebgpuOptions } from '../../workers/ml/backends/webgpu/create-backend.ts';
import { internalsOf } from '../../workers/ml/backends/webgpu/tfjs-internals.ts';
import { loadWebgpuNode } from './load-webgpu.ts';

/** What Dawn gives a null device (`kMaxMemoryUsage`). */
const DEVICE_BYTES = 512 * 2 ** 20;
const MOST_BUFFER_BYTES = 128 * 2 ** 20;

Object.assign(globalThis, globals);
// Node 20 has no navigator, later versions have one without gpu.
if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
Object.defineProperty(navigator, 'gpu', { value: create(['backend=null']), configurable: true });

export interface NullWebgpu {
  handle: WebgpuHandle;
  /** Bytes in all buffers of the device. */
  bytes: () => number;
  /** Occupies the device until only so many bytes are free. */
  starve: (spareBytes: number) => void;
  /** Gives back what `starve` has taken. */
  feed: () => void;
}

/** Makes a null device tfjs' backend. Whatever the CPU has no copy of is read as 0. */
export async function openNullWebgpu(options: WebgpuOptions): Promise<NullWebgpu> {
  const handle = await loadWebgpuNode(options);
  const { device } = internalsOf(handle.backend);
  const live = new Map<GPUBuffer, number>();
  watchBuffers(device, live);
  readZeros(handle);
  const bytes = (): number => [...live.values()].reduce((sum, size) => sum + size, 0);
  const ballast: GPUBuffer[] = [];
  const starve = (spareBytes: number): void => {
    void handle.runner.trim(); // idle buffers would serve the next step
    for (let rest = DEVICE_BYTES - bytes() - spareBytes; rest > 0; rest -= MOST_BUFFER_BYTES) {
      ballast.push(device.createBuffer({ size: Math.min(rest, MOST_BUFFER_BYTES) & ~3, usage: GPUBufferUsage.STORAGE }));
    }
  };
  const feed = (): void => {
    for (const buffer of ballast.splice(0)) buffer.destroy();
  };
  return { handle, bytes, starve, feed };
}

function watchBuffers(device: GPUDevice, live: Map<GPUBuffer, number>): void {
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    live.set(buffer, descriptor.size);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      live.delete(buffer);
      destroy();
    };
    return buffer;
  };
}

function readZeros({ backend }: WebgpuHandle): void {
  const { tensorMap } = internalsOf(backend);
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const isOnCpu = tensorMap.get(dataId).values !== null && tensorMap.get(dataId).values !== undefined;
    const values = await read(dataId);
    if (!isOnCpu && !Array.isArray(values)) values.fill(0);
    return values;
  };
}

/** A probe's answer for the null device. */
export const NULL_PROBE = { available: true, fallback: false, description: 'null device', architecture: '', f16: false };
