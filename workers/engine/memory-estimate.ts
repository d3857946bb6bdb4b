// How much memory a run needs, from what it allocates: a model of the trainers, phase by phase, in float32 values. Knows sizes
// only; where they come from is preflight.ts. Letters as in workers/ml/README.md: C width, F feed-forward width, V vocabulary,
// S vision tokens. Held against measured peaks by test/engine/memory.test.ts and memory-webgpu.test.ts.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { DxLlavaConfig, LanguageConfig } from '../ml/model/config.ts';
import { numVisionTokens, visionWidth } from '../ml/model/config.ts';
import { mostPooledBytes } from '../ml/backends/webgpu/pool-limits.ts';
import { decoderLinears } from '../ml/model/parameters.ts';
import { expectedBuckets } from './expected-buckets.ts';

const BYTES = 4;
/** Scratch of the threads, packed operands, small tensors. */
const ENGINE_BYTES = 2e6;
/** Blocks do not fit each other without gaps; measured 1.03 to 1.12 on simd. */
const SLACK = 1.05;
/** Rows of a probe's batch. */
const PROBE_ROWS = 16;

/** What a run is, as far as memory goes. */
export interface RunSizes {
  model: DxLlavaConfig;
  config: TrainConfig;
  /** Values of the whole model, its CLIP included. */
  modelCount: number;
  /** Values that the run changes. */
  trainedCount: number;
  /** Values of a frozen reference beside the model. */
  referenceCount: number;
  /** Tokens of the longest prompt, vision tokens included. */
  promptLength: number;
  /** Tokens of the longest answer that is expected. */
  answerLength: number;
  /** Tokens of a usual answer. */
  meanAnswerLength: number;
  /** Standard deviation of the answers' lengths. */
  answerDeviation: number;
  /** Samples that an epoch sees. */
  sampleCount: number;
  /** Lengths are rounded up to this. */
  bucket: number;
  /** Memory of one size is used again for that size only, as tfjs pools the buffers of webgpu. */
  pooledBySize: boolean;
}

/** The most bytes that a run takes from the system at once. */
export function estimateBytes(sizes: RunSizes): number {
  const phases = phaseValues(sizes);
  const bytes = (values: number): number => SLACK * (ENGINE_BYTES + BYTES * (phases.resident + values));
  const { generate, logprobs, update, lastShare } = phases;
  const inUse = bytes(Math.max(generate, logprobs, update.atHead, update.inFirstBlock));
  if (!sizes.pooledBySize) return Math.round(inUse);
  // What one phase frees has sizes that the next does not ask for, so the phases add up; and so do batches of different lengths or rows.
  const otherBatches = (expectedLengths(sizes) - 1) * update.byPredictions + lastShare * update.byRows;
  const everySize = bytes(generate + Math.max(logprobs, update.everySize + otherBatches));
  return Math.round(Math.min(everySize, mostPooledBytes(inUse)));
}

/** Values in use at the peak of each phase. */
interface PhaseValues {
  /** Weights, reference and moments, which are there all the time. */
  resident: number;
  generate: number;
  logprobs: number;
  update: UpdateValues;
  /** Rows of the last micro-batch as a share of the others', where it has fewer; else 0. */
  lastShare: number;
}

interface UpdateValues {
  /** All activations are there. */
  atHead: number;
  /** All gradients of weights are there. */
  inFirstBlock: number;
  /** If memory of one size is used again for that size only. */
  everySize: number;
  /** What of it has another size where the batch has another number of predictions. */
  byPredictions: number;
  /** What of it has another size where the batch has another number of rows. */
  byRows: number;
}

function phaseValues(sizes: RunSizes): PhaseValues {
  const { config, modelCount, referenceCount, trainedCount } = sizes;
  const batch = isPolicy(config) ? policyBatch(sizes) : sftBatch(sizes);
  const probed = config.evalSteps > 0 ? rolloutValues(sizes, PROBE_ROWS, PROBE_ROWS) : 0;
  const { numGenerations, promptsPerStep } = config.policy;
  const written = isPolicy(config) ? rolloutValues(sizes, promptsPerStep, promptsPerStep * numGenerations) : 0;
  const update = updateValues(sizes, batch);
  return {
    resident: modelCount + referenceCount + 2 * trainedCount,
    lastShare: batch.lastShare,
    generate: Math.max(written, probed),
    logprobs: batch.inputs + forwardValues(sizes.model.language, batch),
    update: {
      ...update,
      atHead: batch.inputs + update.atHead,
      inFirstBlock: batch.inputs + update.inFirstBlock,
      everySize: batch.inputs + update.everySize,
    },
  };
}

const isPolicy = ({ algorithm }: TrainConfig): boolean => algorithm === 'prpo' || algorithm === 'grpo';

/** One micro-batch of the update. */
interface Batch {
  /** N: positions of the padded batch. */
  positions: number;
  /** M: positions that predict something. */
  predictions: number;
  microBatches: number;
  lastShare: number;
  /** Images that the tape sees. */
  images: number;
  /** Vision tokens of the whole step. */
  inputs: number;
}

const roundUp = (length: number, multiple: number): number => Math.ceil(length / multiple) * multiple;

function policyBatch({ model, config, promptLength, answerLength, bucket }: RunSizes): Batch {
  const { numGenerations, promptsPerStep } = config.policy;
  const all = numGenerations * promptsPerStep;
  const rows = Math.min(config.microBatchSize, all);
  return {
    positions: rows * Math.min(roundUp(promptLength + answerLength, bucket), model.tokenizerModelMaxLength),
    predictions: rows * roundUp(answerLength, bucket),
    microBatches: Math.ceil(all / rows),
    lastShare: (all % rows) / rows,
    images: promptsPerStep,
    inputs: promptsPerStep * numVisionTokens(model.vision) * visionWidth(model.vision),
  };
}

function sftBatch({ model, config, promptLength, answerLength, meanAnswerLength, bucket }: RunSizes): Batch {
  const { perDeviceTrainBatchSize: rows, gradientAccumulationSteps: microBatches } = config.sft;
  const branches = config.algorithm === 'sft-stage2' && config.sft.useBinaryLabels ? 2 : 1;
  return {
    positions: rows * Math.min(roundUp(promptLength + answerLength, bucket), model.tokenizerModelMaxLength),
    predictions: roundUp(rows * meanAnswerLength, bucket),
    microBatches,
    lastShare: 0,
    images: rows * branches,
    inputs: branches * rows * microBatches * numVisionTokens(model.vision) * visionWidth(model.vision),
  };
}

const keyWidth = ({ hiddenSize, numHeads, numKeyValueHeads }: LanguageConfig): number => (hiddenSize / numHeads) * numKeyValueHeads;

/** Packed decoder, key/value caches and one more layer of them while finished rows are dropped, logits, prompts. */
function rolloutValues({ model, config, promptLength }: RunSizes, prompts: number, rows: number): number {
  const { language } = model;
  const { hiddenSize: C, intermediateSize: F, numLayers, vocabSize: V } = language;
  const packed = V * C + linearCount(language);
  const capacity = promptLength + config.policy.maxCompletionLength;
  const layerCache = 2 * rows * capacity * keyWidth(language);
  const merged = config.lora ? Math.max(...decoderLinears(language, 0).map(({ shape: [out, inputs] }) => 2 * out * inputs)) : 0;
  return packed + merged + layerCache * (numLayers + 0.5) + rows * (4 * V + capacity) + prompts * promptLength * (3 * C + 3 * F);
}

const linearCount = (language: LanguageConfig): number =>
  language.numLayers * decoderLinears(language, 0).reduce((sum, { shape: [out, inputs] }) => sum + out * inputs, 0);

/** A pass without a tape: every layer's input, the widest half of a block; or the logits. */
function forwardValues({ hiddenSize: C, intermediateSize: F, numLayers, vocabSize: V }: LanguageConfig, batch: Batch): number {
  const blocks = batch.positions * (numLayers * C + 3 * C + 3 * F);
  return Math.max(blocks, batch.positions * C + batch.predictions * (V + 3 * C));
}

/** Values of one position that a block keeps for its backward pass. */
function keptInBlock({ model, config }: RunSizes): { attention: number; feedForward: number } {
  const { language } = model;
  const { hiddenSize: C, intermediateSize: F, numHeads } = language;
  // Block input, norm, q, rotated k, v, attention output and its log-sum-exp; then residual, norm, gate, up, product.
  const base = { attention: 4 * C + 2 * keyWidth(language) + numHeads + 1, feedForward: 2 * C + 3 * F + 1 };
  const { lora } = config;
  if (!lora) return base;
  const targets = decoderLinears(language, 0).filter(({ name }) => lora.targetModules.some((target) => name.endsWith(`.${target}`)));
  // Two low-rank products; with dropout the mask and what it leaves.
  const extra = (isAttention: boolean): number =>
    targets
      .filter(({ name }) => name.includes('.self_attn.') === isAttention)
      .reduce((sum, { shape: [, inputs] }) => sum + 2 * lora.r + (lora.loraDropout > 0 ? 2 * inputs : 0), 0);
  return { attention: base.attention + extra(true), feedForward: base.feedForward + extra(false) };
}

/**
 * A pass with its backward pass. Activations go one operation at a time, gradients of weights come: the peak is at the head,
 * where all activations are there, or in the first block, where all gradients are.
 */
function updateValues(sizes: RunSizes, batch: Batch): UpdateValues {
  const { model, config, trainedCount } = sizes;
  const { hiddenSize: C, intermediateSize: F, numLayers, vocabSize: V } = model.language;
  const { positions: N, predictions: M, images, microBatches } = batch;
  const kept = keptInBlock(sizes);
  const full = kept.attention + kept.feedForward;
  const isPolicyRun = isPolicy(config);
  const headGradient = config.lora || config.algorithm === 'sft-stage1' ? 0 : V * C;
  const head = M * (2 * V + 3 * C) + headGradient;
  const table = 2 * (V + images * numVisionTokens(model.vision)) * C;
  const before = (microBatches > 1 ? trainedCount : 0) + table;
  const constants = isPolicyRun ? 12 * M : 0;
  const projector = isPolicyRun ? 0 : images * numVisionTokens(model.vision) * (3 * C + 2 * visionWidth(model.vision));
  const window = 2 * F + 2 * C;
  const fixed = before + constants + projector;
  const lastFeedForward = M * (kept.feedForward + C + window);
  const byPredictions = M * (2 * V + 3 * C) + lastFeedForward;
  if (config.gradientCheckpointing) {
    // Only the inputs of blocks are kept; each block is computed again, with all of its positions but in the last one.
    const inputs = N * C * numLayers;
    const last = N * kept.attention + lastFeedForward;
    const again = trainedCount + N * (full + window);
    return {
      atHead: fixed + inputs + Math.max(head, last + headGradient),
      inFirstBlock: fixed + inputs + again - N * C,
      everySize: fixed + inputs + head + lastFeedForward + again,
      byPredictions,
      byRows: constants + inputs + byPredictions + N * (full + window),
    };
  }
  const atHead = fixed + N * ((numLayers - 1) * full + kept.attention) + M * (kept.feedForward + C) + head;
  const backwardOnly = trainedCount + N * window;
  const byRows = constants + N * ((numLayers - 1) * full + kept.attention + window) + M * (kept.feedForward + 2 * V + 4 * C);
  return { atHead, inFirstBlock: fixed + N * full + backwardOnly, everySize: atHead + backwardOnly, byPredictions, byRows };
}

/**
 * How many different numbers of predictions the run's batches are expected to have. A written group is padded to its longest answer. An
 * epoch shows every sample once, so that batches that take most of it hardly differ.
 */
function expectedLengths({ config, meanAnswerLength, answerDeviation, sampleCount, bucket }: RunSizes): number {
  if (isPolicy(config)) return 1;
  const { perDeviceTrainBatchSize: rows, gradientAccumulationSteps } = config.sft;
  const drawn = rows % sampleCount;
  const unlike = drawn * (1 - (drawn - 1) / Math.max(1, sampleCount - 1));
  const sum = { mean: rows * meanAnswerLength, deviation: Math.sqrt(unlike) * answerDeviation };
  return expectedBuckets(sum, bucket, config.maxSteps * gradientAccumulationSteps);
}
