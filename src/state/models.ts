// The models that can be chosen: built-in ones from public/models/index.json and checkpoints of this browser.
import * as v from 'valibot';
import { createStore } from 'zustand/vanilla';
import type { CheckpointRecord } from '../shared/domain/run.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord, WorkbenchError } from '../shared/errors.ts';
import { labelCheckpoint, type CheckpointLabels } from '../shared/storage/checkpoint-labels.ts';
import { deleteCheckpoint, listCheckpoints } from '../shared/storage/checkpoints.ts';
import type { Database } from '../shared/storage/database.ts';
import { sizeOfKeptAnswers } from '../shared/storage/kept-answers.ts';
import { createStoreContext } from './store-context.tsx';

/** One entry of public/models/index.json. */
const BuiltInModel = v.object({
  id: v.string(),
  name: v.string(),
  kind: v.literal('built-in'),
  note: v.optional(v.string()),
  files: v.array(v.union([v.string(), v.looseObject({ path: v.string(), sha256: v.optional(v.string()) })])),
  sizeBytes: v.number(),
  tiny: v.optional(v.boolean(), true),
  metrics: v.optional(v.record(v.string(), v.number()), {}),
  /** The synthetic domain that it was never trained on. */
  heldOut: v.optional(v.nullable(v.string())),
});

const ModelIndex = v.object({ models: v.array(BuiltInModel) });

/** A model as lists and selects show it. */
export interface ModelEntry {
  id: string;
  name: string;
  kind: CheckpointRecord['kind'];
  /** Optimizer step; 0 for built-in ones. */
  step: number;
  sizeBytes: number;
  tiny: boolean;
  /** On the synthetic test split for built-in models, at its step for a checkpoint. */
  metrics: Record<string, number>;
  note?: string;
  /** Of a built-in model: the domain that it was never trained on; null where it saw all. */
  heldOut?: string | null;
  /** Hex, of the weights; undefined where the list of built-in models gives none. */
  sha256?: string;
  /** Stored record; undefined for built-in ones. */
  checkpoint?: CheckpointRecord;
}

export interface ModelsState {
  phase: 'loading' | 'ready';
  /** Built-in first, then checkpoints, newest first. */
  models: ModelEntry[];
  /** The index could not be read; checkpoints may still be listed. */
  error: ErrorRecord | null;
  refresh: () => Promise<void>;
  remove: (checkpointId: string) => Promise<void>;
  /** Answers of the inspector's history that go with these checkpoints. */
  keptAnswers: (checkpointIds: readonly string[]) => Promise<{ count: number; bytes: number }>;
  label: (checkpointId: string, labels: CheckpointLabels) => Promise<void>;
  /** Takes checkpoints out of the list, or puts them back, while a deletion can still be taken back. */
  setLeaving: (checkpointIds: readonly string[], isLeaving: boolean) => void;
}

/** The chosen model where it is here, for it may have been deleted since, else the first; undefined while there is none. */
export function chosenModel(models: readonly ModelEntry[], chosenId: string | null): ModelEntry | undefined {
  return models.find(({ id }) => id === chosenId) ?? models[0];
}

export const ModelsStore = createStoreContext<ModelsState>('models');

/** Reads the list of built-in models. */
export type ReadModelIndex = () => Promise<unknown>;

/** The models store; `readIndex` returns the parsed index file. */
export function createModelsStore(openDb: () => Promise<Database>, readIndex: ReadModelIndex) {
  const leaving = new Set<string>();
  const isListed = ({ id }: ModelEntry): boolean => !leaving.has(id);
  return createStore<ModelsState>((set, get) => ({
    phase: 'loading',
    models: [],
    error: null,
    refresh: async () => {
      const [builtIn] = await Promise.allSettled([readBuiltIn(readIndex)]);
      // Storage is read last: what was deleted while the index was fetched must not come back.
      const [stored] = await Promise.allSettled([openDb().then(listCheckpoints)]);
      const failed = [builtIn, stored].find((result) => result.status === 'rejected');
      set({
        phase: 'ready',
        models: [
          ...(builtIn.status === 'fulfilled' ? builtIn.value : []),
          ...(stored.status === 'fulfilled' ? stored.value.map(fromCheckpoint).filter(isListed) : []),
        ],
        error: failed ? toErrorRecord(failed.reason) : null,
      });
    },
    remove: async (checkpointId) => {
      await deleteCheckpoint(await openDb(), checkpointId);
      leaving.delete(checkpointId); // a bundle may bring the same id again
      await get().refresh();
    },
    keptAnswers: async (checkpointIds) => sizeOfKeptAnswers(await openDb(), checkpointIds),
    label: async (checkpointId, labels) => {
      await labelCheckpoint(await openDb(), checkpointId, labels);
      await get().refresh();
    },
    setLeaving: (checkpointIds, isLeaving) => {
      for (const id of checkpointIds) {
        if (isLeaving) leaving.add(id);
        else leaving.delete(id);
      }
      set({ models: get().models.filter(isListed) });
      if (!isLeaving) void get().refresh();
    },
  }));
}

const OWN_UNHARMED = 'Models stored in this browser are unharmed.';

/** Fetches the index from beside the page. */
export async function fetchModelIndex(): Promise<unknown> {
  const response = await fetch('models/index.json');
  if (!response.ok)
    throw new WorkbenchError('E-MISSING', `The list of built-in models could not be read (HTTP ${response.status}).`, {
      safe: OWN_UNHARMED,
      remedy: 'Reload the page.',
    });
  try {
    return await response.json();
  } catch (error) {
    throw new WorkbenchError('E-JSON', 'The list of built-in models is not JSON.', {
      safe: OWN_UNHARMED,
      remedy: 'Reload the page, or build it again.',
      details: { cause: String(error) },
    });
  }
}

async function readBuiltIn(readIndex: ReadModelIndex): Promise<ModelEntry[]> {
  const parsed = v.safeParse(ModelIndex, await readIndex());
  if (!parsed.success) {
    throw new WorkbenchError('E-SCHEMA', 'The list of built-in models does not have the expected form.', {
      safe: OWN_UNHARMED,
      remedy: 'Reload the page, or build it again.',
      details: { ...v.flatten(parsed.issues) },
    });
  }
  return parsed.output.models.map(({ files, ...model }) => ({ ...model, step: 0, sha256: weightsHash(files) }));
}

function weightsHash(files: v.InferOutput<typeof BuiltInModel>['files']): string | undefined {
  return files.flatMap((file) => (typeof file !== 'string' && file.path === 'model.safetensors' ? (file.sha256 ?? []) : []))[0];
}

function fromCheckpoint(checkpoint: CheckpointRecord): ModelEntry {
  const { id, name, kind, step, sizeBytes, sha256, tiny, metrics, note } = checkpoint;
  return { id, name, kind, step, sizeBytes, sha256, tiny, metrics, note, checkpoint };
}
