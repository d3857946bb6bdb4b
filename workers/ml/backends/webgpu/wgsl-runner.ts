// Runs any WGSL inside tfjs' own command encoder: many outputs, in-place outputs; pipelines, uniforms and bind groups cached.
import { env } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import {
  bufferOf,
  destroyIdleBuffers,
  forgetCpuCopy,
  idOfBuffer,
  internalsOf,
  openPass,
  sortIdleBuffers,
  watchTfjs,
} from './tfjs-internals.ts';
import type { BackendInternals, UniformField } from './tfjs-internals.ts';
import { mostPooledBytes, SPARE_BYTES } from './pool-limits.ts';
import { sourceOf } from './wgsl-program.ts';
import type { WgslProgram } from './wgsl-program.ts';

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

export interface PoolBytes {
  /** Held by live tensors. */
  usedBytes: number;
  /** With the idle buffers. */
  allocatedBytes: number;
}

const MAX_CACHED_UNIFORMS = 256;
/** A training step of the small models needs a few hundred; lengths that vary add theirs. */
const MAX_CACHED_BIND_GROUPS = 4096;

const runners = new WeakMap<object, WgslRunner>();

/**
 * The runner of a backend instance; a new device has a new backend and thus new pipelines.
 * @param backend tfjs' `backend` argument of a kernel
 */
export function runnerOf(backend: unknown): WgslRunner {
  const internals = internalsOf(backend);
  const runner = runners.get(internals) ?? new WgslRunner(internals);
  runners.set(internals, runner);
  return runner;
}

export class WgslRunner {
  readonly counts: WorkCounts = { dispatches: 0, passes: 0, submits: 0, byKey: new Map() };
  /** Kernels choose variants with workgroup memory where this is true (see `create-backend.ts`). */
  prefersTiles = false;
  /** See `pool-limits.ts`. */
  spareBytes = SPARE_BYTES;
  /** Most bytes in use since the pool was last trimmed: the working set. */
  #workingBytes = 0;
  /** Most bytes since `resetPeak`. */
  #peak: PoolBytes = { usedBytes: 0, allocatedBytes: 0 };
  readonly #backend: BackendInternals;
  readonly #compiled = new Map<string, Compiled>();
  /** By pipeline and buffers; making a bind group costs more than recording the dispatch. */
  readonly #bindGroups = new Map<string, GPUBindGroup>();

  constructor(backend: BackendInternals) {
    this.#backend = backend;
    watchTfjs(backend, {
      onBuffer: () => this.#notePeak(),
      onProgram: (shaderKey) => this.#count(`tfjs ${shaderKey.split('_')[0]}`),
      onPassEnd: () => (this.counts.passes += 1),
      onSubmitted: () => this.#afterSubmit(),
    });
  }

  /** A fresh tensor without contents; owned by the caller, or by the engine when a kernel returns it. */
  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    return this.#backend.makeTensorInfo([...shape], dtype);
  }

  /** Gives a scratch tensor back. The pool may reuse its memory at once: later commands run later. */
  release(scratch: TensorInfo): void {
    this.#backend.disposeData(scratch.dataId);
  }

  /** One more tensor lives on this memory. */
  share(dataId: object): void {
    this.#backend.incRef(dataId);
  }

  /** Records one dispatch; it is submitted with its neighbours. */
  run(dispatch: Dispatch): void {
    const compiled = this.#compile(dispatch);
    const bindGroup = this.#bind(compiled, dispatch);
    const pass = openPass(this.#backend);
    const [x, y = 1, z = 1] = dispatch.groups;
    pass.setPipeline(compiled.pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x, y, z);
    dispatch.tensors.forEach((tensor, i) => {
      if (compiled.program.slots[i]?.writes) forgetCpuCopy(this.#backend, tensor);
    });
    this.#count(dispatch.key);
    this.#backend.dispatchCountInPass += 1;
    if (this.#backend.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) this.flush();
  }

  /** Ends the pass and submits what was recorded. */
  flush(): void {
    this.#backend.endComputePassEncoder();
    if (this.#backend.commandEncoder) this.#backend.submitQueue();
  }

  /**
   * Gives the pool's idle buffers back to the system, and what was cached, and waits until the GPU is done with them. With the
   * pool's part this happens without waiting whenever lengths that vary have filled the pool with buffers of sizes that nobody asks for any more.
   * @returns bytes given back
   */
  async trim(): Promise<number> {
    this.flush();
    const freed = this.#dropIdleBuffers();
    this.#dropUniforms();
    await this.#backend.device.queue.onSubmittedWorkDone();
    return freed;
  }

  /** Bytes held by live tensors, and bytes allocated, idle ones included. */
  poolBytes(): PoolBytes {
    const { numBytesUsed, numBytesAllocated } = this.#backend.bufferManager;
    return { usedBytes: numBytesUsed, allocatedBytes: numBytesAllocated };
  }

  /** The same at their most since `resetPeak`. */
  peakBytes(): PoolBytes {
    return { ...this.#peak };
  }

  resetPeak(): void {
    this.#peak = this.poolBytes();
  }

  #notePeak(): void {
    const { usedBytes, allocatedBytes } = this.poolBytes();
    this.#workingBytes = Math.max(this.#workingBytes, usedBytes);
    this.#peak.usedBytes = Math.max(this.#peak.usedBytes, usedBytes);
    this.#peak.allocatedBytes = Math.max(this.#peak.allocatedBytes, allocatedBytes);
  }

  #afterSubmit(): void {
    this.counts.submits += 1;
    if (this.poolBytes().allocatedBytes > mostPooledBytes(this.#workingBytes, this.spareBytes)) this.#dropIdleBuffers();
    else sortIdleBuffers(this.#backend);
  }

  /** Only right after a submit: WebGPU keeps destroyed buffers alive for what was submitted, not for what was recorded. */
  #dropIdleBuffers(): number {
    this.#bindGroups.clear();
    this.#workingBytes = this.poolBytes().usedBytes;
    return destroyIdleBuffers(this.#backend);
  }

  #dropUniforms(): void {
    for (const { uniforms } of this.#compiled.values()) {
      for (const buffer of uniforms.values()) buffer.destroy();
      uniforms.clear();
    }
  }

  #count(key: string): void {
    this.counts.dispatches += 1;
    this.counts.byKey.set(key, (this.counts.byKey.get(key) ?? 0) + 1);
  }

  #compile({ key, build }: Dispatch): Compiled {
    const known = this.#compiled.get(key);
    if (known) return known;
    const { device } = this.#backend;
    const program = build();
    const module = device.createShaderModule({ label: key, code: sourceOf(program) });
    const pipeline = device.createComputePipeline({ label: key, layout: 'auto', compute: { module, entryPoint: 'main' } });
    const compiled = {
      id: this.#compiled.size,
      program,
      pipeline,
      layout: pipeline.getBindGroupLayout(0),
      uniforms: new Map<string, GPUBuffer>(),
    };
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #bind(compiled: Compiled, dispatch: Dispatch): GPUBindGroup {
    const buffers = dispatch.tensors.map((tensor) => bufferOf(this.#backend, tensor));
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

  #uniforms({ program, uniforms }: Compiled, dispatch: Dispatch): GPUBuffer {
    const fields = Object.entries(program.uniforms).map(([name, type]): UniformField => ({
      type: FIELD_TYPES[type],
      data: [valueOf(dispatch, name)],
    }));
    if (dispatch.volatile || uniforms.size >= MAX_CACHED_UNIFORMS) return this.#backend.makeUniforms(fields).buffer;
    const key = fields.map((field) => field.data[0]).join();
    const buffer = uniforms.get(key) ?? uploadUniforms(this.#backend.device, fields);
    uniforms.set(key, buffer);
    return buffer;
  }
}

const FIELD_TYPES = { i32: 'int32', u32: 'uint32', f32: 'float32' } as const;

function valueOf(dispatch: Dispatch, name: string): number {
  const value = dispatch.uniforms[name];
  if (value === undefined) throw new Error(`kernel ${dispatch.key}: uniform ${name} has no value`);
  return value;
}

function uploadUniforms(device: GPUDevice, fields: readonly UniformField[]): GPUBuffer {
  const view = new DataView(new ArrayBuffer(Math.ceil(fields.length / 4) * 16));
  fields.forEach(({ type, data: [value] }, i) => {
    if (type === 'float32') view.setFloat32(i * 4, value, true);
    else view.setInt32(i * 4, value, true);
  });
  const buffer = device.createBuffer({ size: view.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, view.buffer);
  return buffer;
}

/** Sets the counters to zero. */
export function resetCounts(counts: WorkCounts): void {
  counts.dispatches = 0;
  counts.passes = 0;
  counts.submits = 0;
  counts.byKey.clear();
}
