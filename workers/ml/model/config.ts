// Model sizes from `config.json` (LLaVA's form, spec/model.md 7) and from open_clip's model config. Reads, checks, writes.
import { WorkbenchError } from '../../../src/shared/errors.ts';
import type { RopeScaling } from './rope-frequencies.ts';

/** Sizes of a ConvNeXt trunk. */
export interface VisionConfig {
  /** Blocks of each stage; any number of stages. */
  depths: number[];
  /** Channels of each stage. */
  dims: number[];
  /** Side of the square input, pixels. */
  imageSize: number;
  layerNormEpsilon: number;
}

/** Sizes of a LLaMA decoder. */
export interface LanguageConfig {
  hiddenSize: number;
  intermediateSize: number;
  numLayers: number;
  numHeads: number;
  numKeyValueHeads: number;
  vocabSize: number;
  /** Longest sequence, tokens. */
  maxPositions: number;
  rmsNormEpsilon: number;
  ropeTheta: number;
  ropeScaling?: RopeScaling;
  tieWordEmbeddings: boolean;
}

/** A whole DX-LLaVA. */
export interface DxLlavaConfig {
  language: LanguageConfig;
  vision: VisionConfig;
  bosTokenId: number;
  eosTokenId: number;
  padTokenId: number;
  /** Sequences are cut to this length after the image tokens are inserted. */
  tokenizerModelMaxLength: number;
  /** The whole file as read, so that an export keeps the fields that nothing here uses. */
  source: Record<string, unknown>;
}

/** A CLIP with ConvNeXt image tower and open_clip's text transformer. */
export interface ClipConfig {
  embedDim: number;
  vision: VisionConfig;
  text: { contextLength: number; vocabSize: number; width: number; numHeads: number; numLayers: number };
}

/** Sizes of timm's convnext_large, which the official checkpoints use and do not write down. */
const CONVNEXT_LARGE = { depths: [3, 3, 27, 3], dims: [192, 384, 768, 1536] };

function invalid(field: string, wanted: string, got: unknown): WorkbenchError {
  return new WorkbenchError('E-SCHEMA', `config.json: ${field} must be ${wanted}; it is ${JSON.stringify(got) ?? 'missing'}.`, {
    safe: 'Nothing was loaded.',
    remedy: 'Choose the config.json that belongs to this checkpoint.',
  });
}

/** Typed access to the fields of a parsed JSON object. */
class Fields {
  readonly values: Record<string, unknown>;
  /** Put before field names: empty, or the name of the object inside the file with a dot. */
  readonly #path: string;

  constructor(value: unknown, name = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(name || 'the file', 'an object', value);
    this.values = { ...value };
    this.#path = name ? `${name}.` : '';
  }

  child(name: string): Fields {
    return new Fields(this.values[name], this.#path + name);
  }

  number(name: string, fallback?: number): number {
    const value = this.values[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw invalid(this.#path + name, 'a number that is not negative', value);
    return value;
  }

  /** A positive integer. */
  count(name: string, fallback?: number): number {
    const value = this.values[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0) throw invalid(this.#path + name, 'a positive integer', value);
    return value;
  }

  counts(name: string): number[] {
    const value = this.values[name];
    const fits = Array.isArray(value) && value.length > 0 && value.every((item) => Number.isInteger(item) && item > 0);
    if (!fits) throw invalid(this.#path + name, 'a list of positive integers', value);
    return value.map(Number);
  }

  /** Refuses every value but the listed ones, and gives it back; a missing field counts as the first. */
  only<const Value extends string | boolean | null>(name: string, ...allowed: Value[]): Value | undefined {
    const value = this.values[name] ?? allowed[0];
    if (allowed.some((item) => item === value)) return allowed.find((item) => item === value);
    throw new WorkbenchError(
      'E-UNSUPPORTED',
      `config.json: ${this.#path}${name} = ${JSON.stringify(value)} is not supported, only ${allowed.map(String).join(', ')}.`,
      { safe: 'Nothing was loaded.', remedy: 'Choose a DX-LLaVA model with a supported value.' },
    );
  }
}

function checkTrunk(vision: VisionConfig, path: string): VisionConfig {
  if (vision.depths.length !== vision.dims.length) throw invalid(`${path}dims`, `a list of ${vision.depths.length} numbers`, vision.dims);
  if (gridSize(vision) === 0) throw invalid(`${path}image_size`, `at least ${patchSize(vision)}`, vision.imageSize);
  return vision;
}

function parseDxVision(file: Fields): VisionConfig {
  if (file.values.vision_config === undefined) {
    const tower = file.values.mm_vision_tower;
    if (typeof tower === 'string' && tower.includes('convnext_large')) return { ...CONVNEXT_LARGE, imageSize: 320, layerNormEpsilon: 1e-6 };
    throw invalid('vision_config', 'given for a tower other than convnext_large', undefined);
  }
  const fields = file.child('vision_config');
  fields.only('architecture', 'convnext');
  const vision = {
    depths: fields.counts('depths'),
    dims: fields.counts('dims'),
    imageSize: fields.count('image_size'),
    layerNormEpsilon: fields.number('layer_norm_eps', 1e-6),
  };
  return checkTrunk(vision, 'vision_config.');
}

/** `rope_theta` and `rope_scaling`; transformers 5 writes both as `rope_parameters`. */
function parseRope(file: Fields): Pick<LanguageConfig, 'ropeTheta' | 'ropeScaling'> {
  const given = (name: string): Fields | null => (file.values[name] === undefined || file.values[name] === null ? null : file.child(name));
  const theta = file.number('rope_theta', 10000);
  const both = given('rope_parameters');
  const rope = both ?? given('rope_scaling');
  const ropeScaling = rope && parseRopeScaling(rope);
  return { ropeTheta: both ? both.number('rope_theta', theta) : theta, ...(ropeScaling && { ropeScaling }) };
}

/** null for none. Scalings that follow the length of the text, or change attention too, are refused. */
function parseRopeScaling(rope: Fields): RopeScaling | null {
  const name = rope.values.rope_type === undefined ? 'type' : 'rope_type'; // files before Llama 3.1 write `type`
  const kind = rope.only(name, 'default', 'linear', 'llama3');
  if (rope.values[name] === undefined && rope.values.factor !== undefined)
    throw invalid('rope_scaling.type', 'given beside factor', undefined);
  if (kind !== 'linear' && kind !== 'llama3') return null;
  const factor = rope.number('factor');
  if (factor < 1) throw invalid('rope_scaling.factor', 'at least 1', factor);
  if (kind === 'linear') return { kind, factor };
  const [lowFreqFactor, highFreqFactor] = [rope.number('low_freq_factor'), rope.number('high_freq_factor')];
  if (lowFreqFactor >= highFreqFactor) throw invalid('rope_scaling.high_freq_factor', `above ${lowFreqFactor}`, highFreqFactor);
  const originalMaxPositions = rope.count('original_max_position_embeddings');
  return { kind, factor, lowFreqFactor, highFreqFactor, originalMaxPositions };
}

function parseLanguage(file: Fields): LanguageConfig {
  file.only('hidden_act', 'silu');
  file.only('attention_bias', false);
  file.only('mlp_bias', false);
  const numHeads = file.count('num_attention_heads');
  const language: LanguageConfig = {
    hiddenSize: file.count('hidden_size'),
    intermediateSize: file.count('intermediate_size'),
    numLayers: file.count('num_hidden_layers'),
    numHeads,
    numKeyValueHeads: file.count('num_key_value_heads', numHeads),
    vocabSize: file.count('vocab_size'),
    maxPositions: file.count('max_position_embeddings', 2048),
    rmsNormEpsilon: file.number('rms_norm_eps', 1e-5),
    ...parseRope(file),
    tieWordEmbeddings: file.values.tie_word_embeddings === true,
  };
  if (language.hiddenSize % (2 * numHeads) !== 0)
    throw invalid('hidden_size', `an even multiple of num_attention_heads (${numHeads})`, language.hiddenSize);
  const width = language.hiddenSize / numHeads;
  if (file.count('head_dim', width) !== width)
    throw invalid('head_dim', `hidden_size / num_attention_heads = ${width}`, file.values.head_dim);
  if (numHeads % language.numKeyValueHeads !== 0)
    throw invalid('num_key_value_heads', `a divisor of ${numHeads}`, language.numKeyValueHeads);
  return language;
}

/**
 * Reads a DX-LLaVA `config.json`.
 * @param value the parsed JSON
 * @throws WorkbenchError E-SCHEMA (field missing or wrong), E-UNSUPPORTED (a variant that is refused)
 */
export function parseDxLlavaConfig(value: unknown): DxLlavaConfig {
  const file = new Fields(value);
  file.only('mm_projector_type', 'mlp2x_gelu');
  const language = parseLanguage(file);
  const vision = parseDxVision(file);
  const width = file.count('mm_hidden_size', visionWidth(vision));
  if (width !== visionWidth(vision)) throw invalid('mm_hidden_size', `${visionWidth(vision)}, the width of the last stage`, width);
  return {
    language,
    vision,
    bosTokenId: file.number('bos_token_id', 1),
    eosTokenId: file.number('eos_token_id', 2),
    padTokenId: file.number('pad_token_id', 0),
    tokenizerModelMaxLength: Math.min(file.count('tokenizer_model_max_length', language.maxPositions), language.maxPositions),
    source: file.values,
  };
}

/**
 * Reads open_clip's model config; `timm_model_kwargs` gives the trunk's sizes.
 * @param value the parsed JSON, either the bare config or `{model_cfg}` as in a hub folder
 * @throws WorkbenchError E-SCHEMA, E-UNSUPPORTED
 */
export function parseClipConfig(value: unknown): ClipConfig {
  const outer = new Fields(value);
  const file = outer.values.model_cfg === undefined ? outer : outer.child('model_cfg');
  const visual = file.child('vision_cfg');
  file.only('quick_gelu', false);
  visual.only('timm_proj', 'mlp');
  visual.only('timm_pool', '');
  visual.only('timm_proj_bias', false);
  const sizes = visual.values.timm_model_kwargs === undefined ? CONVNEXT_LARGE : trunkSizes(visual.child('timm_model_kwargs'));
  const text = file.child('text_cfg');
  text.only('pool_type', 'argmax');
  for (const variant of ['no_causal_mask', 'embed_cls', 'proj_bias']) text.only(variant, false);
  text.only('hf_model_name', null);
  const width = text.count('width', 512);
  const numHeads = text.count('heads', 8);
  if (width % numHeads !== 0) throw invalid('text_cfg.width', `a multiple of ${numHeads}`, width);
  return {
    embedDim: file.count('embed_dim'),
    vision: checkTrunk({ ...sizes, imageSize: visual.count('image_size', 224), layerNormEpsilon: 1e-6 }, 'vision_cfg.'),
    text: {
      contextLength: text.count('context_length', 77),
      vocabSize: text.count('vocab_size', 49408),
      width,
      numHeads,
      numLayers: text.count('layers', 12),
    },
  };
}

const trunkSizes = (fields: Fields): { depths: number[]; dims: number[] } => ({
  depths: fields.counts('depths'),
  dims: fields.counts('dims'),
});

/** Side of the square of pixels that one vision token sees: 4 for the stem, doubled by each further stage. */
export function patchSize(vision: VisionConfig): number {
  return 4 * 2 ** (vision.dims.length - 1);
}

/** Vision tokens along one side of the picture. Every stage drops the rows and columns that do not fill a patch. */
export function gridSize(vision: VisionConfig): number {
  return vision.dims.reduce((side, _, stage) => Math.floor(side / (stage === 0 ? 4 : 2)), vision.imageSize);
}

/** Vision tokens of one image, S. */
export function numVisionTokens(vision: VisionConfig): number {
  return gridSize(vision) ** 2;
}

/** Width of a vision token, D. */
export function visionWidth(vision: VisionConfig): number {
  return vision.dims.at(-1) ?? 0;
}

/** The `config.json` of a model, ready to be written; fields that were read are kept. */
export function writeDxLlavaConfig(config: DxLlavaConfig): Record<string, unknown> {
  const { language, vision } = config;
  return {
    architectures: ['LlavaLlamaForCausalLM'],
    model_type: 'llava_llama',
    hidden_act: 'silu',
    torch_dtype: 'float32',
    use_mm_proj: true,
    mm_projector_type: 'mlp2x_gelu',
    mm_vision_select_layer: -2,
    mm_vision_select_feature: 'patch',
    mm_patch_merge_type: 'flat',
    mm_use_im_start_end: false,
    mm_use_im_patch_token: false,
    image_aspect_ratio: 'pad',
    tune_mm_mlp_adapter: false,
    freeze_mm_mlp_adapter: false,
    mm_projector_lr: null,
    tokenizer_padding_side: 'right',
    use_cache: true,
    ...config.source,
    hidden_size: language.hiddenSize,
    intermediate_size: language.intermediateSize,
    num_hidden_layers: language.numLayers,
    num_attention_heads: language.numHeads,
    num_key_value_heads: language.numKeyValueHeads,
    vocab_size: language.vocabSize,
    max_position_embeddings: language.maxPositions,
    rms_norm_eps: language.rmsNormEpsilon,
    rope_theta: language.ropeTheta,
    tie_word_embeddings: language.tieWordEmbeddings,
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenId,
    pad_token_id: config.padTokenId,
    tokenizer_model_max_length: config.tokenizerModelMaxLength,
    mm_hidden_size: visionWidth(vision),
    vision_config: {
      architecture: 'convnext',
      depths: vision.depths,
      dims: vision.dims,
      image_size: vision.imageSize,
      layer_norm_eps: vision.layerNormEpsilon,
    },
  };
}
