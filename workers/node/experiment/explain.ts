// Why the answers of a cell are right or wrong, counted: ties of the paragraphs' votes, answers that depart from their paragraphs, and
// what changed against the supervised start. Labels enter here, after training; nothing of this is read by it.
import type { ScoredCompletion } from '../../../src/shared/domain/answer.ts';
import type { ArtefactRecord, Label } from '../../../src/shared/domain/sample.ts';
import { betterSeen, countVotes, majorityVote, vcrLead, withoutWorst } from '../../../src/shared/rewards/pcr.ts';
import { claimsOf, isTrueClaim, type FoundClaim } from '../../data/demo/grammar.ts';

/** What is counted of an answer. */
export interface ExplainedAnswer {
  label: Label;
  predict: Label | null;
  /** It comes to a conclusion; without one nothing is voted on. */
  finished: boolean;
  /** Of the paragraphs before the conclusion. */
  votes: Label[];
  /** Of the same paragraphs. */
  vcr: number[];
  /** Of each untrue paragraph what is wrong with it, such as "hair missed". */
  untrue: string[];
  /** Advantages of the paragraphs that were written before in the same answer, word for word; 0 where the answer was not trained on. */
  repeats: number[];
}

/** Of a paragraph that denies an artefact that is there, names one that is not there, or is no sentence of the grammar. */
type Fault = 'missed' | 'invented' | 'not understood';

const faultOf = ({ claim }: FoundClaim): Fault => (claim === null ? 'not understood' : claim === 'normal' ? 'missed' : 'invented');

/** @param artefacts that were drawn into the picture */
export function explainAnswer(text: string, scored: ScoredCompletion, label: Label, artefacts: readonly ArtefactRecord[]): ExplainedAnswer {
  const last = scored.paragraphs.findLastIndex(({ isFinal }) => isFinal);
  const finished = last >= 0;
  const before = finished ? scored.paragraphs.slice(0, last) : scored.paragraphs;
  const untrue = claimsOf(text).filter((claim) => !isTrueClaim(claim, artefacts));
  return {
    label,
    predict: scored.predict,
    finished,
    votes: before.map(({ vote }) => vote),
    vcr: before.map(({ vcr }) => vcr),
    untrue: untrue.map((claim) => `${claim.region} ${faultOf(claim)}`),
    repeats: scored.paragraphs
      .filter(({ text: own }, i) => scored.paragraphs.findIndex((other) => other.text === own) < i)
      .map(({ advantage }) => advantage ?? 0),
  };
}

type Side = Label | 'tie' | 'unfinished';

/** What the paragraphs say together. */
function sideOf({ finished, votes }: ExplainedAnswer): Side {
  if (!finished) return 'unfinished';
  const count = countVotes(votes);
  return count.real === count.fake ? 'tie' : majorityVote(count, null);
}

const isTie = (answer: ExplainedAnswer): boolean => sideOf(answer) === 'tie';
const count = (answers: readonly ExplainedAnswer[], holds: (answer: ExplainedAnswer) => boolean): number => answers.filter(holds).length;

/** How often each was met, most often first. */
function tally(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

/** Wrong answers by what their paragraphs say, for one label. */
function wrongLine(answers: readonly ExplainedAnswer[], label: Label): string {
  const own = answers.filter((answer) => answer.label === label);
  const wrong = own.filter(({ predict }) => predict !== label);
  const of = (side: Side): number => count(wrong, (answer) => sideOf(answer) === side);
  const other = label === 'fake' ? 'real' : 'fake';
  return `- ${label}: ${wrong.length} of ${own.length} answers wrong; their paragraphs: ${of('tie')} a tie, ${of(other)} vote ${other}, ${of(label)} vote ${label}, ${of('unfinished')} without a conclusion. Untrue paragraphs: ${untrueWords(own)}.`;
}

function untrueWords(answers: readonly ExplainedAnswer[]): string {
  const counts = tally(answers.flatMap(({ untrue }) => untrue));
  return counts.length === 0 ? 'none' : counts.map(([name, times]) => `${times} ${name}`).join(', ');
}

/** Ties whose sums of VCR lie nearer than this are counted apart. */
const CLOSE = 0.03;

/** Who is right at ties: the answer, and the two rules that can decide them. */
export function tieLine(answers: readonly ExplainedAnswer[]): string {
  const ties = answers.filter(isTie);
  const right = (rule: (answer: ExplainedAnswer) => Label | null): string => {
    const wrong = (label: Label): number => count(ties, (tie) => tie.label === label && rule(tie) !== label);
    return `${ties.length - wrong('fake') - wrong('real')} (${wrong('fake')} fakes and ${wrong('real')} reals wrong)`;
  };
  const close = ties.filter(({ votes, vcr }) => Math.abs(vcrLead(votes, vcr)) < CLOSE);
  const closeRight = count(close, ({ label, votes, vcr }) => betterSeen(votes, vcr) === label);
  const fakes = count(ties, ({ label }) => label === 'fake');
  return `${ties.length} ties, ${fakes} of fakes; right: the answer ${right(({ predict }) => predict)}, sum of VCR ${right(({ votes, vcr }) => betterSeen(votes, vcr))}; where the sums are within ${CLOSE}, ${closeRight} of ${close.length}; without the worst ${right(({ votes, vcr }) => withoutWorst(votes, vcr))}.`;
}

/** A test set's answers. */
export function errorLines(answers: readonly ExplainedAnswer[]): string[] {
  return [wrongLine(answers, 'fake'), wrongLine(answers, 'real'), `- ${tieLine(answers)}`];
}

/**
 * Answers to the same pictures that became right or wrong.
 * @returns a line for each change, most frequent first
 */
export function flipLines(before: readonly ExplainedAnswer[], after: readonly ExplainedAnswer[]): string[] {
  const changes = after.flatMap((now, i) => {
    const then = before[i];
    if (!then || (then.predict === then.label) === (now.predict === now.label)) return [];
    return `${now.label}, ${now.predict === now.label ? 'wrong to right' : 'right to wrong'}, paragraphs ${sideOf(then)} to ${sideOf(now)}`;
  });
  return tally(changes).map(([change, times]) => `- ${times} x ${change}`);
}

/** Answers of the training steps, ten steps a line, then all. @param steps the answers of each step */
export function trainingLines(steps: readonly (readonly ExplainedAnswer[])[]): string[] {
  const line = (from: number, to: number): string => {
    const answers = steps.slice(from, to).flat();
    return `- steps ${from + 1} to ${Math.min(to, steps.length)}: ${saidFake(answers)} of ${tieLine(answers)}${repeatWords(answers)}`;
  };
  const tens = Array.from({ length: Math.ceil(steps.length / 10) }, (_, i) => line(10 * i, 10 * i + 10));
  return [...tens, line(0, steps.length)];
}

/** What training made of paragraphs that only repeat: a repetition that pays is learnt. */
function repeatWords(answers: readonly ExplainedAnswer[]): string {
  const words = [true, false].flatMap((finished) => {
    const repeats = answers.flatMap((answer) => (answer.finished === finished ? answer.repeats : []));
    if (repeats.length === 0) return [];
    const advantage = repeats.reduce((sum, value) => sum + value, 0) / repeats.length;
    return `${repeats.length} in ${finished ? 'finished' : 'unfinished'} answers, mean advantage ${advantage.toFixed(2)}`;
  });
  return words.length === 0 ? '' : ` Paragraphs said again: ${words.join('; ')}.`;
}

function saidFake(answers: readonly ExplainedAnswer[]): string {
  return `${count(answers, (answer) => isTie(answer) && answer.predict === 'fake')} say fake`;
}
