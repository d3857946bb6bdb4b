// The lexicon vote of a paragraph: which evidence words it holds, which of them are negated, and for which side it speaks (prpo.md 5.2).
import type { LexiconHit } from '../domain/answer.ts';
import type { Label } from '../domain/sample.ts';
import { FAKE_TERMS, NEGATORS, REAL_TERMS } from './lexicon-terms.ts';
import { PYTHON_WORD } from './python-text.ts';

/** Characters before a match in which a negator counts. */
const NEGATION_WINDOW = 80;
const PHRASE_WEIGHT = 1.5;
const WORD_WEIGHT = 1;
/** Added to both scores, so that the confidence is defined. */
const SCORE_EPSILON = 1e-6;

/** The vote of one paragraph. */
export interface LexiconVote {
  /** Sums of weights plus 1e-6. */
  realScore: number;
  fakeScore: number;
  /** A tie counts as real. */
  vote: Label;
  /** |real - fake| / (real + fake). */
  confidence: number;
  /** In the order of the lists; offsets in the paragraph. */
  hits: LexiconHit[];
}

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const wholeWord = (body: string): RegExp => new RegExp(`(?<![${PYTHON_WORD}])(?:${body})(?![${PYTHON_WORD}])`, 'gu');

interface Term {
  term: string;
  list: Label;
  weight: number;
  pattern: RegExp;
}

const toTerm =
  (list: Label) =>
  (term: string): Term => ({
    term,
    list,
    weight: term.includes(' ') ? PHRASE_WEIGHT : WORD_WEIGHT,
    pattern: wholeWord(escapePattern(term)),
  });

const TERMS: readonly Term[] = [...REAL_TERMS.map(toTerm('real')), ...FAKE_TERMS.map(toTerm('fake'))];
const NEGATOR_PATTERN = wholeWord(NEGATORS.map(escapePattern).join('|'));

/** UTF-16 index `count` code points before `end`. */
function stepBack(text: string, end: number, count: number): number {
  let at = end;
  for (let i = 0; i < count && at > 0; i++) {
    at--;
    const isTrail = text.charCodeAt(at) >> 10 === 0x37;
    if (isTrail && at > 0 && text.charCodeAt(at - 1) >> 10 === 0x36) at--;
  }
  return at;
}

/** The negator nearest before a match. The window is cut first: a word cut by its edge counts as a whole word. */
function negatorBefore(lowerCase: string, start: number): { word: string; at: number } | null {
  const from = stepBack(lowerCase, start, NEGATION_WINDOW);
  const last = Array.from(lowerCase.slice(from, start).matchAll(NEGATOR_PATTERN)).at(-1);
  return last ? { word: last[0], at: from + last.index } : null;
}

/** Index in the text of each index in its lower-cased form; they differ for the few letters whose lower case is longer. */
function sourceIndex(text: string, lowerCase: string): (at: number) => number {
  if (text.length === lowerCase.length) return (at) => at;
  const index: number[] = [];
  let at = 0;
  for (const character of text) {
    const { length } = character.toLowerCase();
    for (let i = 0; i < length; i++) index.push(at + Math.min(i, character.length - 1));
    at += character.length;
  }
  return (lowerAt) => index[lowerAt] ?? text.length;
}

/** Every occurrence of every term; terms overlap and each counts. */
export function findHits(text: string): LexiconHit[] {
  const lowerCase = text.toLowerCase();
  const toSource = sourceIndex(text, lowerCase);
  return TERMS.flatMap(({ term, list, weight, pattern }) =>
    Array.from(lowerCase.matchAll(pattern), (match) => ({
      term,
      list,
      start: toSource(match.index),
      end: toSource(match.index + term.length),
      weight,
      negator: negatorBefore(lowerCase, match.index)?.word ?? null,
    })),
  );
}

/** Where the negator of a hit stands; null where it has none. @param start of the hit, UTF-16 */
export function negatorPlace(text: string, start: number): { start: number; end: number } | null {
  const lowerCase = text.toLowerCase();
  const negator = negatorBefore(lowerCase, text.slice(0, start).toLowerCase().length);
  if (!negator) return null;
  const toSource = sourceIndex(text, lowerCase);
  return { start: toSource(negator.at), end: toSource(negator.at + negator.word.length) };
}

/** Scores, vote and hits of a paragraph. */
export function lexiconVote(text: string): LexiconVote {
  const hits = findHits(text);
  let realScore = 0;
  let fakeScore = 0;
  for (const { list, weight, negator } of hits) {
    if ((list === 'real') === (negator === null)) realScore += weight;
    else fakeScore += weight;
  }
  realScore += SCORE_EPSILON;
  fakeScore += SCORE_EPSILON;
  const confidence = Math.abs(realScore - fakeScore) / (realScore + fakeScore);
  return { realScore, fakeScore, vote: realScore >= fakeScore ? 'real' : 'fake', confidence, hits };
}
