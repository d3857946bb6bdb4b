// What is computed: sizes, weights and data of every measured work. Pure numbers, the same for each peer.
import { RandomStream } from '../../src/shared/random.ts';
import type { DxLlavaConfig, LanguageConfig, VisionConfig } from '../../workers/ml/model/config.ts';
import { initialValues, languageParameters, trunkParameters, type ParameterSpec } from '../../workers/ml/model/parameters.ts';

/** The decoder that every figure of a decoder speaks of: 2.2 million parameters. */
export const DECODER: LanguageConfig = {
  hiddenSize: 192,
  intermediateSize: 512,
  numLayers: 4,
  numHeads: 4,
  numKeyValueHeads: 4,
  vocabSize: 1024,
  maxPositions: 256,
  rmsNormEpsilon: 1e-5,
  ropeTheta: 10000,
  tieWordEmbeddings: false,
};

/** The ConvNeXt of the issue. */
export const TRUNK: VisionConfig = { depths: [2, 2, 4, 2], dims: [32, 64, 128, 256], imageSize: 128, layerNormEpsilon: 1e-6 };

/** The decoder inside a DX-LLaVA that is only asked for text; its end token is outside the vocabulary, so every row runs to its limit. */
export const TEXT_MODEL: DxLlavaConfig = {
  language: DECODER,
  vision: { depths: [1], dims: [8], imageSize: 8, layerNormEpsilon: 1e-6 },
  bosTokenId: 1,
  eosTokenId: DECODER.vocabSize,
  padTokenId: 0,
  tokenizerModelMaxLength: DECODER.maxPositions,
  source: {},
};

const SEED = 7;
export const LEARNING_RATE = 1e-3;
/** Adam as every library offers it: no decay, no clipping. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Weights that are not tiny: logits and gradients then have the size of a model in use. */
function lively(spec: ParameterSpec): ParameterSpec {
  if (spec.initializer.kind !== 'normal') return spec;
  const inputs = spec.name.endsWith('embed_tokens.weight') ? 4 : spec.shape.slice(1).reduce((product, size) => product * size, 1);
  return { ...spec, initializer: { kind: 'normal', deviation: inputs ** -0.5 } };
}

export const decoderSpecs = (): ParameterSpec[] => languageParameters(DECODER).map(lively);
/** Layer scale 0.3: with timm's 1e-6 the blocks would not show in the output. */
export const trunkSpecs = (): ParameterSpec[] => trunkParameters(TRUNK, '', 0.3).map(lively);

/** The values that `Weights.create(specs, { seed })` gives. */
export const valuesOf = (spec: ParameterSpec): Float32Array<ArrayBuffer> => initialValues(spec, SEED);
export const WEIGHT_SEED = SEED;

/** A batch of random token ids; each position's target is the next id. */
export function tokenBatch(rows: number, length: number): { ids: Int32Array<ArrayBuffer>; targets: Int32Array<ArrayBuffer> } {
  const random = RandomStream.fromText(`bench/tokens/${rows}x${length}`);
  const all = Array.from({ length: rows }, () => Array.from({ length: length + 1 }, () => random.nextUint32() % DECODER.vocabSize));
  return { ids: Int32Array.from(all.flatMap((row) => row.slice(0, -1))), targets: Int32Array.from(all.flatMap((row) => row.slice(1))) };
}

/** Tokens that every decoder is fed for the check of its logits, [steps][rows]. */
export function forcedTokens(rows: number): number[][] {
  return Array.from({ length: 6 }, (_, step) => Array.from({ length: rows }, (_, row) => (97 * row + 131 * step + 5) % DECODER.vocabSize));
}

/** Normalised pixels [batch, size, size, 3]; the first picture is the same for every batch. */
export function pixels(batch: number): Float32Array<ArrayBuffer> {
  const random = RandomStream.fromText('bench/pixels');
  return Float32Array.from({ length: batch * TRUNK.imageSize ** 2 * 3 }, () => random.uniform(-2, 2));
}

/** Cosines and sines of the rotary embedding, [length, D] with both halves alike (x cos + rotated(x) sin). */
export function rotaryTables(length: number): { cos: Float32Array<ArrayBuffer>; sin: Float32Array<ArrayBuffer> } {
  const D = DECODER.hiddenSize / DECODER.numHeads;
  const angle = (i: number): number => Math.floor(i / D) * DECODER.ropeTheta ** (-((i % D) % (D / 2)) / (D / 2));
  const table = (f: (x: number) => number): Float32Array<ArrayBuffer> => Float32Array.from({ length: length * D }, (_, i) => f(angle(i)));
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

/** A [rows, columns] matrix as [columns, rows]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j] ?? 0;
  return result;
}
