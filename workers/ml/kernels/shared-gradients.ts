// Gradients of one op that come from one kernel: computed when the first of them is asked for, so that frozen inputs cost nothing.
import { engine } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * tfjs calls an op's gradient closures in a tidy each, which would free what they share. The tensors belong to the scope in which
 * this function was called instead: the whole backward pass.
 * @param compute makes all of them at once
 * @returns gives the results, computed by the first call
 */
export function computedOnce(compute: () => Tensor[]): () => Tensor[] {
  const { state } = engine();
  const owner = state.activeScope;
  let results: Tensor[] | undefined;
  return () => {
    if (results) return results;
    const current = state.activeScope;
    state.activeScope = owner;
    try {
      return (results = compute());
    } finally {
      state.activeScope = current;
    }
  };
}
