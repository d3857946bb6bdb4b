// Two evaluations on the samples they share: flips, and what their paired tests and intervals need. Pure.
import type { AnswerRecord, ScoreSource } from '../domain/answer.ts';
import { evaluatedSamples, scoreOf } from './answer-scores.ts';
import type { FlipAnswer, SampleFlip } from './flips.ts';
import { joinAnswers } from './flips.ts';
import type { EvaluatedPair, IntervalRequest } from './intervals.ts';
import type { PairedAnswer, PairedScore } from './paired.ts';

export type PairableAnswer = FlipAnswer & Pick<AnswerRecord, 'pFakeHead' | 'pFakeToken'>;

export interface PairedReport<Answer extends FlipAnswer> {
  shared: number;
  accuracyA: number;
  accuracyB: number;
  flips: SampleFlip<Answer>[];
  /** McNemar's test takes the answers, DeLong's the scores. */
  tested: { answers: PairedAnswer[]; scores: PairedScore[] };
  /** Intervals of the differences. */
  request: IntervalRequest;
}

/** Joins on the sample; unparsed counts as wrong. Null where they share no labelled sample. */
export function comparePaired<Answer extends PairableAnswer>(
  first: readonly Answer[],
  second: readonly Answer[],
  source: ScoreSource,
): PairedReport<Answer> | null {
  const joined = joinAnswers(first, second);
  if (!joined) return null;
  const { shared, rightA, rightB, flips, pairs } = joined;
  const scores = pairs.flatMap(({ a, b, label }) => {
    const [scoreA, scoreB] = [scoreOf(a, source), scoreOf(b, source)];
    return scoreA === null || scoreB === null ? [] : [{ isFake: label === 'fake', a: scoreA, b: scoreB }];
  });
  const answers = pairs.map(({ a, b, label }) => ({ label, a: a.predict, b: b.predict }));
  const evaluated = pairs.flatMap(({ a, b, label }): EvaluatedPair[] => {
    const [left] = evaluatedSamples([{ ...a, label }], source);
    const [right] = evaluatedSamples([{ ...b, label }], source);
    return left && right ? [{ a: left, b: right }] : [];
  });
  const request: IntervalRequest = { kind: 'paired', pairs: evaluated };
  return { shared, accuracyA: rightA / shared, accuracyB: rightB / shared, flips, tested: { answers, scores }, request };
}
