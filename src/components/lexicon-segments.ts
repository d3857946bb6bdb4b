// Cuts a paragraph into pieces for marking: lexicon hits, the negators that flipped them, and the keyword. Pure.
import { formatFigure } from './format.ts';
import type { LexiconHit } from '../shared/domain/answer.ts';
import type { Label } from '../shared/domain/sample.ts';

export interface Segment {
  /** UTF-16 offset in the paragraph. */
  start: number;
  text: string;
  /** Hits that cover this piece, longest first. */
  hits: LexiconHit[];
  /** Hits that this piece, a negator, flipped. */
  negates: LexiconHit[];
  isKeyword: boolean;
  /** A title such as `**Skin**:`; shown without its signs. */
  isTitle: boolean;
}

interface Range {
  start: number;
  end: number;
}

/** Characters before a hit in which a negator acts (spec/prpo.md 5.2). */
const NEGATION_WINDOW = 80;

/** The side a hit counts for: its own list's, or the other where a negator flipped it. */
export function effectiveSide(hit: LexiconHit): Label {
  if (!hit.negator) return hit.list;
  return hit.list === 'real' ? 'fake' : 'real';
}

/** Where the negator of a hit stands: its last occurrence in the window before the hit. */
function negatorRange(text: string, hit: LexiconHit): Range | null {
  if (!hit.negator) return null;
  const from = Math.max(0, hit.start - NEGATION_WINDOW);
  const at = text.slice(from, hit.start).toLowerCase().lastIndexOf(hit.negator);
  return at < 0 ? null : { start: from + at, end: from + at + hit.negator.length };
}

/** Where the keyword stands. YAKE writes contractions apart ("do n't"), so spaces between its words are optional. */
function keywordRange(text: string, keyword: string): Range | null {
  const words = keyword.split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^\\p{L}\\p{N}]*');
  const match = new RegExp(pattern, 'u').exec(text);
  return match ? { start: match.index, end: match.index + match[0].length } : null;
}

/** The bold title at the start, or the signs before an answer tag. */
function titleRange(text: string): Range | null {
  const match = /^\s*(\*\*[^*]+\*\*:?|#+\s*[Aa]nswer\s*:)/.exec(text);
  return match ? { start: 0, end: match[0].length } : null;
}

const covers = (range: Range | null, start: number, end: number): boolean => range !== null && range.start <= start && end <= range.end;

/**
 * The paragraph in order, cut wherever a mark begins or ends; the pieces join to the whole text.
 * @param hits offsets in `text`; borrowed
 */
export function lexiconSegments(text: string, hits: readonly LexiconHit[], keyword: string): Segment[] {
  const keywordAt = keywordRange(text, keyword);
  const titleAt = titleRange(text);
  const negators = hits.map((hit) => ({ hit, range: negatorRange(text, hit) }));
  const ranges = [
    ...hits,
    ...negators.flatMap(({ range }) => range ?? []),
    ...(keywordAt ? [keywordAt] : []),
    ...(titleAt ? [titleAt] : []),
  ];
  const cuts = [...new Set([0, text.length, ...ranges.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, i): Segment => {
    const end = cuts[i + 1] ?? text.length;
    return {
      start,
      text: text.slice(start, end),
      hits: hits.filter((hit) => covers(hit, start, end)).sort((a, b) => b.end - b.start - (a.end - a.start)),
      negates: negators.filter(({ range }) => covers(range, start, end)).map(({ hit }) => hit),
      isKeyword: covers(keywordAt, start, end),
      isTitle: covers(titleAt, start, end),
    };
  });
}

/** One hit in words: `"natural" (real list, 1.0), flipped by "not": counts as fake`. */
export function describeHit(hit: LexiconHit): string {
  const flip = hit.negator ? `, flipped by "${hit.negator}"` : '';
  return `"${hit.term}" (${hit.list} list, ${formatFigure(hit.weight, 1)})${flip}: counts as ${effectiveSide(hit)}`;
}
