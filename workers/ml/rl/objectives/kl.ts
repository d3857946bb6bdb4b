// The k3 estimator of KL(policy || reference), http://joschu.net/blog/kl-approx.html: e^d - d - 1 with d = log ref - log policy.
import { clipByValue, exp, scalar, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { maskedShare, type ObjectiveInputs } from './objective.ts';

/** Mean over the completion tokens; 0 without a reference. @returns scalar, owned by the caller */
export function k3Divergence(inputs: ObjectiveInputs, clamped: boolean): Tensor {
  const { logprobs, refLogprobs, mask, totals } = inputs;
  if (refLogprobs === null) return scalar(0);
  return tidy(() => {
    const difference = sub(refLogprobs, logprobs);
    const d = clamped ? clipByValue(difference, -20, 20) : difference;
    const k3 = sub(sub(exp(d), d), 1);
    return maskedShare(clamped ? clipByValue(k3, -10, 10) : k3, mask, totals.tokens);
  });
}
