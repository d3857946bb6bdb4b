// Stages 2 and 3 of pretraining: the decoder learns to describe pictures (no answer line), then to explain and answer.
// Departs from LLaVA in stage 2: the decoder starts from nothing, so it is trained together with the projector.
import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../../../src/shared/config/config.ts';
import { RL_PROMPT, SFT_PROMPT } from '../../../src/shared/config/prompts.ts';
import type { Label } from '../../../src/shared/domain/sample.ts';
import { augment } from '../../../src/shared/image/augment.ts';
import { normalise } from '../../../src/shared/image/transform.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import { writeAnnotation, writeDescription } from '../../data/demo/grammar.ts';
import type { Detector } from '../../ml/model/detector.ts';
import { dxLlavaParameters, VISION_TOWER_PREFIX } from '../../ml/model/parameters.ts';
import type { SequenceRow } from '../../ml/model/sequence-layout.ts';
import { Weights } from '../../ml/model/weights.ts';
import { buildTrainingRow } from '../../ml/text/template.ts';
import type { Tokenizer } from '../../ml/text/tokenizer.ts';
import { batchIndices } from '../../ml/train/data-order.ts';
import { SftTrainer, STAGE_PARAMETERS, type EncodedBatch } from '../../ml/train/sft.ts';
import { tokensOf, type EncodedSet } from './encoded-set.ts';
import type { NanoParts } from './nano.ts';

export interface LanguageStage {
  steps: number;
  batchSize: number;
  /** Rows of a micro-batch. */
  microBatchSize: number;
  learningRate: number;
  seed: number;
}

const OPTIMIZER: Omit<OptimizerConfig, 'learningRate'> = {
  adamBeta1: 0.9,
  adamBeta2: 0.98,
  adamEpsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
  warmupSteps: 40,
  lrSchedulerType: 'cosine',
};

/** Fresh decoder, projector and head around the trained trunk. Owned by the caller. */
export function createLanguageWeights(parts: NanoParts, towers: Weights, seed: number): Weights {
  const weights = Weights.create(dxLlavaParameters(parts.config), { seed });
  const trunk = `${VISION_TOWER_PREFIX}visual.trunk.`;
  for (const name of weights.names().filter((one) => one.startsWith(trunk)))
    weights.set(name, towers.get(name.slice(VISION_TOWER_PREFIX.length)));
  return weights;
}

/** What is said of picture i; `epoch` picks the phrasing. */
type Writer = (index: number, random: RandomStream) => string;

/** Rows of a batch: the picture's text after one of the two prompts. */
function rowsOf(tokenizer: Tokenizer, indices: readonly number[], write: Writer, random: RandomStream): SequenceRow[] {
  return indices.map((index, image) => {
    const question = random.chance(0.5) ? SFT_PROMPT : RL_PROMPT;
    const { inputIds, labels } = buildTrainingRow({ template: 'v1', question, answer: write(index, random), tokenizer });
    return { ids: inputIds, labels, image };
  });
}

/** Makes the part of a batch that the binary branch sees; null in stage 2. */
type BinaryBranch = (indices: readonly number[], random: RandomStream) => Pick<EncodedBatch, 'binaryVisionTokens' | 'binaryLabels'>;

const NO_BINARY: BinaryBranch = () => ({ binaryVisionTokens: null, binaryLabels: null });

async function trainLanguage(
  detector: Detector,
  set: EncodedSet,
  names: readonly string[],
  stage: LanguageStage,
  write: Writer,
  binary: BinaryBranch,
  log: (line: string) => void,
): Promise<void> {
  const parameters = detector.model.weights.trainable(names);
  const trainer = new SftTrainer(detector.model, parameters, { ...OPTIMIZER, learningRate: stage.learningRate }, stage.steps, {
    lmLossWeight: 1,
    binaryLossWeight: 10,
  });
  for (let step = 0; step < stage.steps; step++) {
    const random = RandomStream.fromText(`language/${stage.seed}/${step}`);
    const indices = batchIndices(stage.seed, set.keys.length, stage.batchSize, step);
    const batches = chunks(indices, stage.microBatchSize).map((part) => ({
      rows: rowsOf(detector.tokenizer, part, write, random),
      visionTokens: tokensOf(set, part),
      ...binary(part, random),
    }));
    const { lmLoss, binaryLoss, gradNorm } = await trainer.trainStep(batches);
    for (const { visionTokens, binaryVisionTokens, binaryLabels } of batches)
      dispose([visionTokens, binaryVisionTokens, binaryLabels].filter((one) => one !== null));
    if (step % 25 === 24)
      log(`step ${step + 1}/${stage.steps} lm ${lmLoss.toFixed(3)} binary ${binaryLoss.toFixed(3)} grad ${gradNorm.toFixed(2)}`);
  }
  trainer.dispose();
}

const chunks = (indices: readonly number[], size: number): number[][] =>
  Array.from({ length: Math.ceil(indices.length / size) }, (_, i) => indices.slice(i * size, (i + 1) * size));

/** Stage 2: describe pictures of the broad set; no answer line, no label. */
export async function alignLanguage(detector: Detector, set: EncodedSet, stage: LanguageStage, log: (line: string) => void): Promise<void> {
  const write: Writer = (index, random) => writeDescription(set.artefacts[index] ?? [], random);
  await trainLanguage(detector, set, [...STAGE_PARAMETERS.projector, ...STAGE_PARAMETERS.language], stage, write, NO_BINARY, log);
}

/** Stage 3: explain and answer, LM + 10 x BCE of the augmented picture. */
export async function tuneInstructions(
  detector: Detector,
  set: EncodedSet,
  labels: readonly Label[],
  stage: LanguageStage,
  log: (line: string) => void,
): Promise<void> {
  const write: Writer = (index, random) => writeAnnotation(set.artefacts[index] ?? [], labels[index] ?? 'real', random);
  const binary: BinaryBranch = (indices, random) => ({
    binaryVisionTokens: augmentedTokens(detector, set, indices, random),
    binaryLabels: tensor(indices.map((index) => Number(labels[index] === 'fake'))), // prettier-ignore
  });
  await trainLanguage(
    detector,
    set,
    [...STAGE_PARAMETERS.projector, ...STAGE_PARAMETERS.language, ...STAGE_PARAMETERS.binaryHead],
    stage,
    write,
    binary,
    log,
  );
}

/** @returns [B, S, D] of augmented copies, owned by the caller */
function augmentedTokens(detector: Detector, set: EncodedSet, indices: readonly number[], random: RandomStream): Tensor {
  const length = set.size * set.size * 3;
  const batch = new Float32Array(indices.length * length);
  for (const [row, index] of indices.entries()) {
    const image = { width: set.size, height: set.size, data: set.pixels.subarray(index * length, (index + 1) * length) };
    normalise(augment(image, random, set.size), 'nhwc', batch, row * length);
  }
  const pixels = tensor(batch, [indices.length, set.size, set.size, 3]);
  const tokens = detector.model.encodeImages(pixels);
  pixels.dispose();
  return tokens;
}
