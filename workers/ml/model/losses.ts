// Losses of supervised training (spec/model.md 4).
import type { Tensor } from '@tensorflow/tfjs-core';
import { abs, add, clipByValue, clone, div, exp, log1p, mean, mul, neg, relu, sub, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { tokenLogProbs } from '../kernels/token-log-probs.ts';

/** Logits of the clean branch are cut to this range before the binary loss. */
export const LOGIT_CLAMP = 100;

/**
 * Binary cross-entropy with logits, mean over the rows: max(z, 0) - z y + log(1 + exp(-|z|)).
 * @param logits [B]; borrowed
 * @param labels [B], 1 = fake; borrowed
 * @param clamp cut the logits to +-LOGIT_CLAMP first
 * @returns scalar, owned by the caller
 */
export function binaryCrossEntropy(logits: Tensor, labels: Tensor, clamp = true): Tensor {
  return tidy(() => {
    const z = clamp ? clipByValue(logits, -LOGIT_CLAMP, LOGIT_CLAMP) : logits;
    return mean(add(sub(relu(z), mul(z, labels)), log1p(exp(neg(abs(z))))));
  });
}

/**
 * Mean negative log-likelihood of the targets.
 * @param logits [N, V], one row per target; borrowed
 * @param targets token ids; negative ones do not count
 * @returns scalar, owned by the caller
 * @throws WorkbenchError E-CONFIG when there is no target: the mean would be 0 / 0
 */
export function languageLoss(logits: Tensor, targets: Int32Array): Tensor {
  const count = targets.reduce((sum, target) => sum + Number(target >= 0), 0);
  if (count === 0) {
    throw new WorkbenchError('E-CONFIG', 'The batch holds no answer token to learn from.', {
      safe: 'What the run has stored is unharmed.',
      remedy: 'Check that the answers are not cut off by the maximum length.',
    });
  }
  return tidy(() => {
    const { logProbs } = tokenLogProbs(logits, tensor(targets, [targets.length], 'int32'), 1);
    return neg(div(sum(logProbs), count));
  });
}

export interface LossWeights {
  lmLossWeight: number;
  binaryLossWeight: number;
}

/** Scalars of one batch, owned by the caller. */
export interface DxLlavaLosses {
  loss: Tensor;
  lmLoss: Tensor;
  /** Of the augmented image; 0 when the binary branch is off. */
  binaryLoss: Tensor;
  /** Of the language branch's image; only in the released trainer's sum. */
  cleanBinaryLoss?: Tensor;
}

/** loss * weight; a weight of 1 costs a GPU nothing. @param loss borrowed @returns owned by the caller */
export function weighted(loss: Tensor, weight: number): Tensor {
  return weight === 1 ? clone(loss) : mul(loss, weight);
}

/** The paper's total, and the released trainer's sum when the clean image's binary loss is given (spec/model.md 4). */
export function totalLoss(lmLoss: Tensor, binaryLoss: Tensor, weights: LossWeights, cleanBinaryLoss?: Tensor): Tensor {
  return tidy(() => {
    const paper = add(weighted(lmLoss, weights.lmLossWeight), weighted(binaryLoss, weights.binaryLossWeight));
    return cleanBinaryLoss === undefined ? paper : add(paper, mul(cleanBinaryLoss, weights.binaryLossWeight));
  });
}
