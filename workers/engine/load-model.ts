// Makes a detector from the files of a model: weights, CLIP, tokenizers, and what later runs trained on top.
import { dispose, tensor, tidy } from '@tensorflow/tfjs-core';
import type { LoadReport } from '../../src/shared/protocol.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { SafetensorsFile, ShardedTensors, type TensorSource } from '../../src/shared/safetensors.ts';
import { ClipModel } from '../ml/model/clip.ts';
import { gridSize, parseClipConfig, parseDxLlavaConfig, type ClipConfig, type DxLlavaConfig } from '../ml/model/config.ts';
import { Detector } from '../ml/model/detector.ts';
import { DxLlava } from '../ml/model/dx-llava.ts';
import { parseLoraConfig } from '../ml/model/lora-config.ts';
import { LoraAdapter } from '../ml/model/lora.ts';
import { clipHeadParameters, dxLlavaParameters, VISION_TOWER_PREFIX, type ParameterSpec } from '../ml/model/parameters.ts';
import { assertComplete, Weights } from '../ml/model/weights.ts';
import { loadTokenizer } from '../ml/text/tokenizer.ts';
import { FILES, readJson, type ModelFolder } from '../../src/shared/models/model-folder.ts';

/** A model in memory. Owns its weights. */
export interface LoadedModel {
  id: string;
  detector: Detector;
  weights: Weights;
  config: DxLlavaConfig;
  /** Side of the square of vision tokens. */
  gridSize: number;
  report: LoadReport;
  dispose: () => void;
}

/**
 * @param chain a whole model, then what was trained of it, oldest first
 * @param onProgress bytes read of all files
 * @returns owned by the caller
 * @throws E-SHAPE with the load report, E-SCHEMA, E-JSON, E-MISSING, E-CHECKSUM
 */
export async function loadModel(chain: readonly ModelFolder[], onProgress: (done: number, total: number) => void): Promise<LoadedModel> {
  const [base, ...overlays] = chain;
  if (!base) throw new WorkbenchError('E-INTERNAL', 'A model needs at least one folder.');
  const files = new FolderReader(chain, onProgress);
  const config = parseDxLlavaConfig(await files.json(base, FILES.config));
  const clipConfig = base.paths.includes(FILES.clipConfig) ? parseClipConfig(await files.json(base, FILES.clipConfig)) : null;
  const tokenizer = loadTokenizer(await files.text(base, FILES.tokenizer));
  const clipTokenizer =
    clipConfig && base.paths.includes(FILES.clipTokenizer) ? loadTokenizer(await files.text(base, FILES.clipTokenizer)) : null;
  const { weights, report } = await Weights.load(parametersOf(config, clipConfig), await files.tensors(base));
  try {
    assertComplete(report, ['model.binary_classifier.*']);
    for (const folder of overlays) await applyOverlay(weights, config, folder, files);
  } catch (error) {
    weights.dispose();
    throw error;
  }
  const model = new DxLlava(config, weights);
  const clip = clipConfig && new ClipModel(clipConfig, (name) => weights.get(VISION_TOWER_PREFIX + name), model.vision);
  const detector = new Detector({ model, clip, tokenizer, clipTokenizer });
  const disposeAll = (): void => {
    model.dispose();
    weights.dispose();
  };
  return { id: chain.at(-1)?.id ?? base.id, detector, weights, config, gridSize: gridSize(config.vision), report, dispose: disposeAll };
}

/** The whole CLIP is saved under the tower's prefix; both share the trunk. */
function parametersOf(config: DxLlavaConfig, clip: ClipConfig | null): ParameterSpec[] {
  const head = clip ? clipHeadParameters(clip).map((spec) => ({ ...spec, name: VISION_TOWER_PREFIX + spec.name })) : [];
  return [...dxLlavaParameters(config), ...head];
}

/** Replaces what a run trained, and folds its adapter in. */
async function applyOverlay(weights: Weights, config: DxLlavaConfig, folder: ModelFolder, files: FolderReader): Promise<void> {
  if (folder.paths.includes(FILES.weights)) {
    const source = await files.tensors(folder);
    for (const name of source.names()) await setFrom(weights, source, name);
  }
  if (!folder.paths.includes(FILES.adapter)) return;
  const settings = parseLoraConfig(await files.json(folder, FILES.adapterConfig));
  const source = await SafetensorsFile.open(await files.read(folder, FILES.adapter));
  const { adapter } = await LoraAdapter.load(config.language, settings, source);
  adapter.mergeInto(weights);
  adapter.dispose();
}

async function setFrom(weights: Weights, source: TensorSource, name: string): Promise<void> {
  const { data, shape } = await source.read(name);
  const value = tidy(() => tensor(data, shape, 'float32'));
  try {
    weights.set(name, value);
  } finally {
    dispose(value);
  }
}

/** Reads files and adds their bytes up. */
class FolderReader {
  readonly #total: number;
  readonly #onProgress: (done: number, total: number) => void;
  #done = 0;

  constructor(chain: readonly ModelFolder[], onProgress: (done: number, total: number) => void) {
    this.#total = chain.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#onProgress = onProgress;
  }

  async read(folder: ModelFolder, path: string): Promise<Blob> {
    const blob = await folder.read(path, (bytes) => this.#onProgress(this.#done + bytes, this.#total));
    this.#done += blob.size;
    this.#onProgress(this.#done, this.#total);
    return blob;
  }

  async text(folder: ModelFolder, path: string): Promise<string> {
    return (await this.read(folder, path)).text();
  }

  async json(folder: ModelFolder, path: string): Promise<unknown> {
    return readJson(await this.read(folder, path), path);
  }

  /** One file, or the shards that an index names. */
  async tensors(folder: ModelFolder): Promise<TensorSource> {
    if (!folder.paths.includes(FILES.shardIndex)) return SafetensorsFile.open(await this.read(folder, FILES.weights));
    const shards = new Map<string, TensorSource>();
    for (const path of folder.paths.filter((one) => one.endsWith('.safetensors'))) {
      shards.set(path, await SafetensorsFile.open(await this.read(folder, path)));
    }
    return new ShardedTensors(await this.json(folder, FILES.shardIndex), shards);
  }
}
