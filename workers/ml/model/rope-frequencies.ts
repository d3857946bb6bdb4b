// Angles per position of the rotary embedding (RoFormer, https://arxiv.org/abs/2104.09864), and the two scalings that only change
// these: positions stretched by one factor (https://arxiv.org/abs/2306.15595), and Llama 3.1's, which stretches the slow angles alone.

/** What a config's `rope_scaling` says; absent = as trained. */
export type RopeScaling =
  | { kind: 'linear'; factor: number }
  | { kind: 'llama3'; factor: number; lowFreqFactor: number; highFreqFactor: number; originalMaxPositions: number };

/**
 * Angle by which one position turns each pair, radians.
 * @param headWidth D, even
 * @returns D / 2 numbers, fastest first
 */
export function ropeFrequencies(headWidth: number, theta: number, scaling?: RopeScaling): number[] {
  const half = headWidth / 2;
  const plain = Array.from({ length: half }, (_, i) => theta ** (-i / half));
  return scaling ? plain.map((frequency) => scaled(frequency, scaling)) : plain;
}

/** As `_compute_linear_scaling_rope_parameters` and `_compute_llama3_parameters` of transformers 5.23. */
function scaled(frequency: number, scaling: RopeScaling): number {
  const slow = frequency / scaling.factor;
  if (scaling.kind === 'linear') return slow;
  const { lowFreqFactor, highFreqFactor, originalMaxPositions } = scaling;
  const turns = (originalMaxPositions * frequency) / (2 * Math.PI); // over the context that the model was trained with
  if (turns < lowFreqFactor) return slow;
  if (turns > highFreqFactor) return frequency;
  const smooth = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
  return (1 - smooth) * slow + smooth * frequency;
}
