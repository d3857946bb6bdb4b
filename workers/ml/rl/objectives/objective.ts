// What every policy objective takes and returns. One file per objective beside this one; all follow spec/prpo.md 9.
import { cast, div, greater, less, logicalAnd, max, mul, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** A batch of completions, right-padded. Only `logprobs` is differentiated; everything is borrowed. */
export interface ObjectiveInputs {
  /** [B, T] under the current policy. */
  logprobs: Tensor;
  /** [B, T] under the policy that sampled. */
  oldLogprobs: Tensor;
  /** [B, T] under the frozen reference; null when there is no KL term. */
  refLogprobs: Tensor | null;
  /** [B, T], 1 = completion token. */
  mask: Tensor;
  /** [B, T], 0 for tokens of no or of an excluded paragraph. */
  advantages: Tensor;
  /** [B, P, T], 1 where a token belongs to a paragraph that counts. */
  membership: Tensor;
  /** [B, P], 0 where there is no such paragraph. */
  paragraphAdvantages: Tensor;
  /** [B, P], 1 = counts. */
  paragraphMask: Tensor;
  /** Of the whole step, so that micro-batches add up to the loss of one batch. */
  totals: { tokens: number; paragraphs: number };
}

export interface ObjectiveSettings {
  epsilon: number;
  /** KL coefficient. */
  beta: number;
  /** 0 = off. */
  dualClip: number;
}

/** What TRL logs of the ratios, whatever they are of: paragraphs or tokens. */
export interface RatioScalars {
  ratioMean: Tensor;
  /** The largest of this batch, not a share: micro-batches combine it by the maximum. */
  ratioMax: Tensor;
  /** Below the clip range where a negative advantage pushes further down. */
  clipLow: Tensor;
  /** Above the clip range where a positive advantage pushes further up. */
  clipHigh: Tensor;
}

/** Scalars, owned by the caller; each but `ratioMax` is this batch's share of the step's value. */
export type ObjectiveScalars = { loss: Tensor; policyLoss: Tensor; kl: Tensor; clipfrac: Tensor } & RatioScalars & Record<string, Tensor>;

/** loss to minimise, and its parts. */
export type Objective = (inputs: ObjectiveInputs, settings: ObjectiveSettings) => ObjectiveScalars;

/** Sum over the chosen entries divided by a count. @returns scalar, owned by the caller */
export function maskedShare(values: Tensor, mask: Tensor, count: number): Tensor {
  return tidy(() => div(sum(mul(values, mask)), Math.max(1, count)));
}

/**
 * How far ratios lie from 1 and how many are cut, by the sign of their advantage.
 * @param ratio, advantages, mask of one shape; borrowed
 * @param count of the whole step
 */
export function ratioScalars(ratio: Tensor, advantages: Tensor, mask: Tensor, count: number, epsilon: number): RatioScalars {
  return tidy(() => {
    const share = (flags: Tensor): Tensor => maskedShare(cast(flags, 'float32'), mask, count);
    return {
      ratioMean: maskedShare(ratio, mask, count),
      ratioMax: max(mul(ratio, mask)),
      clipLow: share(logicalAnd(less(ratio, 1 - epsilon), less(advantages, 0))),
      clipHigh: share(logicalAnd(greater(ratio, 1 + epsilon), greater(advantages, 0))),
    };
  });
}
