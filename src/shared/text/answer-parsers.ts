// The answer parsers of the official code, which disagree, and a strict one of this project (prpo.md 3.1).
import type { AnswerParser } from '../config/config.ts';
import type { Label } from '../domain/sample.ts';
import { PYTHON_SPACE, pythonStrip } from './python-text.ts';

/** The rule that produced an answer; `none` = unparsed. */
export type ParseRule = 'answer-tag' | 'answer-tag-both' | 'final-line' | 'whole-text' | 'strict' | 'none';

export interface ParsedAnswer {
  /** null = unparsed. */
  answer: Label | null;
  rule: ParseRule;
}

const TAG = '### Answer:';
const UNPARSED: ParsedAnswer = { answer: null, rule: 'none' };

/** What follows the last tag, lower case; null without a tag. */
function tailAfterTag(text: string): string | null {
  const at = text.lastIndexOf(TAG);
  return at < 0 ? null : text.slice(at + TAG.length).toLowerCase();
}

/** The one of the two words that occurs; null when both or none do. Substrings count: `really` is `real`. */
function onlyWord(lowerCase: string): Label | null {
  const real = lowerCase.includes('real');
  const fake = lowerCase.includes('fake');
  if (real === fake) return null;
  return real ? 'real' : 'fake';
}

/** (a) `eval`: the evaluation script; `real` wins when both words occur. */
export function parseEval(text: string): ParsedAnswer {
  const tail = tailAfterTag(text);
  if (tail === null) return UNPARSED;
  if (tail.includes('real')) return { answer: 'real', rule: tail.includes('fake') ? 'answer-tag-both' : 'answer-tag' };
  return tail.includes('fake') ? { answer: 'fake', rule: 'answer-tag' } : UNPARSED;
}

/** The tag part of (b) and (c): both words mean fake. undefined without a tag. */
function parseTagged(text: string): ParsedAnswer | undefined {
  const tail = tailAfterTag(text);
  if (tail === null) return undefined;
  const word = onlyWord(tail);
  if (word !== null) return { answer: word, rule: 'answer-tag' };
  return tail.includes('fake') ? { answer: 'fake', rule: 'answer-tag-both' } : UNPARSED;
}

/** (b) `prpo`: decides in the reward whether a completion is unparsed. */
export function parsePrpo(text: string): ParsedAnswer {
  return parseTagged(text) ?? parseFinalLine(text);
}

// The released code tries six patterns; those with `#` or `Final` before `Answer` add nothing to these two.
const FINAL_LINE = new RegExp(`[Aa]nswer[${PYTHON_SPACE}]*:|[Cc]onclusion[${PYTHON_SPACE}]*:`, 'u');

function answerOfLine(lowerCase: string): Label | null {
  const word = onlyWord(lowerCase);
  if (word !== null) return word;
  if (lowerCase.endsWith('real')) return 'real';
  return lowerCase.endsWith('fake') ? 'fake' : null;
}

/** (b2) `final-line`: the last line with an answer or conclusion tag that names a word; null = `unknown`. */
export function parseFinalLine(text: string): ParsedAnswer {
  for (const line of text.split('\n').reverse()) {
    const trimmed = pythonStrip(line);
    if (!FINAL_LINE.test(trimmed)) continue;
    const answer = answerOfLine(trimmed.toLowerCase());
    if (answer !== null) return { answer, rule: 'final-line' };
  }
  return UNPARSED;
}

/** (c) `plain`: plain TTRL reward and majority vote. */
export function parsePlain(text: string): ParsedAnswer {
  const tagged = parseTagged(text);
  if (tagged !== undefined) return tagged;
  const answer = onlyWord(text.toLowerCase());
  return answer === null ? UNPARSED : { answer, rule: 'whole-text' };
}

/** `strict`: the last tag, optional spaces, exactly `real` or `fake`, end of line. */
export function parseStrict(text: string): ParsedAnswer {
  const at = text.lastIndexOf(TAG);
  if (at < 0) return UNPARSED;
  const word = /^ *(real|fake)(?=\r?\n|$)/.exec(text.slice(at + TAG.length))?.[1];
  if (word === undefined) return UNPARSED;
  return { answer: word === 'real' ? 'real' : 'fake', rule: 'strict' };
}

const PARSERS: Record<AnswerParser, (text: string) => ParsedAnswer> = {
  eval: parseEval,
  prpo: parsePrpo,
  plain: parsePlain,
  strict: parseStrict,
};

/** The answer by one of the four selectable parsers. */
export function parseAnswer(text: string, parser: AnswerParser): ParsedAnswer {
  return PARSERS[parser](text);
}
