// A matrix product as data, and the names under which its shader knows tensors and sizes. Several products of one shape of work
// are one dispatch: outputs side by side (workgroup z picks one), or one output that is a sum of products.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { Slot, UniformType } from '../../backends/webgpu/wgsl-program.ts';

/** A [M, K] (or its transpose) times B [K, N] (or its transpose). */
export interface Term {
  a: TensorInfo;
  b: TensorInfo;
  k: number;
}

/** out [M, N], the sum of its terms. */
export interface Output {
  out: TensorInfo;
  m: number;
  n: number;
  terms: readonly Term[];
}

export interface ProductJob {
  outputs: readonly Output[];
  transposeA: boolean;
  transposeB: boolean;
  /** [N], added to the only output. */
  bias?: TensorInfo;
  /** [M, N], added to the only output. */
  residual?: TensorInfo;
  /** [M, N]: silu(first output) * second output; both are stored as well. */
  gated?: TensorInfo;
  /** The only output is a batch of matrices, with one A (or B) for all of them or one each. */
  batches?: { count: number; ofA: boolean; ofB: boolean };
}

/** WGSL names of one output. */
export interface OutputNames {
  out: string;
  M: string;
  N: string;
  terms: readonly { A: string; B: string; K: string }[];
}

export interface JobNames {
  outputs: readonly OutputNames[];
  slots: Slot[];
  tensors: TensorInfo[];
  uniforms: Record<string, UniformType>;
  values: Record<string, number>;
  /** Part of a pipeline's key: which tensor is where, and what is added in the end. */
  key: string;
}

type Element = 'f32' | 'vec4f';

/** @param element of A and B @param stored of the outputs and of what has their shape */
export function namesOf(job: ProductJob, element: Element, stored: Element): JobNames {
  const names = new Names();
  const outputs = job.outputs.map(({ out, m, n, terms }, o): OutputNames => {
    const [M, N] = [names.size(`M${o}`, m), names.size(`N${o}`, n)];
    const termNames = terms.map(({ a, b, k }, t) => ({
      A: names.tensor(a, (name) => reads(name, element)),
      B: names.tensor(b, (name) => reads(name, element)),
      K: names.size(`K${o}${t}`, k),
    }));
    return { M, N, terms: termNames, out: names.tensor(out, (name) => writes(name, stored)) };
  });
  if (job.bias) names.named('Bias', job.bias, reads('Bias', 'f32'));
  if (job.residual) names.named('Residual', job.residual, reads('Residual', stored));
  if (job.gated) names.named('Gated', job.gated, writes('Gated', stored));
  addStrides(names, job, element === 'vec4f' ? 4 : 1);
  return { outputs, slots: names.slots, tensors: names.tensors, uniforms: names.uniforms, values: names.values, key: names.key };
}

/** Strides count elements of the slots; those of the output count floats. */
function addStrides(names: Names, { outputs: [first], batches }: ProductJob, per: number): void {
  if (!batches || !first) return;
  const [{ k } = { k: 0 }] = first.terms;
  names.size('strideA', batches.ofA ? (first.m * k) / per : 0);
  names.size('strideB', batches.ofB ? (first.n * k) / per : 0);
  names.size('strideOut', first.m * first.n);
}

/** Gives each distinct tensor one slot: a tensor that two products share is bound once. */
class Names {
  readonly slots: Slot[] = [];
  readonly tensors: TensorInfo[] = [];
  readonly uniforms: Record<string, UniformType> = {};
  readonly values: Record<string, number> = {};
  key = '';
  readonly #known = new Map<object, string>();

  tensor(info: TensorInfo, slot: (name: string) => Slot): string {
    const known = this.#known.get(info.dataId);
    const name = known ?? `T${this.tensors.length}`;
    this.key += ` ${name}`;
    if (known === undefined) this.named(name, info, slot(name));
    this.#known.set(info.dataId, name);
    return name;
  }

  named(name: string, info: TensorInfo, slot: Slot): void {
    if (!name.startsWith('T')) this.key += ` ${name}`;
    this.slots.push(slot);
    this.tensors.push(info);
  }

  size(name: string, value: number): string {
    this.uniforms[name] = 'i32';
    this.values[name] = value;
    if (name === 'strideA') this.key += ' batched';
    return `u.${name}`;
  }
}

/** First element of A or B of this workgroup's matrix. */
export const baseOf = ({ batches }: ProductJob, matrix: 'A' | 'B' | 'Out'): string => (batches ? `i32(wid.z) * u.stride${matrix}` : '0');

/** WGSL that runs one text per output: workgroup z is its number. The condition is uniform, so texts may hold barriers. */
export function perOutput(job: ProductJob, names: JobNames, text: (output: OutputNames) => string): string {
  const [first] = names.outputs;
  if (job.batches || names.outputs.length === 1) return first ? text(first) : '';
  return `switch (wid.z) { ${names.outputs.map((output, i) => `case ${i}: { ${text(output)} }`).join('\n')} default: {} }`;
}

/** What a thread does for its part of an output, in WGSL. */
export interface ThreadText {
  /** Ends threads that lie outside; nothing where all are needed at barriers. */
  leave?: (output: OutputNames) => string;
  /** Declares registers of this name and sums the output's terms into them. */
  sums: (output: OutputNames, name: string) => string;
  /** Stores the registers `sum`. */
  store: (output: OutputNames) => string;
  /** Stores the registers `gate` and `up`, and the gated product. */
  storeGated: (gate: OutputNames, up: OutputNames) => string;
}

/** Each output by itself; or gate and up in the same thread, which multiplies them in the end. */
export function threadText(job: ProductJob, names: JobNames, { leave = () => '', sums, store, storeGated }: ThreadText): string {
  const plain = (output: OutputNames): string => `${leave(output)}${sums(output, 'sum')}${store(output)}`;
  const [gate, up] = names.outputs;
  if (!job.gated || !gate || !up) return perOutput(job, names, plain);
  return `${leave(gate)}${sums(gate, 'gate')}${sums(up, 'up')}${storeGated(gate, up)}`;
}

/** Workgroups in z. */
export const depthOf = (job: ProductJob): number => job.batches?.count ?? (job.gated ? 1 : job.outputs.length);
