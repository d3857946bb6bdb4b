// Makes a detector from the files of a model: weights, CLIP, tokenizers, and what later runs trained on top.
import { dispose, tensor, tidy } from '@tensorflow/tfjs-core';
import type { LoadReport } from '../../src/shared/engine-api.ts';
import { SafetensorsFile, type TensorSource } from '../../src/shared/safetensors.ts';
import { ClipModel } from '../ml/model/clip.ts';
import { gridSize, parseClipConfig, parseDxLlavaConfig, type ClipConfig, type DxLlavaConfig } from '../ml/model/config.ts';
import { Detector } from '../ml/model/detector.ts';
import { DxLlava } from '../ml/model/dx-llava.ts';
import { parseLoraConfig } from '../ml/model/lora-config.ts';
import { LoraAdapter } from '../ml/model/lora.ts';
import { clipHeadParameters, dxLlavaParameters, VISION_TOWER_PREFIX, type ParameterSpec } from '../ml/model/parameters.ts';
import { assertComplete, Weights } from '../ml/model/weights.ts';
import { loadTokenizer, type Tokenizer } from '../ml/text/tokenizer.ts';
import { FILES, readJson, type ModelChain, type ModelFolder } from '../../src/shared/models/model-folder.ts';
import { folderTensors } from '../../src/shared/models/model-tensors.ts';

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
 * @param onProgress bytes read of all files
 * @returns owned by the caller
 * @throws E-SHAPE with the load report, E-SCHEMA, E-JSON, E-MISSING, E-CHECKSUM
 */
export async function loadModel(chain: ModelChain, onProgress: (done: number, total: number) => void): Promise<LoadedModel> {
  const [first, ...overlays] = chain;
  const counted = countReads(chain, onProgress);
  const base = counted(first);
  const config = parseDxLlavaConfig(await jsonOf(base, FILES.config));
  const clipConfig = base.paths.includes(FILES.clipConfig) ? parseClipConfig(await jsonOf(base, FILES.clipConfig)) : null;
  const tokenizer = await tokenizerOf(base, FILES.tokenizer);
  const clipTokenizer = clipConfig && base.paths.includes(FILES.clipTokenizer) ? await tokenizerOf(base, FILES.clipTokenizer) : null;
  const { weights, report } = await Weights.load(parametersOf(config, clipConfig), await folderTensors(base));
  try {
    assertComplete(report, ['model.binary_classifier.*']);
    for (const folder of overlays) await applyOverlay(weights, config, counted(folder));
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

const jsonOf = async (folder: ModelFolder, path: string): Promise<unknown> => readJson(await folder.read(path), path);

const tokenizerOf = async (folder: ModelFolder, path: string): Promise<Tokenizer> => loadTokenizer(await (await folder.read(path)).text());

/** Replaces what a run trained, and folds its adapter in. */
async function applyOverlay(weights: Weights, config: DxLlavaConfig, folder: ModelFolder): Promise<void> {
  if (folder.paths.includes(FILES.weights)) {
    const source = await folderTensors(folder);
    for (const name of source.names()) await setFrom(weights, source, name);
  }
  if (!folder.paths.includes(FILES.adapter)) return;
  const settings = parseLoraConfig(await jsonOf(folder, FILES.adapterConfig));
  const source = await SafetensorsFile.open(await folder.read(FILES.adapter));
  const { adapter } = await LoraAdapter.load(config.language, settings, source, weights);
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

/** The same folders; the bytes read of all of them are added up. */
function countReads(chain: ModelChain, onProgress: (done: number, total: number) => void): (folder: ModelFolder) => ModelFolder {
  const total = chain.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let done = 0;
  return (folder) => ({
    ...folder,
    read: async (path) => {
      const blob = await folder.read(path, (bytes) => onProgress(done + bytes, total));
      done += blob.size;
      onProgress(done, total);
      return blob;
    },
  });
}
