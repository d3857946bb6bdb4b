// The named parameters of one model as tfjs variables, in PyTorch's names and layouts. Loading, saving, copying.
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import type { LoadReport } from '../../../src/shared/engine-api.ts';
import { encodeSafetensors, type HostTensor, type TensorSource } from '../../../src/shared/safetensors.ts';
import { assertDeviceEpoch, currentDeviceEpoch } from '../backends/webgpu/device-epoch.ts';
import { initialValues, type ParameterSpec } from './parameters.ts';

/** Finds a parameter by its full name; how the model's functions see weights. */
export type Lookup = (name: string) => Tensor;

export interface LoadOptions {
  /** Of the values of parameters that the file lacks. */
  seed?: number;
  /** Called after each tensor. */
  onProgress?: (done: number, total: number) => void;
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((size, i) => size === b[i]);

/** A variable that owns its memory; tidy frees the tensor it is made from. */
function ownedVariable(make: () => Tensor, trainable: boolean): Variable {
  return tidy(() => variable(make(), trainable));
}

/** Turns `model.layers.*` into a test of whole names; `*` stands for any characters. */
export function namePattern(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
}

/** Owns the variables of one model until `dispose`. */
export class Weights {
  /** Of the device that holds the variables; those of a lost device are refused. */
  readonly deviceEpoch = currentDeviceEpoch();
  readonly #variables: Map<string, Variable>;

  /** Another's, by name. */
  readonly #shared: ReadonlySet<string>;

  private constructor(variables: Map<string, Variable>, shared: ReadonlySet<string> = new Set()) {
    this.#variables = variables;
    this.#shared = shared;
  }

  /** Fresh weights; the same seed gives the same values. */
  static create(specs: ParameterSpec[], { seed = 0 }: LoadOptions = {}): Weights {
    const variables = new Map<string, Variable>();
    const weights = new Weights(variables);
    try {
      for (const spec of specs)
        variables.set(
          spec.name,
          ownedVariable(() => tensor(initialValues(spec, seed), spec.shape), true),
        );
    } catch (error) {
      weights.dispose();
      throw error;
    }
    return weights;
  }

  /**
   * Reads what the specs ask for. Missing and misshapen parameters get fresh values; the report lists them, and
   * `assertComplete` refuses such a model.
   * @param source borrowed; tensors that no spec names are listed as unexpected and not read
   */
  static async load(
    specs: ParameterSpec[],
    source: TensorSource,
    options: LoadOptions = {},
  ): Promise<{ weights: Weights; report: LoadReport }> {
    const report = compareShapes(specs, source);
    const fresh = new Set(report.newlyInitialised);
    const variables = new Map<string, Variable>();
    const weights = new Weights(variables);
    try {
      for (const spec of specs) {
        const data = fresh.has(spec.name) ? initialValues(spec, options.seed ?? 0) : (await source.read(spec.name)).data;
        variables.set(
          spec.name,
          ownedVariable(() => tensor(data, spec.shape, 'float32'), true),
        );
        options.onProgress?.(variables.size, specs.length);
      }
    } catch (error) {
      weights.dispose();
      throw error;
    }
    return { weights, report };
  }

  /** Borrowed. @throws WorkbenchError E-MISSING, E-GPU-LOST */
  readonly get: Lookup = (name) => this.variable(name);

  /** Borrowed. @throws WorkbenchError E-MISSING, E-GPU-LOST */
  variable(name: string): Variable {
    assertDeviceEpoch(this.deviceEpoch, 'The model');
    const found = this.#variables.get(name);
    if (found === undefined) throw new WorkbenchError('E-MISSING', `The model has no parameter ${name}.`);
    return found;
  }

  has(name: string): boolean {
    return this.#variables.has(name);
  }

  names(): string[] {
    return [...this.#variables.keys()];
  }

  /** Number of values. */
  get parameterCount(): number {
    return [...this.#variables.values()].reduce((count, { size }) => count + size, 0);
  }

  /**
   * Marks the parameters that match one of the patterns as trainable and all others as frozen.
   * @param patterns full names; `*` stands for any characters
   * @returns the trainable ones by name; borrowed
   */
  trainable(patterns: readonly string[]): Record<string, Variable> {
    const tests = patterns.map(namePattern);
    const chosen: Record<string, Variable> = {};
    for (const [name, parameter] of this.#variables) {
      parameter.trainable = tests.some((test) => test.test(name));
      if (parameter.trainable) chosen[name] = parameter;
    }
    return chosen;
  }

  /**
   * The same values where in-place updates of the one never reach the other.
   * @param patterns of what is copied; the rest is shared, must not be trained, and must outlive the copy
   * @returns owned by the caller
   */
  copy(patterns: readonly string[] = ['*']): Weights {
    const tests = patterns.map(namePattern);
    const shared = new Set(this.names().filter((name) => !tests.some((test) => test.test(name))));
    // clone() and assign() would share memory, which the in-place optimizer writes to.
    const copies = new Map<string, Variable>();
    const copy = new Weights(copies, shared);
    try {
      for (const [name, value] of this.#variables)
        copies.set(name, shared.has(name) ? value : ownedVariable(() => add(value, 0), value.trainable));
    } catch (error) {
      copy.dispose();
      throw error;
    }
    return copy;
  }

  /** Replaces the values of one parameter. @param value borrowed, copied */
  set(name: string, value: Tensor): void {
    const parameter = this.variable(name);
    if (!sameShape(parameter.shape, value.shape))
      throw new WorkbenchError('E-SHAPE', `${name} has shape [${parameter.shape.join(', ')}], not [${value.shape.join(', ')}].`);
    tidy(() => parameter.assign(add(value, 0)));
  }

  /** Values on the host, e.g. for saving or for a rebuild after a lost device. @param names all by default */
  async toHost(names: readonly string[] = this.names()): Promise<Map<string, HostTensor>> {
    // All at once: a GPU answers many reads in the time of one.
    const entries = names.map(async (name): Promise<[string, HostTensor]> => {
      const parameter = this.variable(name);
      return [name, { shape: parameter.shape, data: Float32Array.from(await parameter.data<'float32'>()) }];
    });
    return new Map(await Promise.all(entries));
  }

  /** The parts of a safetensors file. @param rename e.g. to strip a prefix */
  async toSafetensors(
    names: readonly string[] = this.names(),
    rename: (name: string) => string = (name) => name,
  ): Promise<Uint8Array<ArrayBuffer>[]> {
    const tensors = await this.toHost(names);
    return encodeSafetensors(new Map([...tensors].map(([name, value]) => [rename(name), value])));
  }

  dispose(): void {
    for (const [name, parameter] of this.#variables) if (!this.#shared.has(name)) parameter.dispose();
    this.#variables.clear();
  }
}

function compareShapes(specs: ParameterSpec[], source: TensorSource): LoadReport {
  const report: LoadReport = { matched: 0, missing: [], unexpected: [], newlyInitialised: [], shapeClashes: [] };
  for (const { name, shape } of specs) {
    const got = source.shapeOf(name);
    if (got !== undefined && sameShape(got, shape)) report.matched++;
    else if (got === undefined) report.missing.push(name);
    else report.shapeClashes.push({ name, expected: shape, got });
  }
  const wanted = new Set(specs.map((spec) => spec.name));
  report.unexpected = source.names().filter((name) => !wanted.has(name));
  report.newlyInitialised = [...report.missing, ...report.shapeClashes.map((clash) => clash.name)];
  return report;
}

/**
 * Refuses a model whose file lacked parameters or gave them another shape.
 * @param optional patterns of parameters that may be missing, e.g. `model.binary_classifier.*`
 * @throws WorkbenchError E-SHAPE with the report in its details
 */
export function assertComplete(report: LoadReport, optional: readonly string[] = []): void {
  const allowed = optional.map(namePattern);
  const missing = report.missing.filter((name) => !allowed.some((test) => test.test(name)));
  const [clash] = report.shapeClashes;
  if (missing.length === 0 && clash === undefined) return;
  const what =
    clash === undefined
      ? `${missing.length} tensors are missing, the first is ${missing[0]}`
      : `${clash.name} has shape [${clash.got.join(', ')}] instead of [${clash.expected.join(', ')}]`;
  throw new WorkbenchError('E-SHAPE', `The checkpoint does not fit its config.json: ${what}.`, {
    safe: 'The model that was loaded before is unchanged.',
    remedy: 'Open the load report and choose the config.json that belongs to these weights.',
    details: { report },
  });
}
