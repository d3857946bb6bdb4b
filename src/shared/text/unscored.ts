// What of an answer the reward never saw: pieces too short to be a paragraph, and paragraphs after the last that counts (prpo.md 3.2).
import type { ScoredCompletion } from '../domain/answer.ts';
import { codePointCount } from './python-text.ts';
import { DEFAULT_PARAGRAPH_RULES, splitParagraphs, type ParagraphRules } from './paragraphs.ts';

export interface UnscoredPiece {
  /** UTF-16 offset in the completion. */
  start: number;
  /** White space folded. */
  text: string;
  /** `late`: a paragraph, but after the last one that counts. */
  reason: 'short' | 'late';
}

/** In order; empty for most answers. */
export function unscoredPieces(
  text: string,
  { paragraphs }: Pick<ScoredCompletion, 'paragraphs'>,
  rules: ParagraphRules = DEFAULT_PARAGRAPH_RULES,
): UnscoredPiece[] {
  return splitParagraphs(text, { ...rules, minCharacters: 0 })
    .filter((piece) => piece.text !== '' && !paragraphs.some(({ start, end }) => start <= piece.start && piece.start < end))
    .map(({ start, text, isFinal }) => ({
      start,
      text,
      reason: isFinal || codePointCount(text) > rules.minCharacters ? 'late' : 'short',
    }));
}
