// Supervised fine-tuning for the training loop: annotated samples to micro-batches (spec/model.md 4, 5). The update itself is
// ml/train/sft.ts.
import { dispose, tensor, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { chunks } from '../../src/shared/chunks.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { TrainingRow } from '../ml/text/template.ts';
import { expandedLength, labelledPredictions } from '../ml/model/sequence-layout.ts';
import { SftTrainer, STAGE_PARAMETERS, type EncodedBatch, type SftMetrics } from '../ml/train/sft.ts';
import type { Algorithm, AlgorithmStep, StepHooks } from './algorithm.ts';
import { attachAdapter, type AlgorithmSetup } from './algorithm-setup.ts';
import { batchOf, type HostImage } from './images.ts';
import { addMeasures, lossesOfBatch, measureBatch, NO_MEASURES, ratesOf } from './sft-measures.ts';
import { canLearnFrom, samplesOfStep, withoutBrokenPictures } from './training-data.ts';
import { trainingRowOf } from './training-row.ts';
import type { Trained } from './trainer-state.ts';

/** What both branches see of one sample. */
interface SamplePictures {
  language: HostImage;
  /** null = the binary branch is off. */
  binary: HostImage | null;
}

interface ReadySample {
  sample: SampleRecord;
  loaded: SamplePictures;
}

export class SftAlgorithm implements Algorithm {
  readonly trained: Trained;
  readonly #setup: AlgorithmSetup;
  readonly #trainer: SftTrainer;
  readonly #rows = new Map<string, TrainingRow>();

  constructor(setup: AlgorithmSetup) {
    const { model, config } = setup;
    this.#setup = setup;
    const adapter = attachAdapter(setup);
    const parameters = { ...model.weights.trainable(this.#trainedNames(adapter !== null)), ...adapter?.variables() };
    this.#trainer = new SftTrainer(model.detector.model, parameters, config.optimizer, config.maxSteps, {
      ...config.sft,
      gradientCheckpointing: config.gradientCheckpointing,
    });
    this.trained = { parameters, adapter, optimizer: this.#trainer.optimizer };
  }

  get #hasBinaryBranch(): boolean {
    return this.#setup.config.algorithm === 'sft-stage2' && this.#setup.config.sft.useBinaryLabels;
  }

  /** Stage 1 aligns the projector alone; with LoRA the adapter takes the language model's place. */
  #trainedNames(hasAdapter: boolean): string[] {
    const { projector, language, binaryHead } = STAGE_PARAMETERS;
    if (this.#setup.config.algorithm === 'sft-stage1') return [...projector];
    return [...projector, ...(hasAdapter ? [] : language), ...(this.#hasBinaryBranch ? binaryHead : [])];
  }

  async step(step: number, { onPhase }: StepHooks): Promise<AlgorithmStep> {
    const { data, config } = this.#setup;
    const { perDeviceTrainBatchSize, gradientAccumulationSteps } = config.sft;
    const begin = performance.now();
    const wanted = samplesOfStep(data, config.seed, perDeviceTrainBatchSize * gradientAccumulationSteps, step);
    const whole = await withoutBrokenPictures(wanted, (sample, i) => this.#pictures(sample, `${config.seed}/augment/${step}/${i}`));
    const ready = whole.filter(({ sample }) => this.#hasTarget(sample));
    const left = { 'data/left_out_images': wanted.length - whole.length, 'data/unlearnable_rows': whole.length - ready.length };
    if (ready.length === 0) return { metrics: left, completions: [], phaseMs: {}, numTokens: 0, skipped: false };
    onPhase('update', 0, 1);
    const batches = chunks(ready, perDeviceTrainBatchSize).map((chunk) => this.#batch(chunk));
    try {
      let measures = NO_MEASURES;
      for (const batch of batches) measures = addMeasures(measures, await measureBatch(this.#setup.model.detector.model, batch));
      this.#trainer.step = step;
      const result = await this.#trainer.trainStep(batches, `${config.seed}/dropout/${step}`);
      const update = performance.now() - begin;
      const metrics = { ...this.#metrics(result), ...ratesOf(measures), ...left, ...this.#truncation(ready), step_time: update / 1000 };
      return { metrics, completions: [], phaseMs: { update }, numTokens: measures.sequenceTokens, skipped: result.skipped };
    } finally {
      for (const batch of batches) disposeBatch(batch);
    }
  }

  /** Without augmentation and without dropout; each mini-batch weighs as many as it has rows. */
  async evaluate(samples: readonly SampleRecord[]): Promise<Record<string, number>> {
    const { model, images, config } = this.#setup;
    const usable = samples.filter((sample) => canLearnFrom(sample, config));
    const whole = await withoutBrokenPictures(usable, async ({ id }) => {
      const language = await images.encoded(model, id);
      return { language, binary: this.#hasBinaryBranch ? language : null };
    });
    const ready = whole.filter(({ sample }) => this.#hasTarget(sample));
    const sums = { loss: 0, lmLoss: 0, binaryLoss: 0 };
    for (const chunk of chunks(ready, config.sft.perDeviceTrainBatchSize)) {
      const losses = await this.#lossesOf(chunk);
      for (const name of ['loss', 'lmLoss', 'binaryLoss'] as const) sums[name] += (losses[name] * chunk.length) / ready.length;
    }
    if (ready.length === 0) return {};
    return { eval_loss: sums.loss, eval_lm_loss: sums.lmLoss, ...(this.#hasBinaryBranch ? { eval_binary_loss: sums.binaryLoss } : {}) };
  }

  async #lossesOf(chunk: readonly ReadySample[]): Promise<Record<'loss' | 'lmLoss' | 'binaryLoss', number>> {
    const batch = this.#batch(chunk);
    try {
      return await lossesOfBatch(this.#setup.model.detector.model, batch, this.#setup.config.sft);
    } finally {
      disposeBatch(batch);
    }
  }

  async #pictures({ id }: SampleRecord, key: string): Promise<SamplePictures> {
    const { model, images, config } = this.#setup;
    const pick = (isAugmented: boolean, branch: string): Promise<HostImage> =>
      isAugmented ? images.augmented(model, id, `${key}/${branch}`) : images.encoded(model, id);
    const language = await pick(config.sft.augmentLmBranch, 'lm');
    return { language, binary: this.#hasBinaryBranch ? await pick(config.sft.augmentBinaryBranch, 'binary') : null };
  }

  #row(sample: SampleRecord): TrainingRow {
    const known = this.#rows.get(sample.id);
    if (known) return known;
    const { config, model } = this.#setup;
    const row = trainingRowOf(sample, config, model.detector.tokenizer);
    this.#rows.set(sample.id, row);
    return row;
  }

  /** False where the cut to the model's length leaves nothing of the answer. */
  #hasTarget(sample: SampleRecord): boolean {
    const { inputIds, labels } = this.#row(sample);
    const { model } = this.#setup.model.detector;
    return labelledPredictions(model.layout([{ ids: inputIds, labels, image: 0 }])).targets.length > 0;
  }

  /** Owned by the caller. */
  #batch(ready: readonly ReadySample[]): EncodedBatch {
    const { detector } = this.#setup.model;
    const rows = ready.map(({ sample }, image) => {
      const { inputIds, labels } = this.#row(sample);
      return { ids: inputIds, labels, image };
    });
    const { visionTokens } = batchOf(detector, ready.map(({ loaded }) => loaded.language)); // prettier-ignore
    const binary = ready.flatMap(({ loaded }) => loaded.binary ?? []);
    if (binary.length === 0) return { rows, visionTokens, binaryVisionTokens: null, binaryLabels: null };
    return {
      rows,
      visionTokens,
      binaryVisionTokens: batchOf(detector, binary).visionTokens,
      binaryLabels: tensor(ready.map(({ sample }) => isFake(sample))),
    };
  }

  #metrics({ loss, lmLoss, binaryLoss, cleanBinaryLoss, gradNorm, learningRate }: SftMetrics): Record<string, number> {
    const { lmLossWeight, binaryLossWeight } = this.#setup.config.sft;
    const binary: Record<string, number> = this.#hasBinaryBranch ? { binary_loss: binaryLoss, binary_loss_weight: binaryLossWeight } : {};
    return {
      loss,
      total_loss: loss,
      lm_loss: lmLoss,
      lm_loss_weight: lmLossWeight,
      perplexity: Math.exp(lmLoss),
      ...binary,
      ...(cleanBinaryLoss === undefined ? {} : { clean_binary_loss: cleanBinaryLoss }),
      grad_norm: gradNorm,
      learning_rate: learningRate,
    };
  }

  /** Rows that are longer than the model takes are cut at the end. */
  #truncation(ready: readonly ReadySample[]): Record<string, number> {
    const { detector, config } = this.#setup.model;
    const isCut = ({ sample }: ReadySample): boolean =>
      expandedLength(this.#row(sample).inputIds, detector.model.numVisionTokens) > config.tokenizerModelMaxLength;
    return { 'data/truncated_rows': ready.filter(isCut).length };
  }

  dispose(): void {
    this.#trainer.dispose();
    this.trained.adapter?.dispose();
  }
}

/** 1 = fake. The annotation's own label goes before the folder's, as in the official data. */
function isFake({ annotation, label }: SampleRecord): number {
  return annotation?.binaryLabel ?? Number(label === 'fake');
}

function disposeBatch({ visionTokens, binaryVisionTokens, binaryLabels }: EncodedBatch): void {
  dispose([visionTokens, binaryVisionTokens, binaryLabels].filter((one): one is Tensor | Variable => one !== null));
}
