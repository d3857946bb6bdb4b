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

/** The side with more votes. @param tie the side of a tie; real when there is none */
export function majorityVote({ real, fake }: VoteCount, tie: Label | null): Label {
  if (real !== fake) return real > fake ? 'real' : 'fake';
  return tie ?? 'real';
}

/** VCR of the paragraphs for fake, summed, less that of the paragraphs for real. */
export function vcrLead(votes: readonly Label[], vcr: readonly number[]): number {
  return votes.reduce((sum, vote, i) => sum + (vote === 'fake' ? 1 : -1) * (vcr[i] ?? 0), 0);
}

/**
 * The option `vcr` for ties: the side whose paragraphs fit the picture better, summed as their numbers are equal. Not in the paper,
 * where a tie agrees with whatever is answered, so that nothing is learnt from it.
 * @param vcr of the same paragraphs
 * @returns null where both fit alike
 */
export function betterSeen(votes: readonly Label[], vcr: readonly number[]): Label | null {
  const lead = vcrLead(votes, vcr);
  if (lead === 0) return null;
  return lead > 0 ? 'fake' : 'real';
}

/**
 * The option `vcr-worst` for ties: the majority without the paragraph that fits the picture worst, as a tie says that some
 * paragraph is wrong. Not in the paper. Unlike the sum it lets no paragraph that fits well make up for one that does not.
 * @param vcr of the same paragraphs
 * @returns null where that leaves a tie
 */
export function withoutWorst(votes: readonly Label[], vcr: readonly number[]): Label | null {
  const worst = Math.min(...vcr);
  const rest = countVotes(votes.filter((_, i) => vcr[i] !== worst));
  return rest.real === rest.fake ? null : majorityVote(rest, null);
}

/**
 * 1 for every paragraph that is not final and for one at index 0. A final paragraph gets 1 if the majority of all paragraphs
 * before it agrees with the answer, else 0; an unknown answer (null) agrees with nothing.
 * @param tie the side that a tie counts for
 */
export function computePcr(index: number, isFinal: boolean, votes: readonly Label[], answer: Label | null, tie = answer): 0 | 1 {
  if (!isFinal || index === 0) return 1;
  return majorityVote(countVotes(votes.slice(0, index)), tie) === answer ? 1 : 0;
}
