// Which class trains an algorithm.
import type { Algorithm } from './algorithm.ts';
import type { AlgorithmSetup } from './algorithm-setup.ts';
import { PolicyAlgorithm } from './policy-algorithm.ts';
import { SftAlgorithm } from './sft-algorithm.ts';

/** @throws E-CONTEXT when prompt and completion exceed the model's length @returns owned by the caller */
export function createAlgorithm(setup: AlgorithmSetup): Algorithm {
  const { algorithm } = setup.config;
  return algorithm === 'prpo' || algorithm === 'grpo' ? new PolicyAlgorithm(setup) : new SftAlgorithm(setup);
}
