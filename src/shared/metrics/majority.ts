// The vote over several sampled answers to one image, and its figures under verl's names (maj@k, mean@k, best@k).
import type { AnswerRecord } from '../domain/answer.ts';
import type { Label } from '../domain/sample.ts';

export interface Vote {
  /** null where every answer is unparsed. */
  predict: Label | null;
  /** Share of all k answers that say so, TTRL's `majority_ratio`; unparsed answers count in k. 0 without a winner. */
  agreement: number;
  /** Both labels had as many answers. */
  isTie: boolean;
}

/** Said wherever a vote is shown. */
export const TIE_RULE = 'Unparsed answers do not vote. At a tie the label that was answered first wins, as in verl.';

/** @param answers in the order they were written; null = unparsed */
export function majorityVote(answers: readonly (Label | null)[]): Vote {
  const count = (label: Label): number => answers.filter((answer) => answer === label).length;
  const [real, fake] = [count('real'), count('fake')];
  const first = answers.find((answer) => answer !== null) ?? null;
  const isTie = real === fake && real > 0;
  const predict = real === fake ? first : real > fake ? 'real' : 'fake';
  return { predict, agreement: answers.length === 0 ? 0 : Math.max(real, fake) / answers.length, isTie };
}

/** One labelled image with its k answers. */
export interface VotedSample {
  label: Label;
  answers: readonly (Label | null)[];
}

/** The labelled answers that are votes. */
export function votedSamples(answers: readonly Pick<AnswerRecord, 'label' | 'failure' | 'sampled'>[]): VotedSample[] {
  return answers.flatMap(({ label, failure, sampled }) =>
    label === null || failure || !sampled ? [] : [{ label, answers: sampled.map(({ predict }) => predict) }],
  );
}

export interface VoteFigures {
  images: number;
  /** Answers per image; the least where they differ. */
  k: number;
  /** Share of images whose vote is right. */
  majority: number;
  /** Mean share of right answers per image: what one sampled answer is worth. */
  mean: number;
  /** Share of images with at least one right answer. With two classes this rises fast by luck alone. */
  anyRight: number;
  /** Mean agreement ratio. */
  agreement: number;
  ties: number;
}

/** The shares among them, with the names that reports and intervals give them. */
export const VOTE_FIGURES = [
  { key: 'majority', name: 'maj' },
  { key: 'mean', name: 'mean' },
  { key: 'anyRight', name: 'any' },
  { key: 'agreement', name: 'agreement' },
] as const;

/** Unparsed answers and votes are wrong. Null without samples. */
export function voteFigures(samples: readonly VotedSample[]): VoteFigures | null {
  if (samples.length === 0) return null;
  const votes = samples.map(({ answers }) => majorityVote(answers));
  const meanOf = (value: (sample: VotedSample, vote: Vote) => number): number =>
    samples.reduce((sum, sample, i) => sum + value(sample, votes[i] ?? majorityVote([])), 0) / samples.length;
  return {
    images: samples.length,
    k: Math.min(...samples.map(({ answers }) => answers.length)),
    majority: meanOf(({ label }, vote) => (vote.predict === label ? 1 : 0)),
    mean: meanOf(({ label, answers }) => answers.filter((answer) => answer === label).length / Math.max(1, answers.length)),
    anyRight: meanOf(({ label, answers }) => (answers.includes(label) ? 1 : 0)),
    agreement: meanOf((_, vote) => vote.agreement),
    ties: votes.filter(({ isTie }) => isTie).length,
  };
}
