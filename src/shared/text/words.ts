// Word splitting by the rules of segtok 1.5's web tokenizer and contraction splitter (F. Leitner, MIT,
// https://github.com/fnl/segtok), written anew.
import { unescapeEntities } from './html-entities.ts';
import { BOUNDARY, HYPHENS, SENTENCE_TERMINALS, SPACE, WORD } from './sentences.ts';

const LETTER = '\\p{Ll}\\p{Lm}\\p{Lt}\\p{Lu}';
const NUMBER = '\\p{Nd}\\p{Nl}';
const ALNUM = `[${LETTER}${NUMBER}]`;
/** Apostrophe-like marks without the ASCII one. */
const APOSTROPHE = '[\u00b4\u02b9\u02bc\u2019\u2032]';
const APOSTROPHES = "'\u00b4\u02b9\u02bc\u2019\u2032";

/** What may stand inside a word: alternatives in order of preference. */
const WORD_PARTS = [
  `${ALNUM}\\.(?!\\.\\.)`, // a dot that is not an ellipsis
  `${ALNUM},(?=${ALNUM})`,
  `[${NUMBER}]:(?=[${NUMBER}])`,
  `${ALNUM}${APOSTROPHE}?[${HYPHENS}](?=${ALNUM})`,
  `${APOSTROPHE}(?!${APOSTROPHE})`,
  `${ALNUM}'(?=${ALNUM})`,
  "s'$", // a plural possessive at the end
  `${BOUNDARY}[yzafpn\\u00b5mcdhkMGTPEZY]?[${LETTER}]{1,3}\\u207b?[\\u00b9\\u00b2\\u00b3]$`, // units such as km2
  `${BOUNDARY}(?:[A-Z][a-z]?|[)\\]])+[\\u2080-\\u2089]+(?:[\\u00b2\\u00b3]?[\\u207a\\u207b])?`, // formulas such as H2O
  ALNUM,
].join('|');

const PLAIN_WORD = /^[A-Za-z]+$/;
const WORD_SPLIT = new RegExp(`((?:${WORD_PARTS})+)`, 'u');
const WORD_START = new RegExp(`^(?:${WORD_PARTS})`, 'u');
const APOSTROPHE_START = new RegExp(`^${APOSTROPHE}`, 'u');
const HAS_TERMINAL = new RegExp(`[${SENTENCE_TERMINALS}]`, 'u');
const HYPHENATED_LINE_BREAK = new RegExp(`(${ALNUM}[${HYPHENS}])[\\p{Zs}\\t]*?(?:\\r\\n|[\\n\\r\\u2028])[\\p{Zs}\\t]*?(${ALNUM})`, 'gu');
const SPACES = new RegExp(`[${SPACE}]+`, 'u');

// RFC 3986-like addresses and e-mail addresses stay whole.
const URI =
  `[A-z]+://(?:[^@]+@)?(?:[${WORD}-]+\\.)+[${WORD}]+(?::\\p{Nd}+)?(?:/[^?#${SPACE}'">)\\]}]*)?` +
  `(?:\\?[^#${SPACE}'">)\\]}]+)?(?:#[^${SPACE}'">)\\]}]+)?`;
const E_MAIL = `[${WORD}.#$%&'*+/=!?^\`{|}~\\-]+@(?:[${WORD}-]+\\.)+[${WORD}]+`;
const ADDRESS_SPLIT = new RegExp(`(?<=^|[${SPACE}<"'(\\[{])(${URI}|${E_MAIL})(?=[${SPACE}>"')\\]}]|$)`, 'u');

/** Splits the sentence terminal off the last word; only the last three tokens are looked at. Changes the list. */
function spliceTerminal(tokens: string[]): void {
  for (let at = tokens.length - 1; at >= Math.max(0, tokens.length - 3); at--) {
    const word = tokens[at] ?? '';
    const counts = (WORD_START.test(word) && !APOSTROPHE_START.test(word)) || HAS_TERMINAL.test(word);
    if (!counts) continue;
    const characters = Array.from(word);
    if (characters.length > 1 && word !== '...') {
      const last = characters.at(-1) ?? '';
      const first = characters[0] ?? '';
      if (HAS_TERMINAL.test(last)) tokens.splice(at, 1, word.slice(0, -last.length), last);
      else if (HAS_TERMINAL.test(first)) tokens.splice(at, 1, first, word.slice(first.length));
    }
    return;
  }
}

/** Commas, colons and semicolons at the end of a token become tokens. */
function splitDangling(token: string): string[] {
  let end = token.length;
  while (end > 1 && ',;:'.includes(token[end - 1] ?? ' ')) end--;
  return [token.slice(0, end), ...Array.from(token.slice(end))];
}

function splitPlainText(text: string): string[] {
  const tokens = text
    .replace(HYPHENATED_LINE_BREAK, '$1$2')
    .split(SPACES)
    // Most words need no pattern, and the pattern is slow.
    .flatMap((span) => (PLAIN_WORD.test(span) ? [span] : span.split(WORD_SPLIT)))
    .filter((token) => token !== '');
  spliceTerminal(tokens);
  return tokens.flatMap(splitDangling);
}

const CONTRACTION = new RegExp(`^${ALNUM}+(?:[${HYPHENS}]${ALNUM}+)*[${APOSTROPHES}](?:d|ll|m|re|s|t|ve)$`, 'u');

/**
 * `it's` -> `it`, `'s`; `don't` -> `do`, `n't`. Some apostrophe-like marks count as letters too; for each of them in the stem the
 * reference puts the text before it once more in front of the last part.
 */
function splitContraction(token: string): string[] {
  if (!CONTRACTION.test(token)) return [token];
  const before: string[] = [];
  let from = token.length;
  for (let at = token.length - 1; at >= 0; at--) {
    if (!APOSTROPHES.includes(token[at] ?? ' ')) continue;
    const takesN = token.length > 2 && at + 2 === token.length && token.endsWith('t') && token[at - 1] === 'n';
    from = takesN ? at - 1 : at;
    before.push(token.slice(0, from));
  }
  return [...before, token.slice(from)];
}

/** The words and punctuation runs of a sentence. */
export function splitWords(sentence: string): string[] {
  // The address pattern is slow on long runs of quotes, so it is kept to sentences that can hold an address.
  const spans = /@|:\/\//.test(sentence) ? sentence.split(ADDRESS_SPLIT) : [sentence];
  return spans.flatMap((span, i) => (i % 2 === 1 ? [span] : splitPlainText(unescapeEntities(span)))).flatMap(splitContraction);
}
