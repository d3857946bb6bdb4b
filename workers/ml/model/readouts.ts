// Readouts beside the written answer (spec/model.md 8): the binary head, and the answer token after a forced "### Answer:".
import type { Tensor } from '@tensorflow/tfjs-core';
import { sigmoid, tidy } from '@tensorflow/tfjs-core';
import type { DxLlava } from './dx-llava.ts';
import type { SequenceRow } from './sequence-layout.ts';

/** The first tokens by which the two answers are told apart. */
export interface AnswerTokens {
  real: readonly number[];
  fake: readonly number[];
}

/**
 * P(fake) of the binary head.
 * @param visionTokens [I, S, D]; borrowed
 * @returns one number per image
 */
export async function headProbabilities(model: DxLlava, visionTokens: Tensor): Promise<number[]> {
  const probabilities = tidy(() => sigmoid(model.binaryLogits(visionTokens)));
  try {
    return Array.from(await probabilities.data<'float32'>());
  } finally {
    probabilities.dispose();
  }
}

/**
 * Probability of `fake` against `real` as the next token, normalised over the two.
 * @param rows prompt, reasoning and the forced answer heading
 * @param visionTokens [I, S, D]; borrowed
 * @returns P(fake) of each row; null where the context has no room for it, as behind an answer that was cut off at its end
 */
export async function answerProbabilities(
  model: DxLlava,
  rows: readonly SequenceRow[],
  visionTokens: Tensor | null,
  answers: AnswerTokens,
): Promise<(number | null)[]> {
  const fitting = rows.filter(({ ids }) => model.fits(ids));
  if (fitting.length === 0) return rows.map(() => null);
  const layout = model.layout(fitting);
  const positions = Int32Array.from(layout.lengths, (length, b) => b * layout.length + length - 1);
  const logits = tidy(() => model.language.logits(model.language.hidden(model.embed(layout, visionTokens), { positions })));
  try {
    const values = await logits.data<'float32'>();
    const V = model.config.language.vocabSize;
    return rows.map((row) => {
      const b = fitting.indexOf(row);
      return b < 0 ? null : fakeShare(values.subarray(b * V, (b + 1) * V), answers);
    });
  } finally {
    logits.dispose();
  }
}

/** Softmax mass of the fake tokens over that of both sets. */
function fakeShare(logits: Float32Array, { real, fake }: AnswerTokens): number {
  const top = Math.max(...[...real, ...fake].map((id) => logits[id] ?? -Infinity));
  const mass = (ids: readonly number[]): number => ids.reduce((sum, id) => sum + Math.exp((logits[id] ?? -Infinity) - top), 0);
  return mass(fake) / (mass(fake) + mass(real));
}
