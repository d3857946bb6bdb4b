// A model folder with random weights, in the layout of public/models: small enough for a test, whole enough for every job.
import { encodeSafetensors, SafetensorsFile, type HostTensor } from '../../src/shared/safetensors.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import { RL_PROMPT, SFT_PROMPT } from '../../src/shared/config/prompts.ts';
import { parseClipConfig, parseDxLlavaConfig } from '../../workers/ml/model/config.ts';
import {
  clipHeadParameters,
  dxLlavaParameters,
  initialValues,
  VISION_TOWER_PREFIX,
  type ParameterSpec,
} from '../../workers/ml/model/parameters.ts';
import { trainBpe } from '../../workers/ml/text/bpe-train.ts';
import { renderPrompt } from '../../workers/ml/text/template.ts';
import { loadTokenizer } from '../../workers/ml/text/tokenizer.ts';

export const TINY_MODEL_ID = 'tiny';
/** What the model's vocabulary was made from. */
export const TINY_ANSWER = '**Skin**: The skin looks smooth and waxy here.\n\n**Eyes**: The eyes look natural.\n\n### Answer: fake';

const TRUNK = { depths: [1, 1, 1], dims: [8, 12, 16] };
const IMAGE_SIZE = 32;

/** Files by path, `models/index.json` among them, as the server would give them. */
export async function tinyModelFiles(): Promise<Map<string, Blob>> {
  const texts = [SFT_PROMPT, RL_PROMPT].map((question) => renderPrompt({ template: 'v1', question }));
  const repeated = Array.from({ length: 6 }, () => [...texts, TINY_ANSWER, 'real fake ### Answer: real']).flat();
  const tokenizerJson = trainBpe(repeated, { vocabularySize: 420, style: 'llama' });
  const clipTokenizerJson = trainBpe(repeated, { vocabularySize: 560, style: 'clip' });
  const configJson = {
    hidden_size: 24,
    intermediate_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    vocab_size: loadTokenizer(tokenizerJson).vocabularySize,
    max_position_embeddings: 320,
    mm_projector_type: 'mlp2x_gelu',
    mm_hidden_size: 16,
    vision_config: { architecture: 'convnext', ...TRUNK, image_size: IMAGE_SIZE },
  };
  const clipJson = {
    embed_dim: 12,
    vision_cfg: { timm_pool: '', timm_proj: 'mlp', image_size: IMAGE_SIZE, timm_model_kwargs: TRUNK },
    text_cfg: { context_length: 48, vocab_size: loadTokenizer(clipTokenizerJson).vocabularySize, width: 12, heads: 2, layers: 1 },
  };
  const head = clipHeadParameters(parseClipConfig(clipJson)).map((spec) => ({ ...spec, name: VISION_TOWER_PREFIX + spec.name }));
  const weights = randomWeights([...dxLlavaParameters(parseDxLlavaConfig(configJson), 0.3), ...head]);
  const json = (value: unknown): Blob => new Blob([JSON.stringify(value)]);
  return withIndex({
    'config.json': json(configJson),
    'model.safetensors': new Blob(weights),
    'tokenizer.json': json(tokenizerJson),
    'open_clip_config.json': json(clipJson),
    'clip-tokenizer.json': json(clipTokenizerJson),
  });
}

/** Large enough that answers vary. */
function randomWeights(specs: ParameterSpec[]): Uint8Array<ArrayBuffer>[] {
  const loud = specs.map((spec): ParameterSpec => {
    return spec.initializer.kind === 'normal' ? { ...spec, initializer: { kind: 'normal', deviation: 0.25 } } : spec;
  });
  return encodeSafetensors(new Map(loud.map((spec) => [spec.name, { shape: spec.shape, data: initialValues(spec, 7) }])));
}

/** The same files with other values of some parameters, for example of a checkpoint. */
export async function withWeights(files: ReadonlyMap<string, Blob>, changed: Blob): Promise<Map<string, Blob>> {
  const path = (name: string): string => `models/${TINY_MODEL_ID}/${name}`;
  const tensors = new Map<string, HostTensor>();
  for (const blob of [files.get(path('model.safetensors')) ?? new Blob(), changed]) {
    const file = await SafetensorsFile.open(blob);
    for (const name of file.names()) tensors.set(name, await file.read(name));
  }
  const names = ['config.json', 'tokenizer.json', 'open_clip_config.json', 'clip-tokenizer.json'];
  const kept = names.map((name) => [name, files.get(path(name)) ?? new Blob()] as const);
  return withIndex({ ...Object.fromEntries(kept), 'model.safetensors': new Blob(encodeSafetensors(tensors)) });
}

/** The same model as an imported LLaVA without its CLIP: a picture cannot be compared with a phrase. */
export async function withoutClip(files: ReadonlyMap<string, Blob>): Promise<Map<string, Blob>> {
  const names = ['config.json', 'tokenizer.json', 'model.safetensors'];
  return withIndex(Object.fromEntries(names.map((name) => [name, files.get(`models/${TINY_MODEL_ID}/${name}`) ?? new Blob()])));
}

async function withIndex(files: Record<string, Blob>): Promise<Map<string, Blob>> {
  const entries = Object.entries(files);
  const listed = await Promise.all(entries.map(async ([path, blob]) => ({ path, sizeBytes: blob.size, sha256: await sha256Hex(blob) })));
  const sizeBytes = listed.reduce((sum, file) => sum + file.sizeBytes, 0);
  const index = { models: [{ id: TINY_MODEL_ID, name: 'Tiny', kind: 'built-in', tiny: true, note: '', sizeBytes, files: listed }] };
  const served = entries.map(([path, blob]) => [`models/${TINY_MODEL_ID}/${path}`, blob] as const);
  return new Map([['models/index.json', new Blob([JSON.stringify(index)])], ...served]);
}
