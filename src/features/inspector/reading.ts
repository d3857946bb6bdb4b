// One shape for what a model said about an image, whether it was stored by an evaluation or asked for just now. Pure.
import type { RewardConfig } from '../../shared/config/config.ts';
import type { ScoredCompletion, TokenRecord } from '../../shared/domain/answer.ts';
import type { Label } from '../../shared/domain/sample.ts';
import type { Explanation } from '../../shared/protocol.ts';

type Completion = Explanation['completions'][number];

/** A finished answer with its readouts. */
export interface Reading {
  /** Where it comes from, in words. */
  source: string;
  pFakeHead: number | null;
  pFakeToken: number | null;
  predict: Label | null;
  parseRule: string;
  text: string;
  completion: ScoredCompletion;
  tokens: TokenRecord[];
  tokenCount: number;
  truncated: boolean;
  elapsedMs: number;
  weights: Pick<RewardConfig, 'alpha' | 'beta'>;
}

/** The first completion of an explanation, or its n-th. */
export function readingOfExplanation(explanation: Explanation, weights: Reading['weights'], index = 0): Reading | null {
  const completion: Completion | undefined = explanation.completions[index];
  if (!completion) return null;
  const { readouts, elapsedMs } = explanation;
  return {
    source: 'asked just now',
    pFakeHead: readouts.pFakeHead,
    pFakeToken: readouts.pFakeToken,
    predict: completion.predict,
    parseRule: completion.parseRule,
    text: completion.text,
    completion,
    tokens: completion.tokens,
    tokenCount: completion.tokenCount,
    truncated: completion.truncated,
    elapsedMs,
    weights,
  };
}

/** What a stored answer and its evaluation give; structural, so that tests need no whole record. */
export interface StoredReadingInput {
  answer: ScoredCompletion & {
    text: string;
    pFakeHead: number | null;
    pFakeToken: number | null;
    tokens?: TokenRecord[];
    tokenCount: number;
    truncated: boolean;
    elapsedMs: number;
  };
  evaluation: { name: string; config: { reward: RewardConfig } };
}

export function readingOfAnswer({ answer, evaluation }: StoredReadingInput): Reading {
  return {
    source: `evaluation "${evaluation.name}"`,
    pFakeHead: answer.pFakeHead,
    pFakeToken: answer.pFakeToken,
    predict: answer.predict,
    parseRule: answer.parseRule,
    text: answer.text,
    completion: answer,
    tokens: answer.tokens ?? [],
    tokenCount: answer.tokenCount,
    truncated: answer.truncated,
    elapsedMs: answer.elapsedMs,
    weights: evaluation.config.reward,
  };
}

export type TokenMeasure = 'logProbability' | 'entropy' | 'advantage';

/** A token's figure for shading; null where it has none. */
export function tokenValue(token: TokenRecord, measure: TokenMeasure, paragraphs: ScoredCompletion['paragraphs']): number | null {
  if (measure !== 'advantage') return token[measure];
  if (token.paragraph === null) return null;
  return paragraphs[token.paragraph]?.advantage ?? null;
}

/** Shading strength in [-1, 1]: surprise and entropy are positive, advantage keeps its sign. */
export function tokenShade(value: number | null, measure: TokenMeasure): number {
  if (value === null) return 0;
  if (measure === 'logProbability') return Math.min(1, -value / 4);
  if (measure === 'entropy') return Math.min(1, value / 3);
  return Math.max(-1, Math.min(1, value / 2));
}

/** Places of paragraphs that differ, are new or are gone; white space does not count. */
export function changedParagraphs(before: Pick<Reading, 'completion'>, after: Pick<Reading, 'completion'>): number[] {
  const [a, b] = [before.completion.paragraphs, after.completion.paragraphs];
  const textAt = (paragraphs: typeof a, index: number): string | undefined => paragraphs[index]?.text.replaceAll(/\s+/g, ' ').trim();
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index).filter((index) => textAt(a, index) !== textAt(b, index));
}
