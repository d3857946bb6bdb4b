// DX-LLaVA: vision tower, projector, binary head and decoder in one model (spec/model.md). Owns its rotary tables,
// borrows its weights. Everything here is differentiable; generation is in decoder.ts and generate.ts.
import type { Tensor } from '@tensorflow/tfjs-core';
import { concat, reshape, scalar, tensor, tidy } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { embedding } from '../kernels/embedding.ts';
import { tokenLogProbs } from '../kernels/token-log-probs.ts';
import { binaryLogits } from './binary-head.ts';
import { numVisionTokens, type DxLlavaConfig } from './config.ts';
import { roundUp } from './length-bucket.ts';
import { LanguageModel, contextError } from './language-model.ts';
import { binaryCrossEntropy, languageLoss, totalLoss, weighted, type DxLlavaLosses, type LossWeights } from './losses.ts';
import { VISION_TOWER_PREFIX } from './parameters.ts';
import { projectTokens } from './projector.ts';
import { expandedLength, labelledPredictions, layoutSequences, type SequenceLayout, type SequenceRow } from './sequence-layout.ts';
import { VisionEncoder } from './vision-encoder.ts';
import type { Weights } from './weights.ts';

/** One supervised batch. Vision tokens are computed outside the tape when the tower is frozen, inside when it is not. */
export interface LossInputs {
  layout: SequenceLayout;
  /** [I, S, D] of the images that the language branch sees; borrowed */
  visionTokens: Tensor;
  /** [B, S, D] of the images that the binary branch sees; null switches that branch off; borrowed */
  binaryVisionTokens: Tensor | null;
  /** [B], 1 = fake; borrowed */
  binaryLabels: Tensor | null;
  /** Rounds the number of predicted positions up. */
  multipleOf?: number;
}

export interface LossOptions extends LossWeights {
  /** The released trainer's sum instead of the paper's. */
  releasedLoss?: boolean;
  gradientCheckpointing?: boolean;
}

/** A prompt and what was written after it. */
export interface CompletionRow {
  promptIds: ArrayLike<number>;
  completionIds: ArrayLike<number>;
  /** Which image of `visionTokens` the prompt shows. */
  image: number;
}

/** [B, L] each, L as `completionWidth` says, right-padded; owned by the caller. */
export interface CompletionLogProbs {
  /** 0 where a row has no token. */
  perTokenLogps: Tensor;
  /** Nats; outside the gradient; meaningless where a row has no token. */
  entropy: Tensor;
}

export interface LogProbOptions {
  /** Divides the logits. */
  temperature: number;
  gradientCheckpointing?: boolean;
  /** Pads sequences and completions to a multiple of this length. */
  multipleOf?: number;
}

/** L of a batch: the longest completion, rounded up. */
export function completionWidth(rows: readonly CompletionRow[], multipleOf?: number): number {
  return roundUp(Math.max(1, ...rows.map(({ completionIds }) => completionIds.length)), multipleOf);
}

export class DxLlava {
  readonly config: DxLlavaConfig;
  readonly weights: Weights;
  readonly vision: VisionEncoder;
  readonly language: LanguageModel;

  /** @param weights with the parameters of `dxLlavaParameters`; borrowed */
  constructor(config: DxLlavaConfig, weights: Weights) {
    this.config = config;
    this.weights = weights;
    this.vision = new VisionEncoder(config.vision, weights.get, `${VISION_TOWER_PREFIX}visual.trunk.`);
    this.language = new LanguageModel(config.language, weights);
  }

  /** S */
  get numVisionTokens(): number {
    return numVisionTokens(this.config.vision);
  }

  /** Lays rows out for this model, cut to `tokenizer_model_max_length` after the image tokens are inserted. */
  layout(rows: readonly SequenceRow[], multipleOf = 1): SequenceLayout {
    const { language, tokenizerModelMaxLength } = this.config;
    return layoutSequences(rows, {
      vocabSize: language.vocabSize,
      numVisionTokens: this.numVisionTokens,
      maxLength: tokenizerModelMaxLength,
      multipleOf,
    });
  }

  /**
   * Refuses what the layout would cut.
   * @param extra tokens that follow
   * @throws WorkbenchError E-CONTEXT
   */
  assertFits(ids: ArrayLike<number>, extra = 0): void {
    const length = expandedLength(ids, this.numVisionTokens) + extra;
    if (length > this.config.tokenizerModelMaxLength) throw contextError(length, this.config.tokenizerModelMaxLength);
  }

  /** Whether the layout would leave a row whole. */
  fits(ids: ArrayLike<number>): boolean {
    return expandedLength(ids, this.numVisionTokens) <= this.config.tokenizerModelMaxLength;
  }

  /** @param pixels [I, size, size, 3]; borrowed @returns [I, S, D], owned by the caller */
  encodeImages(pixels: Tensor): Tensor {
    return this.vision.encode(pixels);
  }

  /** @param visionTokens [I, S, D]; borrowed @returns [I, S, C], owned by the caller */
  projectTokens(visionTokens: Tensor): Tensor {
    return projectTokens(visionTokens, this.weights.get);
  }

  /** @param visionTokens [I, S, D]; borrowed @returns logits of "fake" [I], owned by the caller */
  binaryLogits(visionTokens: Tensor): Tensor {
    return tidy(() => binaryLogits(this.projectTokens(visionTokens), this.weights.get));
  }

  /**
   * Input embeddings of a batch.
   * @param visionTokens [I, S, D]; borrowed; may be null when no row shows an image
   * @returns [B, T, C], owned by the caller
   */
  embed(layout: SequenceLayout, visionTokens: Tensor | null): Tensor {
    return tidy(() => {
      const C = this.config.language.hiddenSize;
      const ids = tensor(layout.sources, [layout.batch, layout.length], 'int32');
      const words = this.language.embeddingTable;
      if (!layout.hasImages) return embedding(words, ids);
      if (visionTokens === null) throw new WorkbenchError('E-INTERNAL', 'A row shows an image but none was given.');
      // One table of words and vision tokens: one look-up, and one scatter in the backward pass.
      return embedding(concat([words, reshape(this.projectTokens(visionTokens), [-1, C])], 0), ids);
    });
  }

  /** @returns logits [B, T, V], owned by the caller; positions beyond a row's length are meaningless */
  forwardLogits(layout: SequenceLayout, visionTokens: Tensor | null): Tensor {
    return tidy(() => this.language.logits(this.language.hidden(this.embed(layout, visionTokens))));
  }

  /**
   * Language loss plus binary loss; the head of the language model only sees positions that have a label.
   * @returns scalars, owned by the caller
   */
  losses(inputs: LossInputs, options: LossOptions): DxLlavaLosses {
    const { visionTokens, binaryVisionTokens, binaryLabels } = inputs;
    const lmLoss = this.#languageLoss(inputs, options.gradientCheckpointing);
    if (binaryVisionTokens === null || binaryLabels === null)
      return { loss: weighted(lmLoss, options.lmLossWeight), lmLoss, binaryLoss: scalar(0) };
    const { releasedLoss = false } = options;
    const binaryLoss = tidy(() => binaryCrossEntropy(this.binaryLogits(binaryVisionTokens), binaryLabels, !releasedLoss));
    if (!releasedLoss) return { loss: totalLoss(lmLoss, binaryLoss, options), lmLoss, binaryLoss };
    const cleanBinaryLoss = tidy(() => binaryCrossEntropy(this.binaryLogits(visionTokens), binaryLabels));
    return { loss: totalLoss(lmLoss, binaryLoss, options, cleanBinaryLoss), lmLoss, binaryLoss, cleanBinaryLoss };
  }

  #languageLoss({ layout, visionTokens, multipleOf }: LossInputs, gradientCheckpointing = false): Tensor {
    return tidy(() => {
      const { positions, targets } = labelledPredictions(layout, multipleOf);
      const hidden = this.language.hidden(this.embed(layout, visionTokens), { gradientCheckpointing, positions });
      return languageLoss(this.language.logits(hidden), targets);
    });
  }

  /**
   * Log-probability of every completion token under the model.
   * @param visionTokens [I, S, D]; borrowed; may be null when no prompt shows an image
   * @throws WorkbenchError E-CONTEXT when prompt and completion exceed the model's length
   */
  perTokenLogps(rows: readonly CompletionRow[], visionTokens: Tensor | null, options: LogProbOptions): CompletionLogProbs {
    const layout = this.#completionLayout(rows, options.multipleOf);
    const width = completionWidth(rows, options.multipleOf);
    const positions = new Int32Array(rows.length * width);
    const targets = new Int32Array(rows.length * width).fill(-1);
    for (const [b, { promptIds, completionIds }] of rows.entries()) {
      const first = b * layout.length + expandedLength(promptIds, this.numVisionTokens) - 1;
      for (let t = 0; t < completionIds.length; t++) {
        positions[b * width + t] = first + t;
        targets[b * width + t] = completionIds[t] ?? -1;
      }
    }
    return tidy(() => {
      const { gradientCheckpointing } = options;
      const logits = this.language.logits(this.language.hidden(this.embed(layout, visionTokens), { gradientCheckpointing, positions }));
      const { logProbs, entropy } = tokenLogProbs(logits, tensor(targets, [targets.length], 'int32'), options.temperature);
      return { perTokenLogps: reshape(logProbs, [rows.length, width]), entropy: reshape(entropy, [rows.length, width]) };
    });
  }

  #completionLayout(rows: readonly CompletionRow[], multipleOf?: number): SequenceLayout {
    for (const { promptIds, completionIds } of rows) this.assertFits(promptIds, completionIds.length);
    const whole = rows.map(({ promptIds, completionIds, image }) => ({
      ids: [...Array.from(promptIds), ...Array.from(completionIds)],
      image,
    }));
    return this.layout(whole, multipleOf);
  }

  /** Frees what the model owns; weights and adapter are the caller's. */
  dispose(): void {
    this.language.dispose();
  }
}
