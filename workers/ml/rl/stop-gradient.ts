// A value that the tape treats as a constant. tfjs-core has none.
import { add, customGrad, zerosLike, type Tensor } from '@tensorflow/tfjs-core';

/** @param x borrowed @returns equal to x, owned by the caller; its gradient is 0 */
export function stopGradient(x: Tensor): Tensor {
  const detached = customGrad((value) => {
    const input = value as Tensor;
    return { value: add(input, 0), gradFunc: () => zerosLike(input) };
  });
  return detached(x);
}
