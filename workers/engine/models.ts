// Keeps the last few models in memory, so that explaining, evaluating and comparing load each of them once.
import type { ModelFolders } from '../../src/shared/models/model-folder.ts';
import { loadModel, type LoadedModel } from './load-model.ts';

/** A/B comparison needs two. */
const MOST_MODELS = 2;

type Progress = (done: number, total: number) => void;

export class ModelStore {
  readonly #folders: ModelFolders;
  /** Oldest use first. */
  readonly #models = new Map<string, LoadedModel>();

  constructor(folders: ModelFolders) {
    this.#folders = folders;
  }

  /**
   * A model for reading. Stays in memory until others push it out.
   * @returns borrowed; must not be trained
   */
  async load(modelId: string, onProgress: Progress = () => undefined): Promise<LoadedModel> {
    const known = this.#models.get(modelId);
    this.#models.delete(modelId);
    const model = known ?? (await this.open(modelId, onProgress));
    this.#models.set(modelId, model);
    for (const [id, oldest] of [...this.#models].slice(0, -MOST_MODELS)) {
      this.#models.delete(id);
      oldest.dispose();
    }
    return model;
  }

  /** A model of one's own, for training. @returns owned by the caller */
  async open(modelId: string, onProgress: Progress = () => undefined): Promise<LoadedModel> {
    return loadModel(await this.#folders.chainOf(modelId), onProgress);
  }

  /** Frees all models, for example because their device is gone. */
  clear(): void {
    for (const model of this.#models.values()) model.dispose();
    this.#models.clear();
  }
}
