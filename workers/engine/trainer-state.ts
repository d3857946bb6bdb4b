// What a run continues from, as files: trained weights, AdamW's moments, counters. The same form serves as a checkpoint.
import { tensor, tidy, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { encodeSafetensors, SafetensorsFile, type HostTensor } from '../../src/shared/safetensors.ts';
import type { NewFile } from '../../src/shared/storage/checkpoints.ts';
import { writeLoraConfig } from '../ml/model/lora-config.ts';
import type { LoraAdapter } from '../ml/model/lora.ts';
import type { AdamwOptimizer } from '../ml/train/optimizer.ts';
import { FILES } from '../../src/shared/models/model-folder.ts';

const OPTIMIZER_FILE = 'optimizer.safetensors';
const COUNTERS_FILE = 'trainer_state.json';

const Counters = v.object({
  /** Optimizer steps done, skipped ones included. */
  step: v.number(),
  /** AdamW updates made. */
  updates: v.number(),
  /** Steps in a row whose loss or gradient was not finite. */
  consecutiveSkips: v.number(),
  /** Tokens seen so far. */
  numTokens: v.number(),
});
export type TrainerCounters = v.InferOutput<typeof Counters>;

/** What a run trains. Borrowed. */
export interface Trained {
  /** Of the model and of the adapter, by name. */
  parameters: Record<string, Variable>;
  adapter: LoraAdapter | null;
  optimizer: AdamwOptimizer;
}

const octets = (parts: Uint8Array<ArrayBuffer>[]): Blob => new Blob(parts, { type: 'application/octet-stream' });
const json = (value: unknown): Blob => new Blob([JSON.stringify(value)], { type: 'application/json' });

/** Reads all tensors at once: a GPU answers many reads in the time of one. */
async function safetensors(tensors: Record<string, Tensor>): Promise<Blob> {
  const entries = Object.entries(tensors).map(async ([name, value]): Promise<[string, HostTensor]> => {
    return [name, { shape: value.shape, data: Float32Array.from(await value.data<'float32'>()) }];
  });
  return octets(encodeSafetensors(new Map(await Promise.all(entries))));
}

/** The files of a state: weights alone can be used as a model, the rest is needed to go on. */
export async function writeTrainerState({ parameters, adapter, optimizer }: Trained, counters: TrainerCounters): Promise<NewFile[]> {
  const isOfAdapter = (name: string): boolean => adapter?.has(name) ?? false;
  const own = Object.fromEntries(Object.entries(parameters).filter(([name]) => !isOfAdapter(name)));
  const files: NewFile[] = [];
  if (Object.keys(own).length > 0) files.push({ path: FILES.weights, blob: await safetensors(own) });
  if (adapter) {
    const variables = Object.fromEntries(Object.entries(parameters).filter(([name]) => isOfAdapter(name)));
    files.push({ path: FILES.adapter, blob: await safetensors(variables) });
    files.push({ path: FILES.adapterConfig, blob: json(writeLoraConfig(adapter.settings)) });
  }
  files.push({ path: OPTIMIZER_FILE, blob: await safetensors(optimizer.state()) });
  files.push({ path: COUNTERS_FILE, blob: json(counters) });
  return files;
}

const START_AGAIN = { safe: 'Steps and checkpoints of the run are still stored.', remedy: 'Start the run again.' };

/** The counters of a state. @throws E-SCHEMA, E-MISSING */
export async function readCounters(files: ReadonlyMap<string, Blob>): Promise<TrainerCounters> {
  const parsed = v.safeParse(Counters, JSON.parse(await fileOf(files, COUNTERS_FILE).text()));
  if (parsed.success) return parsed.output;
  throw new WorkbenchError('E-SCHEMA', 'The stored state of the run does not have the expected form.', START_AGAIN);
}

/** Puts weights and moments back. @throws E-MISSING, E-SHAPE where the state belongs to other parameters */
export async function restoreTrainerState(
  { parameters, adapter, optimizer }: Trained,
  files: ReadonlyMap<string, Blob>,
): Promise<TrainerCounters> {
  const counters = await readCounters(files);
  const weights = files.get(FILES.weights);
  const values = new Map([...(weights ? await readAll(weights) : []), ...(adapter ? await readAll(fileOf(files, FILES.adapter)) : [])]);
  for (const [name, parameter] of Object.entries(parameters)) tidy(() => parameter.assign(tensorOf(values, name, parameter.shape)));
  const moments = await readAll(fileOf(files, OPTIMIZER_FILE));
  tidy(() => {
    const state = Object.entries(optimizer.state()).map(([name, { shape }]) => [name, tensorOf(moments, name, shape)] as const);
    optimizer.restore(Object.fromEntries(state), counters.updates);
  });
  return counters;
}

function fileOf(files: ReadonlyMap<string, Blob>, path: string): Blob {
  const blob = files.get(path);
  if (blob) return blob;
  throw new WorkbenchError('E-MISSING', `The stored state of the run lacks ${path}.`, START_AGAIN);
}

async function readAll(blob: Blob): Promise<Map<string, HostTensor>> {
  const file = await SafetensorsFile.open(blob);
  const entries = file.names().map(async (name): Promise<[string, HostTensor]> => [name, await file.read(name)]);
  return new Map(await Promise.all(entries));
}

function tensorOf(values: ReadonlyMap<string, HostTensor>, name: string, shape: readonly number[]): Tensor {
  const value = values.get(name);
  if (value && value.shape.join() === shape.join()) return tensor(value.data, [...shape], 'float32');
  throw new WorkbenchError('E-SHAPE', `The stored state of the run has no fitting values for ${name}.`, START_AGAIN);
}
