// The answer parsers and their rules in words (spec/prpo.md 3.1).
import type { AnswerParser } from '../shared/config/config.ts';

const RULES: Record<string, string> = {
  'answer-tag': 'after "### Answer:"',
  'answer-tag-both': 'both words after "### Answer:"',
  'final-line': 'last line with an answer or conclusion tag',
  'whole-text': 'the only one of the two words in the text',
  strict: 'exactly one word after "### Answer:"',
  file: 'as the file says',
  none: 'no clear answer found',
};

/** What made an answer count as real or fake. */
export function ruleText(rule: string): string {
  return RULES[rule] ?? rule;
}

/** All parsers, the official three first. */
export const PARSER_WORDS: readonly { parser: AnswerParser; usedBy: string }[] = [
  { parser: 'eval', usedBy: 'official evaluation script' },
  { parser: 'prpo', usedBy: 'official PRPO reward' },
  { parser: 'plain', usedBy: 'official TTRL reward and vote' },
  { parser: 'strict', usedBy: 'this project' },
];
