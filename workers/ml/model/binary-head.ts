// The binary head on projected tokens (spec/model.md 1): P(fake) = sigmoid of its logit.
import type { Tensor } from '@tensorflow/tfjs-core';
import { clipByValue, mean, relu, reshape, tidy } from '@tensorflow/tfjs-core';
import { linear } from '../kernels/linear.ts';
import type { Lookup } from './weights.ts';

/** Projected features are cut to this range before pooling. */
const FEATURE_CLAMP = 10;

/**
 * Clamp, mean over the tokens, Linear, ReLU, Linear.
 * @param projected [B, S, C]; borrowed
 * @returns logits [B], owned by the caller
 */
export function binaryLogits(projected: Tensor, lookup: Lookup): Tensor {
  return tidy(() => {
    const name = 'model.binary_classifier';
    const pooled = mean(clipByValue(projected, -FEATURE_CLAMP, FEATURE_CLAMP), 1);
    const hidden = relu(linear(pooled, lookup(`${name}.fc1.weight`), lookup(`${name}.fc1.bias`)));
    return reshape(linear(hidden, lookup(`${name}.fc3.weight`), lookup(`${name}.fc3.bias`)), [-1]);
  });
}
