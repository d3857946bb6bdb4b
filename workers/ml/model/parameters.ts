// Which parameters a model has: name, shape and how a fresh one is filled. Names and layouts are PyTorch's (spec/model.md 2).
import { RandomStream } from '../../../src/shared/random.ts';
import type { ClipConfig, DxLlavaConfig, LanguageConfig, VisionConfig } from './config.ts';
import { visionWidth } from './config.ts';

/** How a parameter that no file supplies is filled. */
export type Initializer =
  | { kind: 'constant'; value: number }
  | { kind: 'normal'; deviation: number }
  /** Uniform in [-bound, bound). */
  | { kind: 'uniform'; bound: number };

export interface ParameterSpec {
  name: string;
  shape: number[];
  initializer: Initializer;
}

/** Where the tower of a DX-LLaVA checkpoint sits (the whole CLIP is saved there). */
export const VISION_TOWER_PREFIX = 'model.vision_tower.vision_tower.';
/** Width of the binary head's hidden layer. */
const BINARY_HIDDEN = 512;

const zeros: Initializer = { kind: 'constant', value: 0 };
const ones: Initializer = { kind: 'constant', value: 1 };
const normal = (deviation: number): Initializer => ({ kind: 'normal', deviation });
const uniform = (bound: number): Initializer => ({ kind: 'uniform', bound });

/** PyTorch's default for Linear and convolution layers: uniform within 1 / sqrt(inputs). */
const torchDefault = (inputs: number): Initializer => uniform(1 / Math.sqrt(inputs));
const xavier = (inputs: number, outputs: number): Initializer => uniform(Math.sqrt(6 / (inputs + outputs)));

function affine(name: string, width: number): ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [width], initializer: ones },
    { name: `${name}.bias`, shape: [width], initializer: zeros },
  ];
}

function layer(name: string, shape: number[], weight: Initializer, bias: Initializer | null): ParameterSpec[] {
  const specs = [{ name: `${name}.weight`, shape, initializer: weight }];
  return bias === null ? specs : [...specs, { name: `${name}.bias`, shape: shape.slice(0, 1), initializer: bias }];
}

function convNextBlock(name: string, width: number, layerScale: number): ParameterSpec[] {
  return [
    ...layer(`${name}.conv_dw`, [width, 1, 7, 7], normal(0.02), zeros),
    ...affine(`${name}.norm`, width),
    ...layer(`${name}.mlp.fc1`, [4 * width, width], normal(0.02), zeros),
    ...layer(`${name}.mlp.fc2`, [width, 4 * width], normal(0.02), zeros),
    { name: `${name}.gamma`, shape: [width], initializer: { kind: 'constant', value: layerScale } },
  ];
}

/**
 * Parameters of the ConvNeXt trunk under timm's names.
 * @param prefix ends in `visual.trunk.`
 * @param layerScale start of gamma; timm uses 1e-6, shallow trunks learn faster from about 0.3
 */
export function trunkParameters(vision: VisionConfig, prefix: string, layerScale = 1e-6): ParameterSpec[] {
  const [stemWidth = 0] = vision.dims;
  const specs = [...layer(`${prefix}stem.0`, [stemWidth, 3, 4, 4], normal(0.02), zeros), ...affine(`${prefix}stem.1`, stemWidth)];
  for (const [stage, width] of vision.dims.entries()) {
    const before = vision.dims[stage - 1];
    if (before !== undefined) {
      const name = `${prefix}stages.${stage}.downsample`;
      specs.push(...affine(`${name}.0`, before), ...layer(`${name}.1`, [width, before, 2, 2], normal(0.02), zeros));
    }
    for (let block = 0; block < (vision.depths[stage] ?? 0); block++)
      specs.push(...convNextBlock(`${prefix}stages.${stage}.blocks.${block}`, width, layerScale));
  }
  return specs;
}

/** The Linear layers of decoder layer `i`: full module name, output and input width. */
export function decoderLinears(language: LanguageConfig, i: number): { name: string; shape: [number, number] }[] {
  const { hiddenSize: C, intermediateSize: F, numHeads, numKeyValueHeads } = language;
  const keyWidth = (C / numHeads) * numKeyValueHeads;
  const at = (name: string, out: number, inputs: number): { name: string; shape: [number, number] } => ({
    name: `model.layers.${i}.${name}`,
    shape: [out, inputs],
  });
  return [
    at('self_attn.q_proj', C, C),
    at('self_attn.k_proj', keyWidth, C),
    at('self_attn.v_proj', keyWidth, C),
    at('self_attn.o_proj', C, C),
    at('mlp.gate_proj', F, C),
    at('mlp.up_proj', F, C),
    at('mlp.down_proj', C, F),
  ];
}

/** Parameters of the decoder with embeddings, final norm and language-model head. */
export function languageParameters(language: LanguageConfig): ParameterSpec[] {
  const { hiddenSize: C, vocabSize: V } = language;
  const specs: ParameterSpec[] = [{ name: 'model.embed_tokens.weight', shape: [V, C], initializer: normal(0.02) }];
  for (let i = 0; i < language.numLayers; i++) {
    for (const { name, shape } of decoderLinears(language, i)) specs.push({ name: `${name}.weight`, shape, initializer: normal(0.02) });
    for (const norm of ['input_layernorm', 'post_attention_layernorm'])
      specs.push({ name: `model.layers.${i}.${norm}.weight`, shape: [C], initializer: ones });
  }
  specs.push({ name: 'model.norm.weight', shape: [C], initializer: ones });
  if (!language.tieWordEmbeddings) specs.push({ name: 'lm_head.weight', shape: [V, C], initializer: normal(0.02) });
  return specs;
}

function projectorParameters(D: number, C: number): ParameterSpec[] {
  return [
    ...layer('model.mm_projector.0', [C, D], torchDefault(D), torchDefault(D)),
    ...layer('model.mm_projector.2', [C, C], torchDefault(C), torchDefault(C)),
  ];
}

function binaryHeadParameters(C: number): ParameterSpec[] {
  const name = 'model.binary_classifier';
  return [
    ...layer(`${name}.fc1`, [BINARY_HIDDEN, C], xavier(C, BINARY_HIDDEN), zeros),
    ...layer(`${name}.fc3`, [1, BINARY_HIDDEN], xavier(BINARY_HIDDEN, 1), zeros),
  ];
}

/** All parameters that a DX-LLaVA uses, in the order in which they are written. */
export function dxLlavaParameters(config: DxLlavaConfig, layerScale?: number): ParameterSpec[] {
  const C = config.language.hiddenSize;
  return [
    ...languageParameters(config.language),
    ...projectorParameters(visionWidth(config.vision), C),
    ...binaryHeadParameters(C),
    ...trunkParameters(config.vision, `${VISION_TOWER_PREFIX}visual.trunk.`, layerScale),
  ];
}

function textBlock(i: number, width: number, numLayers: number): ParameterSpec[] {
  const name = `transformer.resblocks.${i}`;
  const outward = normal(width ** -0.5 * (2 * numLayers) ** -0.5);
  return [
    ...affine(`${name}.ln_1`, width),
    { name: `${name}.attn.in_proj_weight`, shape: [3 * width, width], initializer: normal(width ** -0.5) },
    { name: `${name}.attn.in_proj_bias`, shape: [3 * width], initializer: zeros },
    ...layer(`${name}.attn.out_proj`, [width, width], outward, zeros),
    ...affine(`${name}.ln_2`, width),
    ...layer(`${name}.mlp.c_fc`, [4 * width, width], normal((2 * width) ** -0.5), zeros),
    ...layer(`${name}.mlp.c_proj`, [width, 4 * width], outward, zeros),
  ];
}

/** CLIP's image head (mean, norm, two-layer MLP) and text tower under open_clip's names, without the trunk. */
export function clipHeadParameters(config: ClipConfig): ParameterSpec[] {
  const { embedDim, text } = config;
  const D = visionWidth(config.vision);
  const specs: ParameterSpec[] = [
    ...affine('visual.trunk.head.norm', D),
    ...layer('visual.head.mlp.fc1', [2 * embedDim, D], torchDefault(D), zeros),
    ...layer('visual.head.mlp.fc2', [embedDim, 2 * embedDim], torchDefault(2 * embedDim), null),
    { name: 'token_embedding.weight', shape: [text.vocabSize, text.width], initializer: normal(0.02) },
    { name: 'positional_embedding', shape: [text.contextLength, text.width], initializer: normal(0.01) },
  ];
  for (let i = 0; i < text.numLayers; i++) specs.push(...textBlock(i, text.width, text.numLayers));
  specs.push(...affine('ln_final', text.width));
  specs.push({ name: 'text_projection', shape: [text.width, embedDim], initializer: normal(text.width ** -0.5) });
  specs.push({ name: 'logit_scale', shape: [], initializer: { kind: 'constant', value: Math.log(1 / 0.07) } });
  return specs;
}

/** All parameters of a CLIP with its own trunk. */
export function clipParameters(config: ClipConfig, layerScale?: number): ParameterSpec[] {
  return [...trunkParameters(config.vision, 'visual.trunk.', layerScale), ...clipHeadParameters(config)];
}

/** Two independent standard normal numbers (Box and Muller). */
function normalPair(random: RandomStream): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  const angle = 2 * Math.PI * random.next();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/**
 * Values of a fresh parameter. Each name has its own stream, so the result does not depend on which others are drawn.
 * @returns float32 [product of the shape]
 */
export function initialValues(spec: ParameterSpec, seed: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(spec.shape.reduce((product, size) => product * size, 1));
  const { initializer } = spec;
  if (initializer.kind === 'constant') return values.fill(initializer.value);
  const random = RandomStream.fromText(`${seed}/parameter/${spec.name}`);
  if (initializer.kind === 'uniform') return values.map(() => random.uniform(-initializer.bound, initializer.bound));
  for (let i = 0; i < values.length; i += 2) {
    const [first, second] = normalPair(random);
    values[i] = initializer.deviation * first;
    if (i + 1 < values.length) values[i + 1] = initializer.deviation * second;
  }
  return values;
}
