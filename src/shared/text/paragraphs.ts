// Splitting a completion into the paragraphs that rewards, advantages and token masks count (prpo.md 3.2).
import { codePointCount, foldSpace, PYTHON_SPACE, trimmedRange } from './python-text.ts';

/** A kept piece of a completion. */
export interface Paragraph {
  /** White space folded to single spaces, as scored. */
  text: string;
  /** UTF-16 range of the trimmed piece in the completion. */
  start: number;
  end: number;
  /** It holds an answer or conclusion tag. */
  isFinal: boolean;
}

/** The splitter's settings; see RewardConfig. */
export interface ParagraphRules {
  splitter: 'blank-line' | 'headings';
  /** A piece must be longer than this to be kept, in code points. */
  minCharacters: number;
}

export const DEFAULT_PARAGRAPH_RULES: ParagraphRules = { splitter: 'blank-line', minCharacters: 20 };

const SEPARATORS: Record<ParagraphRules['splitter'], RegExp> = {
  'blank-line': new RegExp(`\\n[${PYTHON_SPACE}]*\\n`, 'gu'),
  headings: new RegExp(`\\n[${PYTHON_SPACE}]*\\n|\\*\\*[^*]+\\*\\*:|\\p{Nd}+\\.[${PYTHON_SPACE}]+`, 'gu'),
};

const FINAL_WORD = /[Aa]nswer|[Cc]onclusion/u;

/**
 * Whether a piece is a final-answer paragraph. The released pattern
 * `###.*[Aa]nswer.*:|[Aa]nswer.*:|[Ff]inal.*[Aa]nswer.*:|[Cc]onclusion.*:` says no more than: one of the two words, then a colon
 * on the same line (a folded piece is one line).
 */
export function isFinalAnswer(text: string): boolean {
  return text.split('\n').some((line) => {
    const at = line.search(FINAL_WORD);
    return at >= 0 && line.includes(':', at);
  });
}

function pieceRanges(text: string, separator: RegExp): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  let start = 0;
  for (const match of text.matchAll(separator)) {
    ranges.push([start, match.index]);
    start = match.index + match[0].length;
  }
  ranges.push([start, text.length]);
  return ranges;
}

function toParagraph(completion: string, [from, to]: [number, number]): Paragraph {
  const piece = completion.slice(from, to);
  const [start, end] = trimmedRange(piece);
  const text = foldSpace(piece);
  return { text, start: from + start, end: from + end, isFinal: isFinalAnswer(text) };
}

/**
 * The kept paragraphs in order, not yet limited in number; never empty: with nothing to keep it is the whole trimmed text.
 */
export function splitParagraphs(completion: string, rules: ParagraphRules = DEFAULT_PARAGRAPH_RULES): Paragraph[] {
  const kept = pieceRanges(completion, SEPARATORS[rules.splitter])
    .map((range) => toParagraph(completion, range))
    .filter((piece) => piece.isFinal || codePointCount(piece.text) > rules.minCharacters);
  if (kept.length > 0) return kept;
  const [start, end] = trimmedRange(completion);
  const text = completion.slice(start, end);
  return [{ text, start, end, isFinal: isFinalAnswer(text) }];
}
