// Runs any WGSL inside tfjs' own command encoder: many outputs, in-place outputs, cached pipelines and uniforms.
// The only file that touches private members of tfjs-backend-webgpu 4.22.0; the version is pinned and test/gpu covers it.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { sourceOf } from './wgsl-program.ts';
import type { WgslProgram } from './wgsl-program.ts';

interface TensorData {
  values: unknown;
  resource?: GPUBuffer;
}

interface BufferPool {
  freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
  numBytesUsed: number;
}

interface TfjsUniform {
  type: 'int32' | 'uint32' | 'float32';
  data: number[];
}

/** Private and public members of WebGPUBackend 4.22.0 that are used here. */
interface BackendInternals {
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
  makeUniforms(fields: TfjsUniform[]): { buffer: GPUBuffer };
  makeTensorInfo(shape: number[], dtype: DataType): TensorInfo;
  disposeData(dataId: object): boolean;
}

/** Work given to the GPU since the last reset, tfjs' own programs included. */
export interface WorkCounts {
  dispatches: number;
  passes: number;
  submits: number;
  /** Dispatches by kernel key (tfjs programs by the first word of their shader key). */
  byKey: Map<string, number>;
}

/** One dispatch. `key` names everything that `build` bakes into the source. */
export interface Dispatch {
  key: string;
  build: () => WgslProgram;
  /** One per slot, in order; borrowed. */
  tensors: readonly TensorInfo[];
  uniforms: Readonly<Record<string, number>>;
  groups: readonly [number, number?, number?];
  /** Uniform values differ from call to call (a step number): do not cache them. */
  volatile?: boolean;
}

interface Compiled {
  id: number;
  program: WgslProgram;
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  /** Uniform buffers by their values: shapes repeat, so nearly every step finds its own. */
  uniforms: Map<string, GPUBuffer>;
}

const MAX_CACHED_UNIFORMS = 256;
/** A training step of the small models needs a few hundred; lengths that vary add theirs. */
const MAX_CACHED_BIND_GROUPS = 4096;
const runners = new WeakMap<object, WgslRunner>();

/** The runner of a backend instance; a new device has a new backend and thus new pipelines. */
export function runnerOf(backend: unknown): WgslRunner {
  const owner = backend as WebGPUBackend;
  const known = runners.get(owner);
  if (known) return known;
  const runner = new WgslRunner(owner as unknown as BackendInternals);
  runners.set(owner, runner);
  return runner;
}

export class WgslRunner {
  readonly counts: WorkCounts = { dispatches: 0, passes: 0, submits: 0, byKey: new Map() };
  /** Kernels choose tiled variants with workgroup memory where this is true (see `create-backend.ts`). */
  prefersTiles = false;
  readonly #backend: BackendInternals;
  readonly #compiled = new Map<string, Compiled>();
  /** By pipeline and buffers: the pool hands out the same buffers every step, and making a group costs more than a dispatch. */
  readonly #bindGroups = new Map<string, GPUBindGroup>();

  constructor(backend: BackendInternals) {
    this.#backend = backend;
    watchTfjs(backend, this.counts);
  }

  /** A fresh tensor without contents; owned by the caller, or by the engine when a kernel returns it. */
  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    return this.#backend.makeTensorInfo([...shape], dtype);
  }

  /** Gives a scratch tensor back. */
  release(scratch: TensorInfo): void {
    this.#backend.disposeData(scratch.dataId);
  }

  /** Records one dispatch; it is submitted with its neighbours. */
  run(dispatch: Dispatch): void {
    const backend = this.#backend;
    const compiled = this.#compile(dispatch);
    const bindGroup = this.#bind(compiled, dispatch);
    const pass = openPass(backend);
    pass.setPipeline(compiled.pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(...groupsOf(dispatch));
    this.#forgetCpuCopies(compiled.program, dispatch.tensors);
    countDispatch(this.counts, dispatch.key);
    backend.dispatchCountInPass += 1;
    if (backend.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) this.flush();
  }

  /** Ends the pass and submits what was recorded. */
  flush(): void {
    this.#backend.endComputePassEncoder();
    if (this.#backend.commandEncoder) this.#backend.submitQueue();
  }

  /**
   * Destroys the pool's idle buffers. tfjs pools by exact size and never gives anything back, so lengths that vary grow it
   * without bound. GPU sync point.
   * @returns bytes given back
   */
  async trim(): Promise<number> {
    this.flush();
    await this.#backend.device.queue.onSubmittedWorkDone();
    const pool = this.#backend.bufferManager;
    const before = pool.numBytesAllocated;
    for (const idle of pool.freeBuffers.values()) {
      for (const buffer of idle) {
        pool.numBytesAllocated -= buffer.size;
        buffer.destroy();
      }
      idle.length = 0;
    }
    pool.numFreeBuffers = 0;
    this.#bindGroups.clear();
    return before - pool.numBytesAllocated;
  }

  /** Bytes held by live tensors and bytes allocated, idle ones included. */
  poolBytes(): { usedBytes: number; allocatedBytes: number } {
    const { numBytesUsed, numBytesAllocated } = this.#backend.bufferManager;
    return { usedBytes: numBytesUsed, allocatedBytes: numBytesAllocated };
  }

  #compile({ key, build }: Dispatch): Compiled {
    const known = this.#compiled.get(key);
    if (known) return known;
    const { device } = this.#backend;
    const program = build();
    const module = device.createShaderModule({ label: key, code: sourceOf(program) });
    const pipeline = device.createComputePipeline({ label: key, layout: 'auto', compute: { module, entryPoint: 'main' } });
    const compiled = { id: this.#compiled.size, program, pipeline, layout: pipeline.getBindGroupLayout(0), uniforms: new Map<string, GPUBuffer>() };
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #bind(compiled: Compiled, dispatch: Dispatch): GPUBindGroup {
    const buffers = dispatch.tensors.map((tensor) => this.#bufferOf(tensor));
    if (Object.keys(compiled.program.uniforms).length > 0) buffers.push(this.#uniforms(compiled, dispatch));
    const key = `${compiled.id}:${buffers.map(idOfBuffer).join()}`;
    const known = this.#bindGroups.get(key);
    if (known) return known;
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const group = this.#backend.device.createBindGroup({ layout: compiled.layout, entries });
    if (this.#bindGroups.size >= MAX_CACHED_BIND_GROUPS) this.#bindGroups.clear();
    this.#bindGroups.set(key, group);
    return group;
  }

  /** The tensor's memory on the GPU; uploads what still lives on the CPU. */
  #bufferOf({ dataId }: TensorInfo): GPUBuffer {
    this.#backend.uploadToGPU(dataId);
    const { resource } = this.#backend.tensorMap.get(dataId);
    if (!resource) throw new Error('tfjs-backend-webgpu uploaded no buffer; is it version 4.22.0?');
    return resource;
  }

  #uniforms({ program, uniforms }: Compiled, dispatch: Dispatch): GPUBuffer {
    const fields = Object.entries(program.uniforms).map(([name, type]): TfjsUniform => ({ type: TFJS_UNIFORM[type], data: [valueOf(dispatch, name)] }));
    if (dispatch.volatile || uniforms.size >= MAX_CACHED_UNIFORMS) return this.#backend.makeUniforms(fields).buffer;
    const key = fields.map((field) => field.data[0]).join();
    const buffer = uniforms.get(key) ?? uploadUniforms(this.#backend.device, fields);
    uniforms.set(key, buffer);
    return buffer;
  }

  /** `.data()` caches values on the CPU; a tensor written in place must lose that copy. */
  #forgetCpuCopies(program: WgslProgram, tensors: readonly TensorInfo[]): void {
    tensors.forEach((tensor, i) => {
      if (program.slots[i]?.writes) this.#backend.tensorMap.get(tensor.dataId).values = null;
    });
  }
}

const bufferIds = new WeakMap<GPUBuffer, number>();
let nextBufferId = 0;

function idOfBuffer(buffer: GPUBuffer): number {
  const known = bufferIds.get(buffer);
  if (known !== undefined) return known;
  bufferIds.set(buffer, nextBufferId);
  return nextBufferId++;
}

const TFJS_UNIFORM = { i32: 'int32', u32: 'uint32', f32: 'float32' } as const;

function valueOf(dispatch: Dispatch, name: string): number {
  const value = dispatch.uniforms[name];
  if (value === undefined) throw new Error(`kernel ${dispatch.key}: uniform ${name} has no value`);
  return value;
}

/** The pass that tfjs has open, or a new one. */
function openPass(backend: BackendInternals): GPUComputePassEncoder {
  backend.ensureCommandEncoderReady();
  if (!backend.commandEncoder) throw new Error('tfjs-backend-webgpu made no command encoder; is it version 4.22.0?');
  backend.computePassEncoder ??= backend.commandEncoder.beginComputePass({});
  return backend.computePassEncoder;
}

const groupsOf = ({ groups: [x, y = 1, z = 1] }: Dispatch): [number, number, number] => [x, y, z];

function uploadUniforms(device: GPUDevice, fields: readonly TfjsUniform[]): GPUBuffer {
  const view = new DataView(new ArrayBuffer(Math.max(16, Math.ceil(fields.length / 4) * 16)));
  fields.forEach(({ type, data: [value = 0] }, i) => {
    if (type === 'float32') view.setFloat32(i * 4, value, true);
    else view.setInt32(i * 4, value, true);
  });
  const buffer = device.createBuffer({ size: view.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, view.buffer);
  return buffer;
}

function countDispatch(counts: WorkCounts, key: string): void {
  counts.dispatches += 1;
  counts.byKey.set(key, (counts.byKey.get(key) ?? 0) + 1);
}

/**
 * Idle buffers in a fixed order: a step that repeats then gets the same buffers for the same tensors, and finds its bind
 * groups. Left alone, the pool's stacks are a new permutation every step.
 */
function sortPool(pool: BufferPool): void {
  for (const idle of pool.freeBuffers.values()) {
    if (idle.length > 1) idle.sort((a, b) => idOfBuffer(b) - idOfBuffer(a));
  }
}

/** Wraps three methods of this one backend: tfjs' own programs are counted as well, and the pool is kept in order. */
function watchTfjs(backend: BackendInternals, counts: WorkCounts): void {
  const { recordAndSubmit, submitQueue, endComputePassEncoder } = backend;
  backend.recordAndSubmit = (program, ...rest) => {
    countDispatch(counts, `tfjs ${program.shaderKey?.split('_')[0] ?? 'program'}`);
    recordAndSubmit.call(backend, program, ...rest);
  };
  backend.submitQueue = () => {
    counts.submits += 1;
    submitQueue.call(backend);
    sortPool(backend.bufferManager);
  };
  backend.endComputePassEncoder = () => {
    if (backend.computePassEncoder) counts.passes += 1;
    endComputePassEncoder.call(backend);
  };
}

/** Sets the counters to zero. */
export function resetCounts(counts: WorkCounts): void {
  counts.dispatches = 0;
  counts.passes = 0;
  counts.submits = 0;
  counts.byKey.clear();
}
