// Counts what any library gives to WebGPU, by wrapping the methods of the standard's classes: the only view that is the same for
// all peers.

/** Of one run. */
export interface GpuCounts {
  dispatches: number;
  passes: number;
  submits: number;
  /** Most bytes in buffers at once. */
  peakBytes: number;
  /** Milliseconds in which nothing waited for the GPU: recording, uploading, the library's own work. */
  encodeMs: number;
}

const live = { dispatches: 0, passes: 0, submits: 0, bytes: 0, peakBytes: 0, waits: 0, waitedMs: 0, waitingSince: 0 };
let installed = false;

/** Wraps the classes once; does nothing where there is no WebGPU. */
export function installGpuMeter(): void {
  if (installed || typeof GPUDevice === 'undefined') return;
  installed = true;
  before(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => (live.dispatches += 1));
  before(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', () => (live.dispatches += 1));
  before(GPUCommandEncoder.prototype, 'beginComputePass', () => (live.passes += 1));
  before(GPUQueue.prototype, 'submit', () => (live.submits += 1));
  countBuffers();
  countWaits();
}

export function resetGpuMeter(): void {
  Object.assign(live, { dispatches: 0, passes: 0, submits: 0, peakBytes: live.bytes, waitedMs: 0 });
}

/** @param elapsedMs of the run since `resetGpuMeter`; nothing may be waiting */
export function readGpuMeter(elapsedMs: number): GpuCounts {
  const { dispatches, passes, submits, peakBytes, waitedMs } = live;
  return { dispatches, passes, submits, peakBytes, encodeMs: elapsedMs - waitedMs };
}

/** Replaces a method by one that does something first. */
function before<T extends object>(prototype: T, name: keyof T & string, action: () => void): void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== 'function') return;
  const wrapped = function (this: T, ...args: unknown[]): unknown {
    action();
    return Reflect.apply(original, this, args);
  };
  Object.defineProperty(prototype, name, { value: wrapped, configurable: true, writable: true });
}

function countBuffers(): void {
  const sizes = new WeakMap<GPUBuffer, number>();
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor) {
    const buffer = Reflect.apply(createBuffer, this, [descriptor]);
    sizes.set(buffer, descriptor.size);
    live.bytes += descriptor.size;
    live.peakBytes = Math.max(live.peakBytes, live.bytes);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function (this: GPUBuffer) {
    live.bytes -= sizes.get(this) ?? 0;
    sizes.delete(this);
    return Reflect.apply(destroy, this, []);
  };
}

/** Time with at least one read-back or wait under way. */
function countWaits(): void {
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (this: GPUBuffer, ...args) {
    return waited(Reflect.apply(mapAsync, this, args));
  };
  const { onSubmittedWorkDone } = GPUQueue.prototype;
  GPUQueue.prototype.onSubmittedWorkDone = function (this: GPUQueue) {
    return waited(Reflect.apply(onSubmittedWorkDone, this, []));
  };
}

function waited(promise: Promise<undefined>): Promise<undefined> {
  if (live.waits++ === 0) live.waitingSince = performance.now();
  return promise.finally(() => {
    if (--live.waits === 0) live.waitedMs += performance.now() - live.waitingSince;
  });
}
