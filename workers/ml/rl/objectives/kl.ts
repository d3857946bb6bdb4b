// The k3 estimator of KL(policy || reference), http://joschu.net/blog/kl-approx.html: e^d - d - 1 with d = log ref - log policy.
import { abs, add, clipByValue, customGrad, exp, less, mul, scalar, sub, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import { maskedShare, type ObjectiveInputs } from './objective.ts';

/** Below this the difference of numbers near 1 would leave only rounding in f32. */
const SMALL = 0.25;
const LAST_TERM = 7;

/** 1 + x/k (1 + x/(k + 1) (1 + ...)) up to x/7: for |x| below 0.25 what is left out is below 1e-8. */
function series(x: Tensor, k: number): Tensor {
  return k === LAST_TERM ? add(1, mul(x, 1 / k)) : add(1, mul(mul(x, 1 / k), series(x, k + 1)));
}

/** Picks by the size of d; both values are finite everywhere. */
const bySize = (d: Tensor, small: (x: Tensor) => Tensor, large: Tensor): Tensor =>
  where(less(abs(d), SMALL), small(clipByValue(d, -SMALL, SMALL)), large);

/** e^d - d - 1 with the gradient e^d - 1, by their series where d is small: at the start of training nearly everywhere. */
export function expMinusLine(d: Tensor): Tensor {
  return customGrad((...args) => {
    const value = bySize(d, (x) => mul(mul(mul(x, x), 0.5), series(x, 3)), sub(sub(exp(d), d), 1));
    const save = args.at(-1);
    if (typeof save === 'function') save([d]); // last: what is saved outlives an error
    const slope = (at: Tensor): Tensor => bySize(at, (x) => mul(x, series(x, 2)), sub(exp(at), 1));
    return { value, gradFunc: (dy: Tensor, [at = d]: Tensor[]): Tensor => mul(dy, slope(at)) };
  })(d);
}

/** Mean over the completion tokens; 0 without a reference. @returns scalar, owned by the caller */
export function k3Divergence(inputs: ObjectiveInputs, clamped: boolean): Tensor {
  const { logprobs, refLogprobs, mask, totals } = inputs;
  if (refLogprobs === null) return scalar(0);
  return tidy(() => {
    const difference = sub(refLogprobs, logprobs);
    const d = clamped ? clipByValue(difference, -20, 20) : difference;
    const k3 = expMinusLine(d);
    return maskedShare(clamped ? clipByValue(k3, -10, 10) : k3, mask, totals.tokens);
  });
}
