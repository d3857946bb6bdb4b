// Makes the pre-tokenizers of @huggingface/tokenizers 0.2 cut where the reference does (tokenizers 0.23, in Rust). The library uses
// JavaScript's classes and takes every behaviour of `Split` but `Removed` for `Isolated`.
import {
  ByteLevelPreTokenizer,
  DigitsPreTokenizer,
  PunctuationPreTokenizer,
  SequencePreTokenizer,
  SplitPreTokenizer,
  WhitespaceSplitPreTokenizer,
} from '@huggingface/tokenizers';
import type { PreTokenizer } from '@huggingface/tokenizers';
import { rustPattern } from './normalise.ts';

interface Span {
  text: string;
  isMatch: boolean;
}

/** The whole text in order, as matches of the pattern and what is between them; nothing is empty. */
function spansOf(text: string, pattern: RegExp): Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    spans.push({ text: text.slice(done, match.index), isMatch: false }, { text: match[0], isMatch: true });
    done = match.index + match[0].length;
  }
  spans.push({ text: text.slice(done), isMatch: false });
  return spans.filter((span) => span.text !== '');
}

/** Joins neighbours; of matches in a row only the first joins what is before it. */
function mergedWithPrevious(spans: readonly Span[], join: (before: string, match: string) => string): string[] {
  const pieces: string[] = [];
  spans.forEach(({ text, isMatch }, i) => {
    const before = pieces.at(-1);
    if (isMatch && before !== undefined && !spans[i - 1]?.isMatch) pieces[pieces.length - 1] = join(before, text);
    else pieces.push(text);
  });
  return pieces;
}

function contiguous(spans: readonly Span[]): string[] {
  const pieces: string[] = [];
  spans.forEach(({ text, isMatch }, i) => {
    const before = pieces.at(-1);
    if (before !== undefined && spans[i - 1]?.isMatch === isMatch) pieces[pieces.length - 1] = before + text;
    else pieces.push(text);
  });
  return pieces;
}

/** The behaviours that the library does not know, by their names in lower case. */
const SPLITS: Record<string, (spans: Span[]) => string[]> = {
  mergedwithprevious: (spans) => mergedWithPrevious(spans, (before, match) => before + match),
  mergedwithnext: (spans) => mergedWithPrevious(spans.toReversed(), (after, match) => match + after).toReversed(),
  contiguous,
};

function correctSplit(split: SplitPreTokenizer): void {
  const { pattern } = split;
  const cut = SPLITS[split.config.behavior.toLowerCase()];
  if (pattern === null || cut === undefined) return;
  const { invert } = split.config;
  split.pre_tokenize_text = (text) => cut(spansOf(text, pattern).map((span) => ({ ...span, isMatch: span.isMatch !== (invert === true) })));
}

/** Corrects a library's pre-tokenizer in place; null is none. */
export function correctSplits(preTokenizer: PreTokenizer | null): void {
  if (preTokenizer instanceof SequencePreTokenizer) preTokenizer.tokenizers.forEach(correctSplits);
  if (preTokenizer instanceof ByteLevelPreTokenizer) preTokenizer.pattern = new RegExp(rustPattern(preTokenizer.pattern.source), 'gu');
  // What Rust calls numeric is \p{N}: `2`, `²`, `½`, `٣`.
  if (preTokenizer instanceof DigitsPreTokenizer)
    preTokenizer.pattern = new RegExp(preTokenizer.pattern.source.replaceAll('\\d', '\\p{N}'), 'gu');
  if (preTokenizer instanceof WhitespaceSplitPreTokenizer)
    preTokenizer.pre_tokenize_text = (text) => text.match(/\P{White_Space}+/gu) ?? [];
  if (preTokenizer instanceof SplitPreTokenizer) correctSplit(preTokenizer);
  if (preTokenizer instanceof PunctuationPreTokenizer && preTokenizer.config.behavior?.toLowerCase() === 'isolated')
    preTokenizer.pattern = new RegExp(preTokenizer.pattern.source.replace(/\+$/, ''), 'gu');
}
