// The update of GRPO and PRPO: log-probabilities of policy, sampler and reference, one of the objectives, AdamW.
// Micro-batches add up to exactly the loss of the whole batch, because each is divided by the step's totals.
// Departs from the released code: log-probabilities see the image tokens, and the sampler is the current policy.
import { chunks } from '../../../src/shared/chunks.ts';
import { dispose, keep, stack, tensor, tidy, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { completionWidth, type CompletionRow, type DxLlava } from '../model/dx-llava.ts';
import { computeGradients } from '../model/gradients.ts';
import { lengthBucket } from '../model/length-bucket.ts';
import { withDropout } from '../model/lora.ts';
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
  /** Pads to a multiple of this length; by default what suits the backend. */
  multipleOf?: number;
}

/** Scalars of one update; names as the objective gives them, plus the entropy of the policy. */
export interface UpdateResult {
  scalars: Record<string, number>;
  gradNorm: number;
  skipped: boolean;
}

/** Per-row log-probabilities on the host, [T] each. */
export type HostLogProbs = Float32Array[];

/** What is known of the rows before the update, in their order. */
export interface KnownLogProbs {
  old: HostLogProbs | null;
  reference: HostLogProbs | null;
}

/** Log-probabilities that are being computed. Owns their tensors: `read` it or `dispose` of it. */
export class PendingLogProbs {
  readonly #lengths: readonly number[];
  readonly #parts: { logps: Tensor; indices: readonly number[] }[] = [];

  /** @param lengths of the completions */
  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
  }

  /** @param logps [B, width], taken over @param indices places of its rows among all */
  add(logps: Tensor, indices: readonly number[]): void {
    this.#parts.push({ logps, indices });
  }

  /** Waits for them and frees the tensors. */
  async read(): Promise<HostLogProbs> {
    try {
      const all = this.#lengths.map((length) => new Float32Array(length));
      for (const { logps, indices } of this.#parts) {
        const values = await logps.data<'float32'>();
        const width = logps.shape[1] ?? 0;
        for (const [b, index] of indices.entries()) all[index]?.set(values.subarray(b * width, b * width + (all[index]?.length ?? 0)));
      }
      return all;
    } finally {
      this.dispose();
    }
  }

  dispose(): void {
    dispose(this.#parts.splice(0).map(({ logps }) => logps));
  }
}

/** The one scalar of an objective that is no share of the step. */
const PEAK = 'ratioMax';

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
    this.#settings = { multipleOf: lengthBucket(), ...settings };
  }

  /**
   * Log-probabilities of all completions, without a tape and without dropout.
   * @param of the policy (for the sampler's) or the reference
   */
  logProbs(rows: readonly CompletionRow[], visionTokens: Tensor | null, of: 'policy' | 'reference'): Promise<HostLogProbs> {
    return this.startLogProbs(rows, visionTokens, of).read();
  }

  /** As `logProbs`, but nothing waits for them yet: the backend computes them while JavaScript does something else. */
  startLogProbs(rows: readonly CompletionRow[], visionTokens: Tensor | null, of: 'policy' | 'reference'): PendingLogProbs {
    const model = of === 'policy' ? this.#policy : this.#reference;
    const pending = new PendingLogProbs(rows.map(({ completionIds }) => completionIds.length));
    if (model === null) return pending;
    try {
      for (const { chunk, indices } of microBatches(rows, this.#settings.microBatchSize))
        pending.add(
          tidy(() => model.perTokenLogps(chunk, visionTokens, this.#settings).perTokenLogps),
          indices,
        );
      return pending;
    } catch (error) {
      pending.dispose();
      throw error;
    }
  }

  /**
   * One optimizer step.
   * @param known.old of the sampler; null on the first update after sampling: the ratio is then exactly 1
   * @param known.reference of the frozen model, from `logProbs`; null without a KL term
   * @param dropoutKey names the adapter's masks of this update; null = no dropout
   */
  async step(
    rows: readonly UpdateRow[],
    visionTokens: Tensor | null,
    optimizer: AdamwOptimizer,
    learningRate: number,
    known: KnownLogProbs,
    dropoutKey: string | null = null,
  ): Promise<UpdateResult> {
    const { sums, names } = this.#sumOver(rows, visionTokens, known, (compute, chunk) => {
      const key = dropoutKey && `${dropoutKey}/${chunk}`;
      return withDropout(this.#policy.language.adapter, key, () => this.#withGradients(compute));
    });
    const read = [...sums.scalars, ...sums.peaks];
    const result = await optimizer.step(sums.gradients, learningRate, read).finally(() => sums.disposeScalars());
    const scalars = Object.fromEntries(names.map((name, i) => [name, result.scalars[i] ?? NaN]));
    return { scalars, gradNorm: result.gradNorm, skipped: result.skipped };
  }

  /** The scalars of `step` without gradients, without dropout and with nothing changed. */
  async evaluate(rows: readonly UpdateRow[], visionTokens: Tensor | null, known: KnownLogProbs): Promise<Record<string, number>> {
    const { sums, names } = this.#sumOver(rows, visionTokens, known, (compute) => ({ ...namedParts(tidy(compute)), gradients: {} }));
    const all = tidy(() => stack([...sums.scalars, ...sums.peaks]));
    sums.disposeScalars();
    const values = await all.data().finally(() => all.dispose());
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? NaN]));
  }

  /** @param measure what is done with the scalars of a micro-batch, which `compute` makes; called within its constants' life */
  #sumOver(
    rows: readonly UpdateRow[],
    visionTokens: Tensor | null,
    known: KnownLogProbs,
    measure: (compute: () => Scalars, chunk: number) => MicroGradients & { names: string[] },
  ): { sums: GradientSum; names: string[] } {
    const totals = countTotals(rows);
    const sums = new GradientSum();
    let names: string[] = [];
    try {
      for (const [i, { chunk, indices }] of microBatches(rows, this.#settings.microBatchSize).entries()) {
        const pick = (logps: HostLogProbs | null): HostLogProbs | null => logps && indices.flatMap((index) => logps[index] ?? []);
        const own = { old: pick(known.old), reference: pick(known.reference) };
        const part = this.#withConstants(chunk, visionTokens, totals, own, (compute) => measure(compute, i));
        names = part.names;
        sums.add(part);
      }
      return { sums, names };
    } catch (error) {
      sums.dispose();
      throw error;
    }
  }

  #withConstants<Result>(
    chunk: readonly UpdateRow[],
    visionTokens: Tensor | null,
    totals: { tokens: number; paragraphs: number },
    known: KnownLogProbs,
    use: (compute: () => Scalars) => Result,
  ): Result {
    const width = completionWidth(chunk, this.#settings.multipleOf);
    const constants = policyConstants(chunk, width);
    const old = known.old && padded(known.old, width);
    const reference = known.reference && padded(known.reference, width);
    try {
      return use(() => {
        const { perTokenLogps, entropy } = this.#policy.perTokenLogps(chunk, visionTokens, this.#settings);
        const inputs = {
          logprobs: perTokenLogps,
          oldLogprobs: old ?? stopGradient(perTokenLogps),
          refLogprobs: reference,
          totals,
          ...constants,
        };
        return {
          ...objectiveOf(this.#settings.objective)(inputs, this.#settings),
          entropy: maskedShare(entropy, constants.mask, totals.tokens),
        };
      });
    } finally {
      disposeConstants(constants);
      dispose([old, reference].filter((tensor) => tensor !== null));
    }
  }

  #withGradients(compute: () => Scalars): MicroGradients & { names: string[] } {
    let kept: Scalars | null = null;
    try {
      const { value, gradients } = computeGradients(() => {
        kept = compute();
        for (const scalar of Object.values(kept)) keep(scalar);
        return kept.loss;
      }, this.#parameters);
      value.dispose();
      return { ...namedParts(kept ?? {}), gradients };
    } catch (error) {
      dispose(kept ?? {});
      throw error;
    }
  }
}

/** What the objectives return, and the entropy. */
type Scalars = Record<string, Tensor> & { loss: Tensor };

/** Shares of the step's totals in their order, and the peak. */
function namedParts({ [PEAK]: peak, ...shares }: Record<string, Tensor>): Pick<MicroGradients, 'scalars' | 'peaks'> & { names: string[] } {
  return { scalars: Object.values(shares), peaks: peak ? [peak] : [], names: [...Object.keys(shares), PEAK] };
}

interface MicroBatch<Row> {
  chunk: Row[];
  /** Places of its rows in the whole batch. */
  indices: number[];
}

/**
 * Rows of like length together, the longest first: less padding, and the memory of the first serves all. The order changes no
 * number but by rounding, because every row is divided by the totals of the whole step.
 */
export function microBatches<Row extends CompletionRow>(rows: readonly Row[], size: number): MicroBatch<Row>[] {
  const order = rows.map((row, index) => ({ row, index })).sort((a, b) => b.row.completionIds.length - a.row.completionIds.length);
  return chunks(order, size).map((part) => ({ chunk: part.map(({ row }) => row), indices: part.map(({ index }) => index) }));
}

/** Rows of different length as one tensor, padded with 0. @returns [B, width], owned by the caller */
function padded(rows: HostLogProbs, width: number): Tensor {
  const values = new Float32Array(rows.length * width);
  for (const [b, row] of rows.entries()) values.set(row, b * width);
  return tensor(values, [rows.length, width]);
}
