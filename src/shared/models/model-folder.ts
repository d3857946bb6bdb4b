// Where a model's files come from: served beside the page (cached, hashes checked) or stored as a checkpoint.
import * as v from 'valibot';
import type { CheckpointRecord } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';
import { sha256Hex } from '../hash.ts';
import { getCheckpoint, readCheckpointFile } from '../storage/checkpoints.ts';
import type { Database } from '../storage/database.ts';
import { deleteCachedFile, getCachedFile, putCachedFile } from '../storage/model-cache.ts';
import type { FetchFile } from './fetch-file.ts';

/** Names of the files of a model. */
export const FILES = {
  config: 'config.json',
  weights: 'model.safetensors',
  shardIndex: 'model.safetensors.index.json',
  tokenizer: 'tokenizer.json',
  clipConfig: 'open_clip_config.json',
  clipTokenizer: 'clip-tokenizer.json',
  adapter: 'adapter_model.safetensors',
  adapterConfig: 'adapter_config.json',
} as const;

/** A set of files under one model id. */
export interface ModelFolder {
  id: string;
  paths: readonly string[];
  sizeBytes: number;
  /** Recorded SHA-256 of every path. */
  hashes: ReadonlyMap<string, string>;
  /** @throws E-MISSING, E-CHECKSUM */
  read: (path: string, onBytes?: (bytes: number) => void) => Promise<Blob>;
}

/** The folders that make up a model: a whole model first, then what later runs trained of it, oldest first. */
export type ModelChain = readonly [ModelFolder, ...ModelFolder[]];

const INDEX_PATH = 'models/index.json';
const ModelIndex = v.object({
  models: v.array(
    v.object({
      id: v.string(),
      sizeBytes: v.number(),
      files: v.array(v.object({ path: v.string(), sizeBytes: v.number(), sha256: v.string() })),
    }),
  ),
});
type BuiltIn = v.InferOutput<typeof ModelIndex>['models'][number];

/** The text of a file as parsed JSON. @throws E-JSON */
export async function readJson(blob: Blob, name: string): Promise<unknown> {
  try {
    return JSON.parse(await blob.text());
  } catch (error) {
    throw new WorkbenchError('E-JSON', `${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      safe: 'Nothing was stored or loaded.',
      remedy: `Put an undamaged ${name} in its place and try again.`,
    });
  }
}

/** Finds the files of models by id. */
export class ModelFolders {
  readonly #platform: { fetchFile: FetchFile };
  readonly #db: Database;
  #index: BuiltIn[] | null = null;

  constructor(platform: { fetchFile: FetchFile }, db: Database) {
    this.#platform = platform;
    this.#db = db;
  }

  /** @throws E-MISSING when one of its folders is not here */
  async chainOf(modelId: string): Promise<ModelChain> {
    const builtIn = (await this.#builtIns()).find(({ id }) => id === modelId);
    if (builtIn) return [this.#builtInFolder(builtIn)];
    const record = await getCheckpoint(this.#db, modelId);
    if (!record) throw missing(modelId);
    const folder = this.#checkpointFolder(record);
    if (folder.paths.includes('config.json')) return [folder];
    if (record.parentId === null) throw missing(modelId);
    return [...(await this.chainOf(record.parentId)), folder];
  }

  async #builtIns(): Promise<BuiltIn[]> {
    if (this.#index) return this.#index;
    const parsed = v.safeParse(ModelIndex, await readJson(await this.#fetchIndex(), INDEX_PATH));
    if (!parsed.success)
      throw new WorkbenchError('E-SCHEMA', `${INDEX_PATH} does not have the expected form.`, {
        safe: 'Models stored in this browser are unharmed.',
        remedy: 'Reload the page, or build it again.',
        details: { ...v.flatten(parsed.issues) },
      });
    return (this.#index = parsed.output.models);
  }

  /** From the server; from the cache where the server cannot be reached. */
  async #fetchIndex(): Promise<Blob> {
    try {
      const blob = await this.#platform.fetchFile(INDEX_PATH);
      await this.#cache(INDEX_PATH, blob);
      return blob;
    } catch (error) {
      const cached = await getCachedFile(this.#db, INDEX_PATH);
      if (cached) return cached;
      throw error;
    }
  }

  #builtInFolder({ id, sizeBytes, files }: BuiltIn): ModelFolder {
    const read = async (path: string, onBytes?: (bytes: number) => void): Promise<Blob> => {
      const file = files.find((one) => one.path === path);
      if (!file) throw missing(`${id}/${path}`);
      return this.#readCached(`models/${id}/${path}`, file.sha256, onBytes);
    };
    return { id, sizeBytes, paths: files.map(({ path }) => path), hashes: hashesOf(files), read };
  }

  async #readCached(url: string, sha256: string, onBytes?: (bytes: number) => void): Promise<Blob> {
    const cached = await getCachedFile(this.#db, url).catch(() => deleteCachedFile(this.#db, url)); // damaged: fetched again
    if (cached && (await sha256Hex(cached)) === sha256) return cached;
    const blob = await this.#platform.fetchFile(url, onBytes);
    const got = await sha256Hex(blob);
    if (got !== sha256) {
      throw new WorkbenchError('E-CHECKSUM', `The file ${url} arrived damaged: its SHA-256 is not the one in ${INDEX_PATH}.`, {
        safe: 'Nothing was stored.',
        remedy: 'Reload the page without cache.',
        details: { got, expected: sha256 },
      });
    }
    await this.#cache(url, blob);
    return blob;
  }

  /** A full disk costs the next visit a download, no more. */
  async #cache(url: string, blob: Blob): Promise<void> {
    await putCachedFile(this.#db, url, blob).catch((error: unknown) => {
      if (!(error instanceof WorkbenchError && error.code === 'E-QUOTA')) throw error;
    });
  }

  #checkpointFolder({ id, sizeBytes, files }: CheckpointRecord): ModelFolder {
    const paths = files.map(({ path }) => path);
    return { id, sizeBytes, paths, hashes: hashesOf(files), read: (path) => readCheckpointFile(this.#db, id, path) };
  }
}

const hashesOf = (files: readonly { path: string; sha256: string }[]) => new Map(files.map(({ path, sha256 }) => [path, sha256]));

function missing(what: string): WorkbenchError {
  return new WorkbenchError('E-MISSING', `The model "${what}" is not in this browser.`, {
    safe: 'Other models are unharmed.',
    remedy: 'Choose another model, or import this one again.',
    details: { what },
  });
}
