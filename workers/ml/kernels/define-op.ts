// How a fused op is declared: one kernel name, one plain reference for tfjs' `cpu` backend, at most one gradient.
// The other backends register kernels of the same name (simd/, wgsl/); gradients are shared by all of them.
import { engine, getGradient, getKernel, registerGradient, registerKernel } from '@tensorflow/tfjs-core';
import type { GradConfig, KernelConfig, NamedAttrMap, NamedTensorMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { WorkbenchError } from '../../../src/shared/errors.ts';

export type KernelCallParams = Parameters<KernelConfig['kernelFunc']>[0];

/** One fused op or gradient kernel. */
export interface OpDefinition {
  name: string;
  /** Exact and slow: loops over typed arrays with double accumulators. */
  reference: (call: ReferenceCall) => TensorInfo | TensorInfo[];
  /** Registered once for every backend. Absent: not differentiable. */
  gradient?: OpGradient;
}

interface OpGradient extends Omit<GradConfig, 'kernelName'> {
  /** Outputs whose own gradients the function never looks at: those that exist only to be saved. */
  ignoredOutputs?: readonly number[];
}

const ignored = new Map<string, readonly number[]>();

/** Which outputs' gradients a kernel's gradient function never looks at. */
export const ignoredOutputs = (kernelName: string): readonly number[] => ignored.get(kernelName) ?? [];

/** Reads a number attribute of a kernel call. */
export function numberAttr(attrs: NamedAttrMap | undefined, name: string): number {
  const value = attrs?.[name];
  if (typeof value !== 'number') throw new WorkbenchError('E-INTERNAL', `Kernel attribute ${name} is missing.`);
  return value;
}

/** What a reference sees of its call: inputs as typed arrays, shapes, attributes, and a maker of outputs. */
export class ReferenceCall {
  readonly #params: KernelCallParams;
  readonly #backend: MathBackendCPU;

  constructor(params: KernelCallParams) {
    if (!(params.backend instanceof MathBackendCPU))
      throw new WorkbenchError('E-INTERNAL', 'A reference op ran on a backend without typed arrays.');
    this.#params = params;
    this.#backend = params.backend;
  }

  has(name: string): boolean {
    return this.#params.inputs[name] !== undefined;
  }

  shape(name: string): number[] {
    return this.#info(name).shape;
  }

  number(name: string): number {
    return numberAttr(this.#params.attrs, name);
  }

  /** The input's own memory: in-place ops write to it. */
  floats(name: string): Float32Array {
    const values = this.#values(name);
    if (values instanceof Float32Array) return values;
    // tfjs' cpu Cast to float32 may keep an Int32Array; readers only need the numbers.
    if (values instanceof Int32Array || values instanceof Uint8Array) return Float32Array.from(values);
    throw new WorkbenchError('E-INTERNAL', `Kernel input ${name} is not numeric.`);
  }

  ints(name: string): Int32Array {
    const values = this.#values(name);
    if (values instanceof Int32Array) return values;
    throw new WorkbenchError('E-INTERNAL', `Kernel input ${name} must be int32.`);
  }

  output(shape: number[], values: Float32Array | Int32Array): TensorInfo {
    return this.#backend.makeTensorInfo(shape, values instanceof Int32Array ? 'int32' : 'float32', values);
  }

  /** An input as an output: another tensor on the same memory. */
  alias(name: string): TensorInfo {
    const { dataId, shape, dtype } = this.#info(name);
    this.#backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  #info(name: string): TensorInfo {
    const info = this.#params.inputs[name];
    if (!info) throw new WorkbenchError('E-INTERNAL', `Kernel input ${name} is missing.`);
    return info;
  }

  #values(name: string): unknown {
    return this.#backend.data.get(this.#info(name).dataId).values;
  }
}

/** Registers the reference for `cpu` and the gradient for all backends; does nothing the second time. */
export function registerOp(op: OpDefinition): void {
  if (!getKernel(op.name, 'cpu')) {
    registerKernel({ kernelName: op.name, backendName: 'cpu', kernelFunc: (params) => op.reference(new ReferenceCall(params)) });
  }
  if (!op.gradient || getGradient(op.name)) return;
  const { ignoredOutputs: outputs = [], ...gradient } = op.gradient;
  ignored.set(op.name, outputs);
  registerGradient({ kernelName: op.name, ...gradient });
}

/** Runs a kernel with one output on the current backend. */
export function runOp(name: string, inputs: NamedTensorMap, attrs: NamedAttrMap = {}): Tensor {
  return engine().runKernel<Tensor>(name, inputs, attrs);
}

/** Runs a kernel with several (or no) outputs on the current backend. */
export function runMultiOp(name: string, inputs: NamedTensorMap, attrs: NamedAttrMap = {}): Tensor[] {
  return engine().runKernel<Tensor[]>(name, inputs, attrs);
}

/** The i-th tensor of a list that is known to hold it: saved tensors, several outputs, several output gradients. */
export function nth(tensors: Tensor | readonly Tensor[], i: number): Tensor {
  const tensor = 'dataId' in tensors ? (i === 0 ? tensors : undefined) : tensors[i];
  if (!tensor) throw new WorkbenchError('E-INTERNAL', `Kernel tensor ${i} is missing.`);
  return tensor;
}

/** Last axis of a shape. */
export const width = (shape: readonly number[]): number => shape.at(-1) ?? 1;

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Number of rows when all leading axes are one. */
export const rowsOf = (shape: readonly number[]): number => sizeOf(shape.slice(0, -1));
