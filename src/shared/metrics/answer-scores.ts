// From stored answers to the samples that the metrics take.
import type { AnswerRecord, ScoreSource } from '../domain/answer.ts';
import type { EvaluatedSample } from './evaluation.ts';
import type { ScoredSample } from './ranking.ts';

export type ScoredAnswer = Pick<AnswerRecord, 'label' | 'predict' | 'domain' | 'failure' | 'pFakeHead' | 'pFakeToken'>;

/** P(fake) of one readout; null where the answer has none. */
export function scoreOf(answer: Pick<AnswerRecord, 'pFakeHead' | 'pFakeToken'>, source: ScoreSource): number | null {
  return source === 'head' ? answer.pFakeHead : answer.pFakeToken;
}

/** Answers with a label and without a failure. */
export function evaluatedSamples(answers: readonly ScoredAnswer[], source: ScoreSource): EvaluatedSample[] {
  return answers.flatMap((answer) => {
    const { label, predict, domain, failure } = answer;
    return label === null || failure ? [] : [{ label, predict, domain, score: scoreOf(answer, source) }];
  });
}

/** The samples that have a score. */
export function scoredSamples(samples: readonly Pick<EvaluatedSample, 'label' | 'score'>[]): ScoredSample[] {
  return samples.flatMap(({ label, score }) => (score === null ? [] : [{ isFake: label === 'fake', score }]));
}

/** Both steps at once. */
export function answerScores(answers: readonly ScoredAnswer[], source: ScoreSource): ScoredSample[] {
  return scoredSamples(evaluatedSamples(answers, source));
}
