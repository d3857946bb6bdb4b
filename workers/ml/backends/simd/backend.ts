// The tfjs backend `simd`: its tensors live in the engine's shared memory. It extends the cpu backend, so every cpu kernel works
// unchanged on typed-array views of that memory; hot ops are replaced by SIMD kernels (kernels/simd/).
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import type { SimdEngine } from './engine.ts';

type Values = backend_util.BackendValues;
type NumericType = 'float32' | 'int32' | 'bool';

const isNumeric = (dtype: DataType): dtype is NumericType => dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
const bytesOf = (dtype: NumericType, length: number): number => (dtype === 'bool' ? length : 4 * length);
const lengthOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Smallest and largest number. */
export interface Range {
  low: number;
  high: number;
}

/** One tensor's memory; the view is made only when a cpu kernel asks for it. */
class MemoryBlock {
  readonly dtype: NumericType;
  readonly pointer: number;
  readonly length: number;
  refCount: number;
  /** Of int32 numbers that JavaScript wrote. */
  range: Range | null = null;
  readonly #engine: SimdEngine;
  #view: Float32Array | Int32Array | Uint8Array | undefined;

  constructor(engine: SimdEngine, dtype: NumericType, length: number, refCount: number) {
    this.#engine = engine;
    this.dtype = dtype;
    this.length = length;
    this.refCount = refCount;
    this.pointer = engine.heap.allocate(bytesOf(dtype, length));
  }

  /** With all jobs done. */
  get values(): Float32Array | Int32Array | Uint8Array {
    this.#engine.settle();
    return (this.#view ??= this.#makeView());
  }

  release(): void {
    this.#engine.heap.release(this.pointer, bytesOf(this.dtype, this.length));
  }

  #makeView(): Float32Array | Int32Array | Uint8Array {
    const { buffer } = this.#engine.heap.memory;
    if (this.dtype === 'float32') return new Float32Array(buffer, this.pointer, this.length);
    if (this.dtype === 'int32') return new Int32Array(buffer, this.pointer, this.length);
    return new Uint8Array(buffer, this.pointer, this.length);
  }
}

export class SimdBackend extends MathBackendCPU {
  readonly engine: SimdEngine;
  #created = 0;

  constructor(engine: SimdEngine) {
    super();
    this.engine = engine;
  }

  override write(values: Values, shape: number[], dtype: DataType): object {
    const dataId = { id: this.#created++ };
    this.#place(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: object, values: Values, shape: number[], dtype: DataType, refCount: number): void {
    this.#place(dataId, values, shape, dtype, refCount);
  }

  /** A copy: the memory is used again after the tensor is gone. */
  override readSync(dataId: object): Values {
    const data: unknown = this.data.get(dataId);
    return data instanceof MemoryBlock ? data.values.slice() : super.readSync(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const data: unknown = this.data.get(dataId);
    if (!(data instanceof MemoryBlock)) return super.disposeData(dataId, force);
    data.refCount--;
    if (data.refCount > 0 && !force) return false;
    data.release();
    this.data.delete(dataId);
    return true;
  }

  /** Address of a float32 or int32 tensor. */
  pointer(info: TensorInfo): number {
    const data: unknown = this.data.get(info.dataId);
    if (data instanceof MemoryBlock) return data.pointer;
    throw new WorkbenchError('E-INTERNAL', `A ${info.dtype} tensor has no place in the engine's memory.`);
  }

  /** Of an int32 tensor; null where a kernel wrote it. */
  rangeOf(info: TensorInfo): Range | null {
    const data: unknown = this.data.get(info.dataId);
    return data instanceof MemoryBlock ? data.range : null;
  }

  /** A new tensor with undefined contents. */
  allocate(shape: number[], dtype: 'float32' | 'int32' = 'float32'): TensorInfo {
    const dataId = { id: this.#created++ };
    this.data.set(dataId, new MemoryBlock(this.engine, dtype, lengthOf(shape), 1));
    return { dataId, shape, dtype };
  }

  override memory(): ReturnType<MathBackendCPU['memory']> & { numBytesInBackend: number } {
    return { unreliable: false, reasons: [], numBytesInBackend: this.engine.stats.liveBytes };
  }

  override dispose(): void {
    this.engine.dispose();
  }

  #place(dataId: object, values: Values | null, shape: number[], dtype: DataType, refCount: number): void {
    if (!isNumeric(dtype)) {
      this.data.set(dataId, { values: values ?? undefined, dtype, refCount });
      return;
    }
    const block = new MemoryBlock(this.engine, dtype, lengthOf(shape), refCount);
    if (values) {
      const given = numbers(values);
      block.values.set(given);
      if (dtype === 'int32') block.range = rangeOf(given);
    }
    this.data.set(dataId, block);
  }
}

function numbers(values: Values): ArrayLike<number> {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array) return values;
  return Array.from(values, Number);
}

function rangeOf(values: ArrayLike<number>): Range {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
