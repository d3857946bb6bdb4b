// Reading the model folders and tensors that several kinds share.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { SafetensorsFile, type HostTensor } from '../../src/shared/safetensors.ts';
import { parseDxLlavaConfig, type DxLlavaConfig } from '../../workers/ml/model/config.ts';
import { DxLlava } from '../../workers/ml/model/dx-llava.ts';
import { dxLlavaParameters } from '../../workers/ml/model/parameters.ts';
import type { SequenceRow } from '../../workers/ml/model/sequence-layout.ts';
import { Weights, assertComplete } from '../../workers/ml/model/weights.ts';
import { fixturePath, type ParityContext } from './kind.ts';

/** All tensors of a safetensors file of the fixture, in memory. */
export class TensorFile {
  readonly #tensors: Map<string, HostTensor>;

  private constructor(tensors: Map<string, HostTensor>) {
    this.#tensors = tensors;
  }

  static async open(path: string): Promise<TensorFile> {
    const file = await SafetensorsFile.open(new Uint8Array(await readFile(path)));
    const entries = await Promise.all(file.names().map(async (name) => [name, await file.read(name)] as const));
    return new TensorFile(new Map(entries));
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  get(name: string): HostTensor {
    const found = this.#tensors.get(name);
    if (found === undefined) throw new Error(`the fixture has no tensor ${name}`);
    return found;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** Rows of a rank-2 integer tensor. */
  rows(name: string): number[][] {
    const { shape, data } = this.get(name);
    const [rows = 0, width = 0] = shape;
    return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * width, (row + 1) * width)));
  }

  /** Owned by the caller. */
  tensor(name: string): Tensor {
    const { shape, data } = this.get(name);
    return tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32');
  }

  /** [B, 3, H, W] as [B, H, W, 3]; owned by the caller. */
  images(name: string): Tensor {
    return tidy(() => transpose(this.tensor(name), [0, 2, 3, 1]));
  }
}

/** Opens a tensor file named by a field of the fixture. */
export async function openTensors(context: ParityContext, field: string): Promise<TensorFile> {
  return await TensorFile.open(fixturePath(context, textField(context.fixture, field)));
}

export function textField(fixture: Record<string, unknown>, field: string): string {
  const value = fixture[field];
  if (typeof value !== 'string') throw new Error(`fixture.json: ${field} is missing`);
  return value;
}

export function numberField(values: unknown, field: string): number {
  const value = recordOf(values)[field];
  if (typeof value !== 'number') throw new Error(`fixture.json: ${field} is missing`);
  return value;
}

export function listField(values: unknown, field: string): unknown[] {
  const value = recordOf(values)[field];
  if (!Array.isArray(value)) throw new Error(`fixture.json: ${field} is missing`);
  return value;
}

export function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('fixture.json: an object is missing');
  return { ...value };
}

/** The config.json of a folder, parsed. */
export async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** A model with its weights; the caller disposes both. */
export interface LoadedModel {
  config: DxLlavaConfig;
  model: DxLlava;
  weights: Weights;
  dispose: () => void;
}

/** Loads a folder with `config.json` and `model.safetensors`. */
export async function loadDxLlavaFolder(folder: string): Promise<LoadedModel> {
  const config = parseDxLlavaConfig(await readJson(join(folder, 'config.json')));
  const file = await SafetensorsFile.open(new Uint8Array(await readFile(join(folder, 'model.safetensors'))));
  const { weights, report } = await Weights.load(dxLlavaParameters(config), file);
  assertComplete(report);
  const model = new DxLlava(config, weights);
  const dispose = (): void => {
    model.dispose();
    weights.dispose();
  };
  return { config, model, weights, dispose };
}

/** Rows of `input_ids` without their padding; row i shows image i. */
export function sequenceRows(inputs: TensorFile, prefix = ''): SequenceRow[] {
  const ids = inputs.rows(`${prefix}input_ids`);
  const masks = inputs.rows(`${prefix}attention_mask`);
  const labels = inputs.has(`${prefix}labels`) ? inputs.rows(`${prefix}labels`) : null;
  return ids.map((row, i) => {
    const kept = (values: number[] | undefined): number[] => (values ?? []).filter((_, t) => masks[i]?.[t] !== 0);
    return labels === null ? { ids: kept(row), image: i } : { ids: kept(row), labels: kept(labels[i]), image: i };
  });
}
