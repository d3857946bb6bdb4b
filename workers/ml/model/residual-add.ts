// Adding a branch to its residual stream. As tfjs' add, whose tape keeps both summands only to know their shapes.
import type { Tensor } from '@tensorflow/tfjs-core';
import { add, clone, customGrad } from '@tensorflow/tfjs-core';

/** @param x, update same shape; borrowed @returns x + update, owned by the caller */
export function residualAdd(x: Tensor, update: Tensor): Tensor {
  // Clones share their memory.
  return customGrad(() => ({ value: add(x, update), gradFunc: (dy: Tensor): Tensor[] => [clone(dy), clone(dy)] }))(x, update);
}
