// The projector `mlp2x_gelu`: vision tokens to the decoder's width (spec/model.md 1).
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidy } from '@tensorflow/tfjs-core';
import { biasGelu } from '../kernels/bias-gelu.ts';
import { linear } from '../kernels/linear.ts';
import type { Lookup } from './weights.ts';

/**
 * Linear, exact GELU, Linear.
 * @param visionTokens [B, S, D]; borrowed
 * @returns [B, S, C], owned by the caller
 */
export function projectTokens(visionTokens: Tensor, lookup: Lookup): Tensor {
  return tidy(() => {
    const name = 'model.mm_projector';
    const hidden = biasGelu(linear(visionTokens, lookup(`${name}.0.weight`)), lookup(`${name}.0.bias`));
    return linear(hidden, lookup(`${name}.2.weight`), lookup(`${name}.2.bias`));
  });
}
