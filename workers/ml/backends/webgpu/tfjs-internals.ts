// The private members of tfjs-backend-webgpu 4.22.0 that the runner needs, in one place: the version is pinned and test/gpu
// covers what is said here.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';

interface TensorData {
  /** The copy on the CPU, if there is one. */
  values: unknown;
  resource?: GPUBuffer;
}

interface BufferPool {
  freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
  numBytesUsed: number;
  acquireBuffer(size: number, ...rest: unknown[]): GPUBuffer;
}

/** One four-byte field of a uniform struct. */
export interface UniformField {
  type: 'int32' | 'uint32' | 'float32';
  data: [number];
}

export interface BackendInternals {
  readonly device: GPUDevice;
  readonly bufferManager: BufferPool;
  readonly tensorMap: { get(dataId: object): TensorData };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  recordAndSubmit(program: { shaderKey?: string }, ...rest: unknown[]): void;
  uploadToGPU(dataId: object): void;
  makeUniforms(fields: UniformField[]): { buffer: GPUBuffer };
  makeTensorInfo(shape: number[], dtype: DataType): TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
}

/**
 * @param backend tfjs' `backend` argument of a kernel
 * @throws WorkbenchError E-INTERNAL for another backend
 */
export function internalsOf(backend: unknown): BackendInternals {
  if (!(backend instanceof WebGPUBackend)) throw new WorkbenchError('E-INTERNAL', 'A WGSL kernel ran on a backend other than webgpu.');
  return backend as unknown as BackendInternals;
}

const versionFault = (what: string): WorkbenchError =>
  new WorkbenchError('E-INTERNAL', `tfjs-backend-webgpu ${what}; this code needs version 4.22.0.`);

/** The tensor's memory on the GPU; uploads what still lives on the CPU. */
export function bufferOf(backend: BackendInternals, { dataId }: TensorInfo): GPUBuffer {
  backend.uploadToGPU(dataId);
  const { resource } = backend.tensorMap.get(dataId);
  if (!resource) throw versionFault('uploaded no buffer');
  return resource;
}

/** `.data()` caches values on the CPU; a tensor written in place must lose that copy. */
export function forgetCpuCopy(backend: BackendInternals, { dataId }: TensorInfo): void {
  backend.tensorMap.get(dataId).values = null;
}

/** The compute pass that tfjs has open, or a new one. */
export function openPass(backend: BackendInternals): GPUComputePassEncoder {
  backend.ensureCommandEncoderReady();
  if (!backend.commandEncoder) throw versionFault('made no command encoder');
  backend.computePassEncoder ??= backend.commandEncoder.beginComputePass({});
  return backend.computePassEncoder;
}

export interface TfjsEvents {
  /** The pool has handed out a buffer. */
  onBuffer(): void;
  /** tfjs records a program of its own. */
  onProgram(shaderKey: string): void;
  onPassEnd(): void;
  onSubmitted(): void;
}

/** Wraps methods of this one backend instance and of its pool. */
export function watchTfjs(backend: BackendInternals, events: TfjsEvents): void {
  const recordAndSubmit = backend.recordAndSubmit.bind(backend);
  const submitQueue = backend.submitQueue.bind(backend);
  const endComputePassEncoder = backend.endComputePassEncoder.bind(backend);
  const pool = backend.bufferManager;
  const acquireBuffer = pool.acquireBuffer.bind(pool);
  pool.acquireBuffer = (size, ...rest) => {
    const buffer = acquireBuffer(size, ...rest);
    events.onBuffer();
    return buffer;
  };
  backend.recordAndSubmit = (program, ...rest) => {
    events.onProgram(program.shaderKey ?? 'program');
    recordAndSubmit(program, ...rest);
  };
  backend.submitQueue = () => {
    submitQueue();
    events.onSubmitted();
  };
  backend.endComputePassEncoder = () => {
    if (backend.computePassEncoder) events.onPassEnd();
    endComputePassEncoder();
  };
}

/**
 * Destroys the pool's idle buffers, which tfjs never does: it pools by exact size. No recorded command may use them that is
 * not submitted yet.
 * @returns bytes given back
 */
export function destroyIdleBuffers({ bufferManager: pool }: BackendInternals): number {
  const before = pool.numBytesAllocated;
  for (const idle of pool.freeBuffers.values()) {
    for (const buffer of idle) {
      pool.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
    idle.length = 0;
  }
  pool.numFreeBuffers = 0;
  return before - pool.numBytesAllocated;
}

const bufferIds = new WeakMap<GPUBuffer, number>();
let nextBufferId = 0;

/** A number for each buffer, in the order in which buffers were first seen. */
export function idOfBuffer(buffer: GPUBuffer): number {
  const known = bufferIds.get(buffer);
  if (known !== undefined) return known;
  bufferIds.set(buffer, nextBufferId);
  return nextBufferId++;
}

/**
 * Idle buffers in a fixed order: a step that repeats then gets the same buffers for the same tensors, and finds its bind
 * groups. Left alone, the pool's stacks are a new permutation every step.
 */
export function sortIdleBuffers({ bufferManager: pool }: BackendInternals): void {
  for (const idle of pool.freeBuffers.values()) {
    if (idle.length > 1) idle.sort((a, b) => idOfBuffer(b) - idOfBuffer(a));
  }
}
