// GRPO as TRL computes it: `loss_type: dapo`, no dual clip, k3 without clamps (spec/prpo.md 9).
import { add, clipByValue, exp, minimum, mul, neg, sub, tidy } from '@tensorflow/tfjs-core';
import { k3Divergence } from './kl.ts';
import { maskedShare, ratioScalars, type Objective } from './objective.ts';

/** @see DeepSeekMath, https://arxiv.org/abs/2402.03300; DAPO, https://arxiv.org/abs/2503.14476 */
export const trlObjective: Objective = (inputs, { epsilon, beta }) => {
  const { logprobs, oldLogprobs, mask, advantages, totals } = inputs;
  return tidy(() => {
    const ratio = exp(sub(logprobs, oldLogprobs));
    const unclipped = mul(ratio, advantages);
    const clipped = mul(clipByValue(ratio, 1 - epsilon, 1 + epsilon), advantages);
    const [policyLoss, kl] = [neg(maskedShare(minimum(unclipped, clipped), mask, totals.tokens)), k3Divergence(inputs, false)];
    const ratios = ratioScalars(ratio, advantages, mask, totals.tokens, epsilon);
    return {
      loss: add(policyLoss, mul(kl, beta)),
      policyLoss,
      kl,
      clipfrac: add(ratios.clipLow, ratios.clipHigh), // no ratio is both
      ...ratios,
    };
  });
};
