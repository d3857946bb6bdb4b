// PCR, prediction consistency reward: does the stated answer follow from the paragraphs before it (prpo.md 5.2).
import type { Label } from '../domain/sample.ts';

/** Lexicon votes of some paragraphs. */
export interface VoteCount {
  real: number;
  fake: number;
}

/** How many of the votes are for each side. */
export function countVotes(votes: readonly Label[]): VoteCount {
  const real = votes.filter((vote) => vote === 'real').length;
  return { real, fake: votes.length - real };
}

/** The side with more votes; a tie follows the stated answer, or real when there is none. */
export function majorityVote({ real, fake }: VoteCount, answer: Label | null): Label {
  if (real !== fake) return real > fake ? 'real' : 'fake';
  return answer ?? 'real';
}

/**
 * 1 for every paragraph that is not final and for one at index 0. A final paragraph gets 1 if the majority of all paragraphs
 * before it agrees with the answer, else 0; an unknown answer (null) agrees with nothing.
 */
export function computePcr(index: number, isFinal: boolean, votes: readonly Label[], answer: Label | null): 0 | 1 {
  if (!isFinal || index === 0) return 1;
  return majorityVote(countVotes(votes.slice(0, index)), answer) === answer ? 1 : 0;
}
