// Which answers two systems gave differently to the same samples, and whether one is right more often than chance. Pure.
import type { AnswerRecord } from '../domain/answer.ts';
import type { Label } from '../domain/sample.ts';
import type { McNemarResult } from './paired.ts';
import { mcNemarTest } from './paired.ts';

export type FlipAnswer = Pick<AnswerRecord, 'sampleId' | 'path' | 'domain' | 'label' | 'predict' | 'failure'>;

export interface SampleFlip<Answer extends FlipAnswer = FlipAnswer> {
  a: Answer;
  b: Answer;
  /** Right only in b, right only in a, or neither (wrong and unparsed change places). */
  kind: 'fixed' | 'broken' | 'other';
}

export interface SharedAnswers<Answer extends FlipAnswer = FlipAnswer> {
  /** Labelled samples that both answered. */
  shared: number;
  rightA: number;
  rightB: number;
  flips: SampleFlip<Answer>[];
  /** Both answers to every shared sample, with its label. */
  pairs: { a: Answer; b: Answer; label: Label }[];
}

export interface Flips<Answer extends FlipAnswer = FlipAnswer> extends SharedAnswers<Answer> {
  mcNemar: McNemarResult;
}

function kindOf({ a, b }: { a: FlipAnswer; b: FlipAnswer }): SampleFlip['kind'] {
  if (b.predict === b.label) return 'fixed';
  return a.predict === a.label ? 'broken' : 'other';
}

/** Joins on the sample; an unparsed answer counts as wrong, a failed one not at all. Null where they share no labelled sample. */
export function joinAnswers<Answer extends FlipAnswer>(first: readonly Answer[], second: readonly Answer[]): SharedAnswers<Answer> | null {
  const bySample = new Map(second.filter(({ failure }) => !failure).map((answer) => [answer.sampleId, answer]));
  const pairs = first.flatMap((a) => {
    const b = bySample.get(a.sampleId);
    return b && !a.failure && a.label !== null ? [{ a, b, label: a.label }] : [];
  });
  if (pairs.length === 0) return null;
  return {
    shared: pairs.length,
    rightA: pairs.filter(({ a, label }) => a.predict === label).length,
    rightB: pairs.filter(({ b, label }) => b.predict === label).length,
    flips: pairs.filter(({ a, b }) => a.predict !== b.predict).map(({ a, b }) => ({ a, b, kind: kindOf({ a, b }) })),
    pairs,
  };
}

/** The same with the test whether one is right more often than chance. */
export function findFlips<Answer extends FlipAnswer>(first: readonly Answer[], second: readonly Answer[]): Flips<Answer> | null {
  const joined = joinAnswers(first, second);
  if (!joined) return null;
  return { ...joined, mcNemar: mcNemarTest(joined.pairs.map(({ a, b, label }) => ({ label, a: a.predict, b: b.predict }))) };
}
