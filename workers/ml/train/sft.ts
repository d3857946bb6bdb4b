// Supervised fine-tuning of DX-LLaVA: one optimizer step over micro-batches (spec/model.md 4, 5). Knows nothing about
// files, images or storage: it gets vision tokens and token rows, and returns the step's scalars.
import { add, dispose, keep, maximum, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../../../src/shared/config/config.ts';
import type { DxLlava, LossOptions } from '../model/dx-llava.ts';
import { computeGradients } from '../model/gradients.ts';
import { lengthBucket } from '../model/length-bucket.ts';
import type { SequenceRow } from '../model/sequence-layout.ts';
import { withDropout } from '../model/lora.ts';
import { weighted } from '../model/losses.ts';
import { AdamwOptimizer, type AdamwSettings } from './optimizer.ts';
import { learningRateAt } from './schedule.ts';

/** Names of what each stage trains (spec/model.md 5); `*` stands for any characters. */
export const STAGE_PARAMETERS = {
  projector: ['model.mm_projector.*'],
  language: ['model.embed_tokens.*', 'model.layers.*', 'model.norm.*', 'lm_head.*'],
  binaryHead: ['model.binary_classifier.*'],
} as const;

interface SftRows {
  rows: readonly SequenceRow[];
  /** [B], 1 = fake. */
  binaryLabels: Tensor | null;
  /** Pads to a multiple of this length; by default what suits the backend. */
  multipleOf?: number;
}

/** One micro-batch behind a frozen tower; everything borrowed. */
export interface EncodedBatch extends SftRows {
  /** [I, S, D] that the language branch sees. */
  visionTokens: Tensor;
  /** [B, S, D] that the binary branch sees; null = that branch is off. */
  binaryVisionTokens: Tensor | null;
}

/** One micro-batch for a tower that is trained too: its tokens are computed inside the tape. Everything borrowed. */
export interface PixelBatch extends SftRows {
  /** [I, size, size, 3], normalised, that the language branch sees. */
  pixelValues: Tensor;
  /** [B, size, size, 3] that the binary branch sees; null = that branch is off. */
  binaryPixelValues: Tensor | null;
}

export type SftBatch = EncodedBatch | PixelBatch;

/** Scalars of one optimizer step: means over the micro-batches. */
export interface SftMetrics {
  loss: number;
  lmLoss: number;
  binaryLoss: number;
  /** Only in the released trainer's sum. */
  cleanBinaryLoss?: number;
  /** Before clipping. */
  gradNorm: number;
  learningRate: number;
  /** A loss or gradient was not finite; nothing was changed. */
  skipped: boolean;
}

/** The optimizer's settings under the names of a run's configuration. */
export function adamwSettings(config: OptimizerConfig): AdamwSettings {
  const { adamBeta1: beta1, adamBeta2: beta2, adamEpsilon: epsilon, weightDecay, maxGradNorm } = config;
  return { beta1, beta2, epsilon, weightDecay, maxGradNorm };
}

/** Trains some parameters of a model. Owns the optimizer state; borrows model and parameters. */
export class SftTrainer {
  readonly optimizer: AdamwOptimizer;
  /** Optimizer steps done, which is also the schedule's position. */
  step = 0;
  readonly #model: DxLlava;
  readonly #parameters: Record<string, Variable>;
  readonly #config: OptimizerConfig;
  readonly #totalSteps: number;
  readonly #loss: LossOptions;

  constructor(model: DxLlava, parameters: Record<string, Variable>, config: OptimizerConfig, totalSteps: number, loss: LossOptions) {
    this.#model = model;
    this.#parameters = parameters;
    this.#config = config;
    this.#totalSteps = totalSteps;
    this.#loss = loss;
    this.optimizer = new AdamwOptimizer(parameters, adamwSettings(config));
  }

  /**
   * One optimizer step: gradients of all micro-batches add up, each divided by their number.
   * @param dropoutKey names the adapter's masks of this step; null = no dropout
   */
  async trainStep(batches: readonly SftBatch[], dropoutKey: string | null = null): Promise<SftMetrics> {
    const learningRate = learningRateAt(this.step, this.#totalSteps, this.#config);
    const sums = new GradientSum();
    try {
      for (const [i, batch] of batches.entries()) {
        const compute = (): MicroGradients => this.#gradients(batch, 1 / batches.length);
        sums.add(withDropout(this.#model.language.adapter, dropoutKey && `${dropoutKey}/${i}`, compute));
      }
    } catch (error) {
      sums.dispose();
      throw error;
    }
    const { gradNorm, skipped, scalars } = await this.optimizer
      .step(sums.gradients, learningRate, sums.scalars)
      .finally(() => sums.disposeScalars());
    this.step++;
    const [loss = NaN, lmLoss = NaN, binaryLoss = NaN, cleanBinaryLoss] = scalars;
    return { loss, lmLoss, binaryLoss, cleanBinaryLoss, gradNorm, learningRate, skipped };
  }

  #gradients(batch: SftBatch, weight: number): MicroGradients {
    const { multipleOf = lengthBucket() } = batch;
    const layout = this.#model.layout(batch.rows, multipleOf);
    const parts: Tensor[] = [];
    try {
      const { value, gradients } = computeGradients(() => {
        const inputs = { layout, ...encoded(this.#model, batch), multipleOf };
        const { loss, lmLoss, binaryLoss, cleanBinaryLoss } = this.#model.losses(inputs, this.#loss);
        for (const part of [lmLoss, binaryLoss, ...(cleanBinaryLoss ? [cleanBinaryLoss] : [])]) parts.push(keep(weighted(part, weight)));
        return weighted(loss, weight);
      }, this.#parameters);
      return { gradients, scalars: [value, ...parts] };
    } catch (error) {
      dispose(parts);
      throw error;
    }
  }

  dispose(): void {
    this.optimizer.dispose();
  }
}

function encoded(model: DxLlava, batch: SftBatch): EncodedBatch {
  if ('visionTokens' in batch) return batch;
  const { pixelValues, binaryPixelValues, ...rows } = batch;
  return {
    ...rows,
    visionTokens: model.encodeImages(pixelValues),
    binaryVisionTokens: binaryPixelValues && model.encodeImages(binaryPixelValues),
  };
}

/** What one micro-batch adds to the step; all owned. */
export interface MicroGradients {
  gradients: Record<string, Tensor>;
  /** Summed over the micro-batches. */
  scalars: Tensor[];
  /** Of which the step's largest counts; always as many. */
  peaks?: Tensor[];
}

/** Adds micro-batches up. Owns the sums until they are taken. */
export class GradientSum {
  gradients: Record<string, Tensor> = {};
  scalars: Tensor[] = [];
  peaks: Tensor[] = [];

  /** @param part consumed, also where memory ends in between */
  add({ gradients, scalars, peaks = [] }: MicroGradients): void {
    try {
      for (const [name, gradient] of Object.entries(gradients)) this.gradients[name] = joined(add, this.gradients[name], gradient);
      for (const [i, value] of scalars.entries()) this.scalars[i] = joined(add, this.scalars[i], value);
      for (const [i, value] of peaks.entries()) this.peaks[i] = joined(maximum, this.peaks[i], value);
    } catch (error) {
      dispose([...Object.values(gradients), ...scalars, ...peaks]);
      throw error;
    }
  }

  disposeScalars(): void {
    dispose([...this.scalars, ...this.peaks]);
    this.scalars = [];
    this.peaks = [];
  }

  /** Frees all, where the step cannot be finished. */
  dispose(): void {
    dispose(this.gradients);
    this.gradients = {};
    this.disposeScalars();
  }
}

/** Both values in one, both consumed. */
function joined(join: (a: Tensor, b: Tensor) => Tensor, a: Tensor | undefined, b: Tensor): Tensor {
  if (a === undefined) return b;
  const both = join(a, b);
  dispose([a, b]);
  return both;
}
