// Gradient checkpointing: a block's intermediates are dropped in the forward pass and computed again in the backward pass.
import type { Tensor } from '@tensorflow/tfjs-core';
import { customGrad, engine, grads } from '@tensorflow/tfjs-core';
import { abandonTape, freeWhileGoingBack } from './tape.ts';

/**
 * Runs `f` without keeping what happens inside it.
 * @param f only its arguments get gradients, not what it captures; it must use every argument; captured tensors must
 *   still be alive in the backward pass
 * @param inputs borrowed
 * @returns f(...inputs), owned by the caller
 */
export function checkpoint(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor[]): Tensor {
  const run = customGrad((...args) => {
    const save = args.pop();
    const tensors = args.filter((arg): arg is Tensor => typeof arg === 'object' && 'dataId' in arg);
    const value = f(...tensors);
    if (typeof save === 'function') save(tensors); // last: what is saved outlives an error
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => gradientsInside(() => grads(freeing(f))(saved, dy));
    return { value, gradFunc };
  });
  return run(...inputs);
}

function freeing(f: (...inputs: Tensor[]) => Tensor): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => {
    const value = f(...inputs);
    freeWhileGoingBack();
    return value;
  };
}

/** `grads` ends the tape of an outer gradient computation that is under way; this puts it back. */
function gradientsInside<T>(compute: () => T): T {
  const { state } = engine();
  const outer = state.activeTape;
  try {
    return compute();
  } catch (error) {
    if (state.activeTape !== outer) abandonTape();
    throw error;
  } finally {
    state.activeTape = outer;
  }
}
