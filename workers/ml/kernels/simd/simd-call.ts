// What a SIMD kernel sees of its call: addresses, shapes, attributes, the engine, and a maker of outputs.
import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { SimdBackend } from '../../backends/simd/backend.ts';
import type { ProductSink, SimdEngine } from '../../backends/simd/engine.ts';
import { numberAttr, sizeOf } from '../define-op.ts';
import type { KernelCallParams } from '../define-op.ts';

export type SimdKernel = (call: SimdCall) => TensorInfo | TensorInfo[];

export class SimdCall {
  readonly params: KernelCallParams;
  readonly backend: SimdBackend;
  readonly engine: SimdEngine;
  /** Where jobs go. They run while JavaScript goes on: only `settledBuffer` shows what they wrote. */
  readonly jobs: ProductSink;
  readonly #outputs: TensorInfo[] = [];

  constructor(params: KernelCallParams) {
    if (!(params.backend instanceof SimdBackend)) throw new WorkbenchError('E-INTERNAL', 'A SIMD kernel ran on another backend.');
    this.params = params;
    this.backend = params.backend;
    this.engine = params.backend.engine;
    this.jobs = this.engine.ahead;
  }

  has(name: string): boolean {
    return this.params.inputs[name] !== undefined;
  }

  info(name: string): TensorInfo {
    const info = this.params.inputs[name];
    if (!info) throw new WorkbenchError('E-INTERNAL', `Kernel input ${name} is missing.`);
    return info;
  }

  shape(name: string): number[] {
    return this.info(name).shape;
  }

  size(name: string): number {
    return sizeOf(this.shape(name));
  }

  number(name: string): number {
    return numberAttr(this.params.attrs, name);
  }

  /** Address of an input, or of an output made by `output`. */
  pointer(tensor: string | TensorInfo): number {
    return this.backend.pointer(typeof tensor === 'string' ? this.info(tensor) : tensor);
  }

  /**
   * Kernels address memory by these numbers, so that a wrong one would read or overwrite another tensor.
   * @throws WorkbenchError E-INTERNAL unless all of an int32 input lie in low..high
   */
  assertInts(name: string, low: number, high: number): void {
    const range = this.backend.rangeOf(this.info(name));
    if (range && range.low >= low && range.high <= high) return;
    const values = new Int32Array(this.engine.settledBuffer, this.pointer(name), this.size(name));
    const wrong = values.findIndex((value) => value < low || value > high);
    if (wrong < 0) return;
    throw new WorkbenchError('E-INTERNAL', `${name}[${wrong}] is ${values[wrong]}, outside ${low}..${high}.`);
  }

  /** An input as an output: another tensor on the same memory. */
  alias(name: string): TensorInfo {
    const { dataId, shape, dtype } = this.info(name);
    this.backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  output(shape: number[], dtype: 'float32' | 'int32' = 'float32'): TensorInfo {
    const output = this.backend.allocate(shape, dtype);
    this.#outputs.push(output);
    return output;
  }

  /** Frees the outputs of a kernel that cannot give them away, as when there is no memory for the next of them. */
  abandon(): void {
    for (const { dataId } of this.#outputs) this.backend.disposeData(dataId);
  }
}

/** Puts a SIMD kernel in place of whatever `simd` has under this name. */
export function overrideKernel(kernelName: string, kernel: SimdKernel): void {
  if (getKernel(kernelName, 'simd')) unregisterKernel(kernelName, 'simd');
  registerKernel({ kernelName, backendName: 'simd', kernelFunc: (params) => runKernel(kernel, new SimdCall(params)) });
}

function runKernel(kernel: SimdKernel, call: SimdCall): TensorInfo | TensorInfo[] {
  try {
    return kernel(call);
  } catch (error) {
    call.abandon();
    throw error;
  }
}

/** Replaces `name` by a kernel that may decline (undefined); then the cpu kernel runs on the same memory. */
export function overrideWhere(name: string, kernel: (call: SimdCall) => TensorInfo | undefined): void {
  const fallback = getKernel(name, 'cpu').kernelFunc;
  const run: SimdKernel = (call) => kernel(call) ?? fallback(call.params);
  overrideKernel(name, run);
}

/** Floats of work that make a chunk worth handing to another thread. */
const CHUNK_FLOATS = 16384;

/** Rows a chunk for row kernels. */
export function rowsPerChunk(widthC: number): number {
  return Math.max(1, Math.ceil(CHUNK_FLOATS / widthC));
}

/** Vectors of four floats a chunk for flat kernels. */
export const VECTORS_PER_CHUNK = CHUNK_FLOATS / 4;

/** Number of vectors that cover n floats. */
export const vectors = (n: number): number => Math.ceil(n / 4);

/** Units of 16 columns, as column reductions count them. */
export const columnGroups = (widthC: number): number => Math.ceil(widthC / 16);
