// The update of GRPO and PRPO: log-probabilities of policy, sampler and reference, one of the objectives, AdamW.
// Micro-batches add up to exactly the loss of the whole batch, because each is divided by the step's totals.
// Departs from the released code: log-probabilities see the image tokens, and the sampler is the current policy.
import { dispose, keep, tensor, tidy, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { CompletionRow, DxLlava } from '../model/dx-llava.ts';
import { computeGradients } from '../model/gradients.ts';
import type { AdamwOptimizer } from '../train/optimizer.ts';
import { GradientSum, type MicroGradients } from '../train/sft.ts';
import { maskedShare, type ObjectiveSettings } from './objectives/objective.ts';
import { objectiveOf, type ObjectiveName } from './objectives/table.ts';
import { countTotals, disposeConstants, policyConstants, type PolicyRow } from './policy-batch.ts';
import { stopGradient } from './stop-gradient.ts';

/** A completion with its place in the batch and what the objective needs of it. */
export interface UpdateRow extends CompletionRow, PolicyRow {}

export interface UpdateSettings extends ObjectiveSettings {
  objective: ObjectiveName;
  /** Divides the logits in every log-probability. */
  temperature: number;
  /** Rows of a micro-batch. */
  microBatchSize: number;
  gradientCheckpointing: boolean;
}

/** Scalars of one update; names as the objective gives them, plus the entropy of the policy. */
export interface UpdateResult {
  scalars: Record<string, number>;
  gradNorm: number;
  skipped: boolean;
}

/** Per-row log-probabilities on the host, [T] each. */
export type HostLogProbs = Float32Array[];

/** One model under training with the frozen model it must stay near. Borrows everything. */
export class PolicyUpdate {
  readonly #policy: DxLlava;
  readonly #reference: DxLlava | null;
  readonly #parameters: Record<string, Variable>;
  readonly #settings: UpdateSettings;

  /** @param reference null when there is no KL term */
  constructor(policy: DxLlava, reference: DxLlava | null, parameters: Record<string, Variable>, settings: UpdateSettings) {
    this.#policy = policy;
    this.#reference = reference;
    this.#parameters = parameters;
    this.#settings = settings;
  }

  /** Micro-batches in order. */
  #chunks<Row>(rows: readonly Row[]): Row[][] {
    const size = this.#settings.microBatchSize;
    return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
  }

  /**
   * Log-probabilities of all completions, without a tape.
   * @param of the policy (for the sampler's) or the reference
   */
  async logProbs(rows: readonly UpdateRow[], visionTokens: Tensor | null, of: 'policy' | 'reference'): Promise<HostLogProbs> {
    const model = of === 'policy' ? this.#policy : this.#reference;
    if (model === null) return rows.map(({ completionIds }) => new Float32Array(completionIds.length));
    const all: HostLogProbs = [];
    for (const chunk of this.#chunks(rows)) {
      const logps = tidy(() => model.perTokenLogps(chunk, visionTokens, this.#settings).perTokenLogps);
      const values = await logps.data<'float32'>();
      const width = logps.shape[1] ?? 0;
      logps.dispose();
      for (const [b, row] of chunk.entries()) all.push(Float32Array.from(values.subarray(b * width, b * width + row.completionIds.length)));
    }
    return all;
  }

  /**
   * One optimizer step.
   * @param old of the sampler; null on the first update after sampling: the ratio is then exactly 1
   * @param reference of the frozen model, from `logProbs`; null without a KL term
   */
  async step(
    rows: readonly UpdateRow[],
    visionTokens: Tensor | null,
    optimizer: AdamwOptimizer,
    learningRate: number,
    known: { old: HostLogProbs | null; reference: HostLogProbs | null },
  ): Promise<UpdateResult> {
    const totals = countTotals(rows);
    const sums = new GradientSum();
    let names: string[] = [];
    let start = 0;
    for (const chunk of this.#chunks(rows)) {
      const range = (logps: HostLogProbs | null) => logps?.slice(start, start + chunk.length) ?? null;
      const part = this.#gradients(chunk, visionTokens, totals, { old: range(known.old), reference: range(known.reference) });
      names = part.names;
      sums.add(part);
      start += chunk.length;
    }
    const result = await optimizer.step(sums.gradients, learningRate, sums.scalars);
    sums.disposeScalars();
    const scalars = Object.fromEntries(names.map((name, i) => [name, result.scalars[i] ?? NaN]));
    return { scalars, gradNorm: result.gradNorm, skipped: result.skipped };
  }

  #gradients(
    chunk: readonly UpdateRow[],
    visionTokens: Tensor | null,
    totals: { tokens: number; paragraphs: number },
    known: { old: HostLogProbs | null; reference: HostLogProbs | null },
  ): MicroGradients & { names: string[] } {
    const width = Math.max(1, ...chunk.map(({ completionIds }) => completionIds.length));
    const constants = policyConstants(chunk, width);
    const old = known.old && padded(known.old, width);
    const reference = known.reference && padded(known.reference, width);
    let names: string[] = [];
    const parts: Tensor[] = [];
    const { value, gradients } = computeGradients(() => {
      const { perTokenLogps, entropy } = this.#policy.perTokenLogps(chunk, visionTokens, this.#settings);
      const inputs = {
        logprobs: perTokenLogps,
        oldLogprobs: old ?? stopGradient(perTokenLogps),
        refLogprobs: reference,
        totals,
        ...constants,
      };
      const scalars = {
        ...objectiveOf(this.#settings.objective)(inputs, this.#settings),
        entropy: maskedShare(entropy, constants.mask, totals.tokens),
      };
      names = Object.keys(scalars);
      parts.push(...Object.values(scalars).map((scalar) => keep(scalar)));
      return scalars.loss;
    }, this.#parameters);
    disposeConstants(constants);
    dispose([value, ...[old, reference].filter((tensor) => tensor !== null)]);
    return { gradients, scalars: parts, names };
  }
}

/** Rows of different length as one tensor, padded with 0. @returns [B, width], owned by the caller */
function padded(rows: HostLogProbs, width: number): Tensor {
  const values = new Float32Array(rows.length * width);
  for (const [b, row] of rows.entries()) values.set(row, b * width);
  return tensor(values, [rows.length, width]);
}
