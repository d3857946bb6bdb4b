// GRPO as TRL computes it: `loss_type: dapo`, no dual clip, k3 without clamps (spec/prpo.md 9).
import {
  add,
  cast,
  clipByValue,
  exp,
  greater,
  less,
  logicalAnd,
  logicalOr,
  minimum,
  mul,
  neg,
  sub,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { k3Divergence } from './kl.ts';
import { maskedShare, type Objective } from './objective.ts';

/** @see DeepSeekMath, https://arxiv.org/abs/2402.03300; DAPO, https://arxiv.org/abs/2503.14476 */
export const trlObjective: Objective = (inputs, { epsilon, beta }) => {
  const { logprobs, oldLogprobs, mask, advantages, totals } = inputs;
  const mean = (values: Tensor): Tensor => maskedShare(cast(values, 'float32'), mask, totals.tokens);
  return tidy(() => {
    const ratio = exp(sub(logprobs, oldLogprobs));
    const unclipped = mul(ratio, advantages);
    const clipped = mul(clipByValue(ratio, 1 - epsilon, 1 + epsilon), advantages);
    const [policyLoss, kl] = [neg(mean(minimum(unclipped, clipped))), k3Divergence(inputs, false)];
    const low = logicalAnd(less(ratio, 1 - epsilon), less(advantages, 0));
    const high = logicalAnd(greater(ratio, 1 + epsilon), greater(advantages, 0));
    return {
      loss: add(policyLoss, mul(kl, beta)),
      policyLoss,
      kl,
      clipfrac: mean(logicalOr(low, high)),
      clipLow: mean(low),
      clipHigh: mean(high),
      ratioMean: mean(ratio),
    };
  });
};
