// YAKE (Campos et al. 2020, Information Sciences 509): key phrases of one text from its own statistics, best first.
// Written from the published formulas; details follow yake 0.6 as recorded in prpo.md 4. Departure: no deduplication, which
// has no effect on the first phrase.
import { median } from '../metrics/averages.ts';
import { exactLog } from './exact-log.ts';
import { pairwiseSum } from './pairwise-sum.ts';
import { PYTHON_SPACE } from './python-text.ts';
import { splitSentences } from './sentences.ts';
import { STOP_WORDS } from './stop-words.ts';
import { splitWords } from './words.ts';

/** A ranked key phrase. */
export interface YakePhrase {
  /** Words in lower case, joined by spaces. */
  key: string;
  /** Spelling of the first occurrence. */
  phrase: string;
  /** Lower is better. */
  score: number;
}

/** d number, u unusual, a all capitals, n capitalised inside a sentence, p plain. */
type Tag = 'd' | 'u' | 'a' | 'n' | 'p';

interface Term {
  tf: number;
  tfCapitals: number;
  tfNames: number;
  isStopWord: boolean;
  /** Sentence index of each sentence with the term, ascending. */
  sentences: number[];
  /** Neighbour -> how often it stands directly to the left or right. */
  left: Map<Term, number>;
  right: Map<Term, number>;
  /** The term's weight (H of the paper); set once all words are counted. */
  weight: number;
}

interface Candidate {
  key: string;
  phrase: string;
  terms: Term[];
  tf: number;
  /** An occurrence without numbers and unusual words was seen. */
  hasCleanOccurrence: boolean;
}

interface Word {
  text: string;
  tag: Tag;
  term: Term;
}

const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');
const countPunctuation = (characters: string[]): number => characters.filter((character) => PUNCTUATION.has(character)).length;

const NUMBER = /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]+$/u;
const DIGIT = /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]$/u;
const LETTER = /^\p{L}$/u;
const UPPER = /^\p{Uppercase}$/u;
/** Lower and title case: what a word of capitals must not hold; marks and punctuation may stand in it. */
const SMALL = /^[\p{Lowercase}\p{Lt}]$/u;

/** @param position index of the word among the tokens of its sentence */
function tagOf(word: string, position: number): Tag {
  if (NUMBER.test(word.replaceAll(',', '').replace('.', ''))) return 'd';
  const characters = Array.from(word);
  const digits = characters.filter((character) => DIGIT.test(character)).length;
  const letters = characters.filter((character) => LETTER.test(character)).length;
  if (digits > 0 === letters > 0 || countPunctuation(characters) > 1) return 'u';
  const capitals = characters.filter((character) => UPPER.test(character)).length;
  if (capitals > 0 && !characters.some((character) => SMALL.test(character))) return 'a';
  const isName = capitals === 1 && characters.length > 1 && UPPER.test(characters[0] ?? '') && position > 0;
  return isName ? 'n' : 'p';
}

/** Lower case without a final `s`. */
function termKey(lowerCase: string): string {
  return lowerCase.endsWith('s') && Array.from(lowerCase).length > 3 ? lowerCase.slice(0, -1) : lowerCase;
}

function isStopWord(lowerCase: string, key: string): boolean {
  if (STOP_WORDS.has(lowerCase) || STOP_WORDS.has(key)) return true;
  const characters = Array.from(key);
  return characters.length - countPunctuation(characters) < 3;
}

const isDiscarded = (tag: Tag): boolean => tag === 'u' || tag === 'd';

const increase = (counts: Map<Term, number>, term: Term): void => {
  counts.set(term, (counts.get(term) ?? 0) + 1);
};

/** Terms and candidates of a text, filled word by word. */
class Statistics {
  readonly terms = new Map<string, Term>();
  readonly candidates = new Map<string, Candidate>();
  readonly #maxLength: number;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  addSentence(tokens: string[], sentence: number): void {
    let block: Word[] = [];
    tokens.forEach((token, position) => {
      if (countPunctuation(Array.from(token)) === Array.from(token).length) {
        block = [];
        return;
      }
      const word = this.#addWord(token, position, sentence);
      const previous = block.at(-1);
      if (previous !== undefined && !isDiscarded(word.tag) && !isDiscarded(previous.tag)) {
        increase(previous.term.right, word.term);
        increase(word.term.left, previous.term);
      }
      block.push(word);
      this.#addCandidates(block);
    });
  }

  #addWord(text: string, position: number, sentence: number): Word {
    const tag = tagOf(text, position);
    const lowerCase = text.toLowerCase();
    const key = termKey(lowerCase);
    let term = this.terms.get(key);
    if (term === undefined) {
      term = {
        tf: 0,
        tfCapitals: 0,
        tfNames: 0,
        isStopWord: isStopWord(lowerCase, key),
        sentences: [],
        left: new Map(),
        right: new Map(),
        weight: 0,
      };
      this.terms.set(key, term);
    }
    term.tf++;
    if (tag === 'a') term.tfCapitals++;
    if (tag === 'n') term.tfNames++;
    if (term.sentences.at(-1) !== sentence) term.sentences.push(sentence);
    return { text, tag, term };
  }

  /** The candidates that end with the last word of the block, shortest first. */
  #addCandidates(block: Word[]): void {
    const shortest = block.length - 1;
    const longest = Math.max(0, block.length - this.#maxLength);
    for (let from = shortest; from >= longest; from--) this.#addCandidate(block.slice(from));
  }

  #addCandidate(words: Word[]): void {
    const phrase = words.map((word) => word.text).join(' ');
    const key = phrase.toLowerCase();
    let candidate = this.candidates.get(key);
    if (candidate === undefined) {
      candidate = { key, phrase, terms: words.map((word) => word.term), tf: 0, hasCleanOccurrence: false };
      this.candidates.set(key, candidate);
    }
    candidate.tf++;
    if (!words.some((word) => isDiscarded(word.tag))) candidate.hasCleanOccurrence = true;
  }
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

/** Distinct neighbours per occurrence on one side; 0 without neighbours. */
function dispersion(neighbours: Map<Term, number>): number {
  return neighbours.size === 0 ? 0 : neighbours.size / sum(neighbours.values());
}

/** The five features of a term, combined (the order of operations is the reference's, for equal rounding). */
function termWeight(term: Term, maxTf: number, meanTf: number, deviationTf: number, sentenceCount: number): number {
  const share = term.tf / maxTf;
  const relatedness = 0.5 + dispersion(term.left) * share + (0.5 + dispersion(term.right) * share);
  const frequency = term.tf / (meanTf + deviationTf);
  const spread = term.sentences.length / sentenceCount;
  const casing = Math.max(term.tfCapitals, term.tfNames) / (1 + exactLog(term.tf));
  const position = exactLog(exactLog(3 + median(term.sentences)));
  return (position * relatedness) / (casing + frequency / relatedness + spread / relatedness);
}

function weighTerms(terms: Term[], sentenceCount: number): void {
  const frequencies = terms.filter((term) => !term.isStopWord).map((term) => term.tf);
  if (frequencies.length === 0) return;
  const mean = sum(frequencies) / frequencies.length;
  const deviation = Math.sqrt(pairwiseSum(frequencies.map((tf) => (tf - mean) ** 2)) / frequencies.length);
  const maxTf = terms.reduce((largest, term) => Math.max(largest, term.tf), 0);
  for (const term of terms) term.weight = termWeight(term, maxTf, mean, deviation, sentenceCount);
}

/** How likely a stop word stands between these two neighbours. */
function bridgeProbability(before: Term | undefined, term: Term, after: Term | undefined): number {
  if (before === undefined || after === undefined) return 0;
  return ((before.right.get(term) ?? 0) / before.tf) * ((term.right.get(after) ?? 0) / after.tf);
}

/** null where the denominator is exactly zero, which stops the reference. */
function scoreCandidate({ terms, tf }: Candidate): number | null {
  let total = 0;
  let product = 1;
  terms.forEach((term, i) => {
    if (term.isStopWord) {
      const probability = bridgeProbability(terms[i - 1], term, terms[i + 1]);
      product *= 1 + (1 - probability);
      total -= 1 - probability;
    } else {
      total += term.weight;
      product *= term.weight;
    }
  });
  const denominator = (total + 1) * tf;
  return denominator === 0 ? null : product / denominator;
}

function isValid({ terms, hasCleanOccurrence }: Candidate): boolean {
  return hasCleanOccurrence && terms[0]?.isStopWord === false && terms.at(-1)?.isStopWord === false;
}

const STARTS_WITH_CAPITAL = new RegExp(`^[${PYTHON_SPACE}]*[A-Z]`, 'u');

/** One line without tabs, set off as the reference does: a text that starts with a capital is a paragraph of its own. */
function prepare(text: string): string {
  return (STARTS_WITH_CAPITAL.test(text) ? '\n\n' : ' ') + text.replaceAll(/[\n\t]/g, ' ');
}

/**
 * Key phrases of a text.
 * @param maxLength longest phrase in words (YAKE's n)
 * @returns all valid phrases, best (lowest score) first, equal scores in order of appearance; null when a score is undefined
 *   (division by zero), where the reference fails
 */
export function yakePhrases(text: string, maxLength: number): YakePhrase[] | null {
  const sentences = splitSentences(prepare(text));
  const statistics = new Statistics(maxLength);
  sentences.forEach((sentence, index) => {
    const tokens = splitWords(sentence).filter((token) => token !== '' && !(token.startsWith("'") && token.length > 1));
    statistics.addSentence(tokens, index);
  });
  weighTerms([...statistics.terms.values()], sentences.length);

  const phrases: YakePhrase[] = [];
  for (const candidate of statistics.candidates.values()) {
    if (!isValid(candidate)) continue;
    const score = scoreCandidate(candidate);
    if (score === null) return null;
    phrases.push({ key: candidate.key, phrase: candidate.phrase, score });
  }
  return phrases.toSorted((a, b) => a.score - b.score);
}
