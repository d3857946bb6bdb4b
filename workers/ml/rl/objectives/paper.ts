// PRPO's objective: one importance ratio per paragraph, clipped, and a KL penalty (spec/prpo.md 9, preset `paper`).
// J = mean_j min(r_j A_j, clip(r_j, 1 - eps, 1 + eps) A_j) - beta KL, r_j = exp(sum of log-ratios over paragraph j).
import { add, cast, clipByValue, exp, expandDims, less, matMul, minimum, mul, neg, squeeze, sub, tidy } from '@tensorflow/tfjs-core';
import { k3Divergence } from './kl.ts';
import { maskedShare, ratioScalars, type Objective } from './objective.ts';

/** A sum over 100 tokens must not overflow the exponential. */
const LOG_RATIO_LIMIT = 20;

/** @see PRPO, https://arxiv.org/abs/2509.26272 */
export const paperObjective: Objective = (inputs, { epsilon, beta }) => {
  const { logprobs, oldLogprobs, membership, paragraphAdvantages, paragraphMask, totals } = inputs;
  return tidy(() => {
    const perToken = expandDims(sub(logprobs, oldLogprobs), 2); // [B, T, 1]
    const perParagraph = squeeze(matMul(membership, perToken), [2]); // [B, P]
    const ratio = exp(clipByValue(perParagraph, -LOG_RATIO_LIMIT, LOG_RATIO_LIMIT));
    const unclipped = mul(ratio, paragraphAdvantages);
    const clipped = mul(clipByValue(ratio, 1 - epsilon, 1 + epsilon), paragraphAdvantages);
    const policyLoss = neg(maskedShare(minimum(unclipped, clipped), paragraphMask, totals.paragraphs));
    const clipfrac = maskedShare(cast(less(clipped, unclipped), 'float32'), paragraphMask, totals.paragraphs);
    const kl = k3Divergence(inputs, true);
    const ratios = ratioScalars(ratio, paragraphAdvantages, paragraphMask, totals.paragraphs, epsilon);
    return { loss: add(policyLoss, mul(kl, beta)), policyLoss, kl, clipfrac, ...ratios };
  });
};
