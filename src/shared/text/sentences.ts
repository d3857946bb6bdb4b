// Sentence splitting by the rules of segtok 1.5 (F. Leitner, MIT, https://github.com/fnl/segtok), written anew and linear in
// the text's length. YAKE's sentence features depend on it.
import { PYTHON_SPACE, pythonStrip } from './python-text.ts';

export const SENTENCE_TERMINALS = '.!?\u203c\u203d\u2047\u2048\u2049\u3002\ufe52\ufe57\uff01\uff0e\uff1f\uff61';
/** Hyphens inside words, for a character class. */
export const HYPHENS = '\\u00ad\\u058a\\u05be\\u0f0c\\u1400\\u1806\\u2010-\\u2012\\u2e17\\u30a0\\-';
/** Word characters of Unicode regular expressions (UTS 18), for a character class. */
export const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d';
/** White space of Unicode regular expressions, for a character class. */
export const SPACE = '\\p{White_Space}';

/** A word boundary. */
export const BOUNDARY = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;

const SPLIT = new RegExp(`([${SENTENCE_TERMINALS}]['\\u2019"\\u201d]?[\\])]*[${SPACE}]+|\\n{2,})`, 'u');

// Abbreviations that normally do not end a sentence, as patterns; lower-case ones may be capitalised.
const LOWER_ABBREVIATIONS = 'approx cf f\\.?e figs? e\\.?g i\\.?e i\\.?v med nat nr p\\.e phil prof rer sci univ vol vs z\\.B';
const UPPER_ABBREVIATIONS =
  'Capt Col Dr Gen Mag Mr Mrs Mt No Sgt Sr Sra Srta St J\u00e4n Jan Ene Feb M\u00e4r Mar Apr Abr May Jun Jul Aug Sep Sept Oct Okt Nov Dic Dez Dec E\\.U U\\.K U\\.S';

function abbreviationPattern(): string {
  const lower = LOWER_ABBREVIATIONS.split(' ');
  const capitalised = lower.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return [...lower, ...capitalised, ...UPPER_ABBREVIATIONS.split(' ')].join('|');
}

const INITIAL = '[\\p{Lu}\\p{Lt}]\\p{Lm}?';
const TITLE_BEFORE_INITIAL =
  '(?:[Bb]y|[Cc](?:aptain|ommander)|[Dd]o[ck]tor|[Gg]eneral|[Mm](?:ag)?is(?:ter|s)|[Pp]rofessor|[Ss]e\u00f1or(?:it)?a?)';
const AUTHOR_LIST = `(?:(?<!${BOUNDARY}\\p{Lu}\\p{Lm}?),(?:[${SPACE}]and)?|(?<!${BOUNDARY}[\\p{Lu},]\\p{Lm}?)[${SPACE}]and)`;

/** A dot after this text is an abbreviation's or an initial's. */
const ENDS_IN_ABBREVIATION = new RegExp(
  `(?:${BOUNDARY}(?:${abbreviationPattern()})|^[^${SPACE}]|^\\p{Nd}+` +
    `|(?:${BOUNDARY}${TITLE_BEFORE_INITIAL}[${SPACE}]|${AUTHOR_LIST}[${SPACE}]|[[(])(?:${INITIAL}\\.[${HYPHENS}]?)?${INITIAL})$`,
  'u',
);
const ENDS_IN_DAY = new RegExp(`${BOUNDARY}[0123]?[0-9]$`, 'u');
const MONTH = /^(?:J[äa]n|Ene|Feb|M[äa]r|A[pb]r|May|Jun|Jul|Aug|Sep|O[ck]t|Nov|D[ei][cz]|0?[1-9]|1[012])/u;
const ENDS_IN_MIDDLE_INITIAL = new RegExp(`${BOUNDARY}\\p{Lu}\\p{Ll}+[^${WORD}]+\\p{Lu}$`, 'u');
const STARTS_WITH_NAME = new RegExp(`^\\p{Lu}\\p{Ll}+${BOUNDARY}`, 'u');
const LONE_WORD = new RegExp(`^\\p{Ll}+[\\p{Ll}\\p{Nd}${HYPHENS}]*$`, 'u');

/** A sentence start in lower case continues after such an end: `."`, `.)`, `spp.`, `Ll.`. */
const ENDS_BEFORE_LOWER = new RegExp(
  `(?:[${SENTENCE_TERMINALS}]"[)\\]]*|[${SENTENCE_TERMINALS}][)\\]]+|${BOUNDARY}spp\\.|${BOUNDARY}\\p{L}\\p{Ll}?\\.)[${SPACE}]+$`,
  'u',
);
const LOWER_WORD = new RegExp(`^\\p{Ll}+[${HYPHENS}]?\\p{Ll}*${BOUNDARY}`, 'u');
const CONTINUATION = new RegExp(
  `^(?:and|are|between|by|from|has|into|is|o[fr]|than|that|through|via|was|were|whether|with)${BOUNDARY}`,
  'u',
);
const ENDS_IN_CAPITALISED = new RegExp(`${BOUNDARY}[\\p{Lu}\\p{Lt}]\\p{L}*\\.[${SPACE}]+$`, 'u');
const STARTS_CAPITALISED = new RegExp(`^(?:(?:\\(\\p{Nd}{4}\\)[${SPACE}])?[\\p{Lu}\\p{Lt}]\\p{L}*|\\p{Nd}+)[.,:][${SPACE}]+`, 'u');

const ENDS_IN_SPACE = new RegExp(`[${PYTHON_SPACE}]$`, 'u');

/** Fragments of this length (code units) may be joined inside brackets. */
const SHORT_SENTENCE = 55;
/** The patterns anchored at the end look no further back than this, which keeps joins linear. */
const TAIL = 200;

const tail = (text: string): string => text.slice(-TAIL);

/** Whether the dot between two spans ends no sentence. */
function isInnerDot(before: string, after: string | undefined): boolean {
  if (ENDS_IN_ABBREVIATION.test(before.length <= TAIL ? before : ` ${tail(before)}`)) return true;
  if (after === undefined || after === '') return false;
  if (LONE_WORD.test(after)) return true;
  if (ENDS_IN_DAY.test(tail(before)) && MONTH.test(after)) return true;
  return ENDS_IN_MIDDLE_INITIAL.test(tail(before)) && STARTS_WITH_NAME.test(after);
}

/** Joins text spans (even) and terminals (odd) to candidates, not breaking at abbreviations. */
function joinAbbreviations(spans: string[]): string[] {
  const candidates: string[] = [];
  let current = '';
  spans.forEach((span, i) => {
    current += span;
    if (i % 2 === 0) return;
    const before = spans[i - 1] ?? '';
    const joins = ENDS_IN_SPACE.test(before) || (span.startsWith('.') && isInnerDot(before, spans[i + 1]));
    if (joins) return;
    candidates.push(current);
    current = '';
  });
  // After an odd number of spans something is always left, even if it is empty.
  return spans.length % 2 === 1 ? [...candidates, current] : candidates;
}

/** More openers than closers from the first opener on. */
function isOpen(text: string, opener: string, closer: string): boolean {
  let nesting = 0;
  for (let i = text.indexOf(opener); i >= 0 && i < text.length; i++) {
    if (text[i] === opener) nesting++;
    else if (text[i] === closer) nesting--;
  }
  return nesting > 0;
}

/** More closers than openers up to the last closer. */
function isNotOpened(text: string, opener: string, closer: string): boolean {
  let nesting = 0;
  for (let i = text.lastIndexOf(closer); i >= 0; i--) {
    if (text[i] === closer) nesting++;
    else if (text[i] === opener) nesting--;
  }
  return nesting > 0;
}

function joinsInBrackets(last: string, current: string, opener: string, closer: string): boolean {
  if (current.length >= SHORT_SENTENCE && last.length >= SHORT_SENTENCE) return false;
  if (!isOpen(last, opener, closer)) return false;
  if (isNotOpened(current, opener, closer) || last.endsWith(' et al. ')) return true;
  return ENDS_IN_CAPITALISED.test(tail(last)) && STARTS_CAPITALISED.test(current);
}

function continues(last: string, current: string): boolean {
  if (LOWER_WORD.test(current) && ENDS_BEFORE_LOWER.test(tail(last))) return true;
  return joinsInBrackets(last, current, '(', ')') || joinsInBrackets(last, current, '[', ']') || CONTINUATION.test(current);
}

/** The sentences of a text, trimmed; two or more newlines always separate. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let last: string | null = null;
  for (const current of joinAbbreviations(text.split(SPLIT))) {
    if (last !== null && continues(last, current)) {
      last += current;
      continue;
    }
    if (last !== null) sentences.push(last);
    last = current;
  }
  if (last !== null) sentences.push(last);
  return sentences.map(pythonStrip).filter((sentence) => sentence !== '');
}
