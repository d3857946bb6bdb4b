// verl's token-level clipped loss with dual clip: what the released PRPO code optimises, and verl's GRPO (spec/prpo.md 9).
import {
  add,
  cast,
  clipByValue,
  exp,
  greater,
  less,
  logicalAnd,
  maximum,
  minimum,
  mul,
  neg,
  sub,
  tidy,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { k3Divergence } from './kl.ts';
import { maskedShare, ratioScalars, type Objective } from './objective.ts';

const asNumber = (condition: Tensor): Tensor => cast(condition, 'float32');

/** @see Ye et al. 2020, https://arxiv.org/abs/1912.09729 (dual clip) */
export const tokenClipObjective: Objective = (inputs, { epsilon, beta, dualClip }) => {
  const { logprobs, oldLogprobs, mask, advantages, totals } = inputs;
  const mean = (values: Tensor): Tensor => maskedShare(values, mask, totals.tokens);
  return tidy(() => {
    const logRatio = clipByValue(sub(logprobs, oldLogprobs), -20, 20);
    const ratio = exp(logRatio);
    const unclipped = neg(mul(advantages, ratio));
    const clipped = neg(mul(advantages, clipByValue(ratio, 1 - epsilon, 1 + epsilon)));
    const upper = maximum(unclipped, clipped);
    const floor = mul(advantages, -dualClip);
    const negative = less(advantages, 0);
    const losses = dualClip > 0 ? where(negative, minimum(upper, floor), upper) : upper;
    const lower = dualClip > 0 ? asNumber(logicalAnd(negative, greater(upper, floor))) : mul(mask, 0);
    const [policyLoss, kl] = [mean(losses), k3Divergence(inputs, true)];
    const clipfrac = mean(asNumber(greater(clipped, unclipped)));
    return {
      loss: add(policyLoss, mul(kl, beta)),
      policyLoss,
      kl,
      clipfrac,
      clipfracLower: mean(lower),
      ppoKl: mean(neg(logRatio)),
      ...ratioScalars(ratio, advantages, mask, totals.tokens, epsilon),
    };
  });
};
