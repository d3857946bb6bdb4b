// Gradients by parameter name. tfjs names them after its own variable names, which two models cannot share.
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { reshape, tidy, variableGrads, zeros } from '@tensorflow/tfjs-core';
import { abandonTape, freeWhileGoingBack } from './tape.ts';

export interface Gradients {
  /** The scalar that `loss` returned. */
  value: Tensor;
  /** One for each parameter, zero for those that the loss does not reach. */
  gradients: Record<string, Tensor>;
}

/**
 * Differentiates a scalar in named parameters. Frees everything else that `loss` made; what shall survive needs `keep`.
 * @param parameters borrowed; all must be trainable
 * @returns value and gradients, owned by the caller
 */
export function computeGradients(loss: () => Tensor, parameters: Record<string, Variable>): Gradients {
  const entries = Object.entries(parameters);
  const list = entries.map(([, parameter]) => parameter);
  const { value, grads } = differentiate(() => {
    const result = reshape<Rank.R0>(loss(), []);
    freeWhileGoingBack();
    return result;
  }, list);
  const gradients = Object.fromEntries(entries.map(([name, parameter]) => [name, grads[parameter.name] ?? zeros(parameter.shape)]));
  return { value, gradients };
}

/** As tfjs' function; what it saved and the value that it had already are freed when something throws. */
function differentiate(loss: () => Tensor<Rank.R0>, list: Variable[]): ReturnType<typeof variableGrads> {
  try {
    return tidy(() => variableGrads(loss, list));
  } catch (error) {
    abandonTape();
    throw error;
  }
}
