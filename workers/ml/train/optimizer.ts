// AdamW over named variables with one clipping of the global gradient norm. The update itself is the fused op `adamw`.
import { concat, dispose, reshape, tidy, variable, zeros, type NamedTensorMap, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { adamwAll } from '../kernels/adamw.ts';
import { totalSquares } from '../kernels/sum-squares.ts';

export interface AdamwSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** 0 = no clipping. */
  maxGradNorm: number;
}

export interface StepResult {
  /** L2 norm of all gradients together, before clipping. */
  gradNorm: number;
  /** The norm or one of the scalars was not finite: nothing was changed but the count. */
  skipped: boolean;
  /** The scalars that were read back with the norm, in order. */
  scalars: number[];
}

/**
 * Names that get no weight decay: biases and norm weights, as in Hugging Face's Trainer, and layer scales, as in open_clip.
 * timm numbers the norms of a ConvNeXt's stem and downsampling.
 */
export function decays(name: string): boolean {
  return !/bias$|norm\.weight$|ln_\w+\.weight$|\bstem\.1\.weight$|\bdownsample\.0\.weight$|\.gamma$/.test(name);
}

const zeroVariable = ({ shape }: Variable): Variable => tidy(() => variable(zeros(shape), false));

interface Slot {
  parameter: Variable;
  m: Variable;
  v: Variable;
}

/** Optimizer state. Owns its moments, borrows the parameters. */
export class AdamwOptimizer {
  readonly settings: AdamwSettings;
  /** Updates made, which is the exponent of the bias correction. */
  updates = 0;
  private readonly slots = new Map<string, Slot>();

  /** @param parameters name -> variable; borrowed, updated in place */
  constructor(parameters: Record<string, Variable>, settings: AdamwSettings) {
    this.settings = settings;
    try {
      for (const [name, parameter] of Object.entries(parameters)) {
        const m = zeroVariable(parameter);
        this.slots.set(name, { parameter, m, v: m });
        this.slots.set(name, { parameter, m, v: zeroVariable(parameter) });
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * One update. Reads norm and scalars back in one transfer (the step's only GPU sync point).
   * @param gradients by parameter name, one for each; consumed
   * @param scalars rank-0 or [1] tensors to read with the norm, e.g. the loss; borrowed
   */
  async step(gradients: NamedTensorMap, learningRate: number, scalars: Tensor[] = []): Promise<StepResult> {
    try {
      const [squared = NaN, ...values] = await readStacked(
        [...this.slots.keys()].map((name) => this.gradient(gradients, name)),
        scalars,
      );
      const gradNorm = Math.sqrt(squared);
      if (!Number.isFinite(gradNorm) || !values.every(Number.isFinite)) return { gradNorm, skipped: true, scalars: values };
      this.apply(gradients, learningRate, gradNorm);
      return { gradNorm, skipped: false, scalars: values };
    } finally {
      dispose(gradients);
    }
  }

  private gradient(gradients: NamedTensorMap, name: string): Tensor {
    const gradient = gradients[name];
    if (!gradient) throw new Error(`No gradient for ${name}.`);
    return gradient;
  }

  private apply(gradients: NamedTensorMap, learningRate: number, gradNorm: number): void {
    const { maxGradNorm, beta1, beta2, epsilon, weightDecay } = this.settings;
    const gradientScale = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (gradNorm + 1e-6)) : 1;
    this.updates++;
    const parts = [...this.slots].map(([name, slot]) => ({
      ...slot,
      gradient: this.gradient(gradients, name),
      weightDecay: decays(name) ? weightDecay : 0,
    }));
    adamwAll(parts, { learningRate, beta1, beta2, epsilon, step: this.updates, gradientScale });
  }

  /** The moments under `<name>.m` and `<name>.v`; borrowed, for saving. */
  state(): Record<string, Tensor> {
    const entries = [...this.slots].flatMap(([name, { m, v }]) => [[`${name}.m`, m] as const, [`${name}.v`, v] as const]);
    return Object.fromEntries(entries);
  }

  /** Restores what `state` and `updates` held. @param tensors borrowed */
  restore(tensors: Record<string, Tensor>, updates: number): void {
    for (const [name, slot] of this.slots) {
      for (const key of ['m', 'v'] as const) {
        const saved = tensors[`${name}.${key}`];
        if (!saved) throw new Error(`No optimizer state for ${name}.`);
        slot[key].assign(saved);
      }
    }
    this.updates = updates;
  }

  dispose(): void {
    for (const { m, v } of this.slots.values()) dispose([m, v]);
    this.slots.clear();
  }
}

/** Sum of squares of all tensors, then the scalars, in one read. */
async function readStacked(tensors: Tensor[], scalars: Tensor[]): Promise<number[]> {
  const stacked = tidy(() => {
    return concat([totalSquares(tensors), ...scalars.map((scalar) => reshape(scalar, [1]))]);
  });
  try {
    return Array.from(await stacked.data<'float32'>());
  } finally {
    stacked.dispose();
  }
}
