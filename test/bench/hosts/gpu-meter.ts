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
  count(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', 'dispatches');
  count(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', 'dispatches');
  count(GPUCommandEncoder.prototype, 'beginComputePass', 'passes');
  count(GPUQueue.prototype, 'submit', 'submits');
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

/** Replaces a method by one that may look at the call and its result. */
function wrap(prototype: object, name: string, around: (call: () => unknown, self: unknown) => unknown): void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== 'function') throw new Error(`WebGPU has no ${name} here`);
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    return around(() => Reflect.apply(original, this, args), this);
  };
  Object.defineProperty(prototype, name, { value: wrapped, configurable: true, writable: true });
}

function count(prototype: object, name: string, what: 'dispatches' | 'passes' | 'submits'): void {
  wrap(prototype, name, (call) => {
    live[what] += 1;
    return call();
  });
}

function countBuffers(): void {
  const alive = new WeakSet();
  wrap(GPUDevice.prototype, 'createBuffer', (call) => {
    const buffer = call();
    if (!(buffer instanceof GPUBuffer)) return buffer;
    alive.add(buffer);
    live.bytes += buffer.size;
    live.peakBytes = Math.max(live.peakBytes, live.bytes);
    return buffer;
  });
  wrap(GPUBuffer.prototype, 'destroy', (call, buffer) => {
    if (buffer instanceof GPUBuffer && alive.delete(buffer)) live.bytes -= buffer.size;
    return call();
  });
}

/** Time with at least one read-back or wait under way. */
function countWaits(): void {
  wrap(GPUBuffer.prototype, 'mapAsync', (call) => waited(call()));
  wrap(GPUQueue.prototype, 'onSubmittedWorkDone', (call) => waited(call()));
}

function waited(result: unknown): Promise<unknown> {
  if (live.waits++ === 0) live.waitingSince = performance.now();
  return Promise.resolve(result).finally(() => {
    if (--live.waits === 0) live.waitedMs += performance.now() - live.waitingSince;
  });
}
