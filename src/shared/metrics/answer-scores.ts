// From stored answers to the samples that the metrics take.
import type { AnswerRecord, ScoreSource } from '../domain/answer.ts';
import type { Label } from '../domain/sample.ts';
import type { ScoredSample } from './ranking.ts';

/** One answered sample with a known label. */
export interface EvaluatedSample {
  label: Label;
  /** null = unparsed. */
  predict: Label | null;
  /** P(fake); null where no score exists (imported answers). */
  score: number | null;
  domain: string;
}

export type ScoredAnswer = Pick<AnswerRecord, 'label' | 'predict' | 'domain' | 'failure' | 'pFakeHead' | 'pFakeToken'>;

/** P(fake) of one readout; null where the answer has none. */
export function scoreOf(answer: Pick<AnswerRecord, 'pFakeHead' | 'pFakeToken'>, source: ScoreSource): number | null {
  return source === 'head' ? answer.pFakeHead : answer.pFakeToken;
}

/** Answers with a label and without a failure. */
export function evaluatedSamples(answers: readonly ScoredAnswer[], source: ScoreSource): EvaluatedSample[] {
  const samples: EvaluatedSample[] = []; // a loop: pages do this with tens of thousands of answers
  for (const answer of answers) {
    const { label, predict, domain, failure } = answer;
    if (label !== null && !failure) samples.push({ label, predict, domain, score: scoreOf(answer, source) });
  }
  return samples;
}

/** The samples that have a score. */
export function scoredSamples(samples: readonly Pick<EvaluatedSample, 'label' | 'score'>[]): ScoredSample[] {
  const scored: ScoredSample[] = [];
  for (const { label, score } of samples) if (score !== null) scored.push({ isFake: label === 'fake', score });
  return scored;
}

/** Both steps at once. */
export function answerScores(answers: readonly ScoredAnswer[], source: ScoreSource): ScoredSample[] {
  return scoredSamples(evaluatedSamples(answers, source));
}
