// What a WGSL kernel sees of its call: inputs, attributes, outputs and the runner.
import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { runnerOf } from '../../backends/webgpu/wgsl-runner.ts';
import type { Dispatch, WgslRunner } from '../../backends/webgpu/wgsl-runner.ts';
import { numberAttr } from '../define-op.ts';
import type { KernelCallParams } from '../define-op.ts';

export class WgslCall {
  readonly runner: WgslRunner;
  readonly #params: KernelCallParams;

  constructor(params: KernelCallParams) {
    this.#params = params;
    this.runner = runnerOf(params.backend);
  }

  has(name: string): boolean {
    return this.#params.inputs[name] !== undefined;
  }

  input(name: string): TensorInfo {
    const tensor = this.#params.inputs[name];
    if (!tensor) throw new WorkbenchError('E-INTERNAL', `Kernel input ${name} is missing.`);
    return tensor;
  }

  /** All inputs in the order of the call. */
  inputs(): TensorInfo[] {
    return Object.values(this.#params.inputs).filter((tensor) => tensor !== undefined);
  }

  shape(name: string): number[] {
    return this.input(name).shape;
  }

  number(name: string): number {
    return numberAttr(this.#params.attrs, name);
  }

  /** A text attribute, or undefined. */
  text(name: string): string | undefined {
    const value = this.#params.attrs?.[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** An output (or scratch) tensor without contents. */
  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    return this.runner.output(shape, dtype);
  }

  /** An input as an output: another tensor on the same memory. */
  alias(name: string): TensorInfo {
    const { dataId, shape, dtype } = this.input(name);
    this.runner.share(dataId);
    return { dataId, shape, dtype };
  }

  run(dispatch: Dispatch): void {
    this.runner.run(dispatch);
  }
}

/** Registers (or replaces) the webgpu kernel of an op. */
export function registerWgslKernel(kernelName: string, kernel: (call: WgslCall) => TensorInfo | TensorInfo[]): void {
  if (getKernel(kernelName, 'webgpu')) return;
  registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: (params) => kernel(new WgslCall(params)) });
}

const replaced = new Set<string>();

/**
 * Puts an own kernel in front of one of tfjs' webgpu kernels, once.
 * @param kernel returns undefined for calls that tfjs' own kernel shall serve
 */
export function replaceTfjsKernel(kernelName: string, kernel: (params: KernelCallParams) => TensorInfo | undefined): void {
  const original = getKernel(kernelName, 'webgpu')?.kernelFunc;
  if (replaced.has(kernelName) || !original) return;
  replaced.add(kernelName);
  unregisterKernel(kernelName, 'webgpu');
  registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: (params) => kernel(params) ?? original(params) });
}

const MAX_GROUPS = 65535;

/** Workgroups for `threads` linear threads; spills into y where x alone would exceed the limit of the API. */
export function linearGroups(threads: number, perGroup: number): [number, number] {
  const groups = Math.ceil(threads / perGroup);
  return groups <= MAX_GROUPS ? [groups, 1] : [MAX_GROUPS, Math.ceil(groups / MAX_GROUPS)];
}

/** Rounded-up division. */
export const groupsFor = (n: number, perGroup: number): number => Math.ceil(n / perGroup);
