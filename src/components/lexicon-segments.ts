// Cuts a paragraph into pieces for marking: lexicon hits, the negators that flipped them, and the keyword. Pure.
import { formatFigure, formatPlural } from './format.ts';
import type { LexiconHit } from '../shared/domain/answer.ts';
import type { Label } from '../shared/domain/sample.ts';
import { negatorPlace } from '../shared/text/lexicon.ts';

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

/** The side a hit counts for: its own list's, or the other where a negator flipped it. */
export function effectiveSide(hit: LexiconHit): Label {
  if (!hit.negator) return hit.list;
  return hit.list === 'real' ? 'fake' : 'real';
}

/** Letters with their marks, and digits. */
const WORD = '[\\p{L}\\p{M}\\p{N}]';

/**
 * Where the keyword stands, rather as whole words than inside others. YAKE writes contractions apart ("do n't"), so spaces between its
 * words are optional, and a keyword may begin within one.
 */
function keywordRange(text: string, keyword: string): Range | null {
  const words = keyword.split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^\\p{L}\\p{N}]*');
  const match = new RegExp(`(?<!${WORD})${pattern}(?!${WORD})`, 'u').exec(text) ?? new RegExp(pattern, 'u').exec(text);
  return match ? { start: match.index, end: match.index + match[0].length } : null;
}

/** Bold text wherever it stands, and the heading signs at the start with an answer tag behind them. */
function titleRanges(text: string): Range[] {
  return Array.from(text.matchAll(/\*\*[^*]+\*\*:?|^\s*#+\s*(?:[Aa]nswer\s*:)?/g), ({ 0: { length }, index }) => ({
    start: index,
    end: index + length,
  }));
}

const covers = (range: Range | null, start: number, end: number): boolean => range !== null && range.start <= start && end <= range.end;

/** A stored record may hold negators of another version of the lists; only what is found now is marked. */
const negatorOf = (text: string, hit: LexiconHit): Range | null => (hit.negator ? negatorPlace(text, hit.start) : null);

/**
 * The paragraph in order, cut wherever a mark begins or ends; the pieces join to the whole text.
 * @param hits offsets in `text`; borrowed
 */
export function lexiconSegments(text: string, hits: readonly LexiconHit[], keyword: string): Segment[] {
  const keywordAt = keywordRange(text, keyword);
  const titles = titleRanges(text);
  const negators = hits.map((hit) => ({ hit, range: negatorOf(text, hit) }));
  const ranges = [...hits, ...negators.flatMap(({ range }) => range ?? []), ...(keywordAt ? [keywordAt] : []), ...titles];
  const cuts = [...new Set([0, text.length, ...ranges.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, i): Segment => {
    const end = cuts[i + 1] ?? text.length;
    return {
      start,
      text: text.slice(start, end),
      hits: hits.filter((hit) => covers(hit, start, end)).sort((a, b) => b.end - b.start - (a.end - a.start)),
      negates: negators.filter(({ range }) => covers(range, start, end)).map(({ hit }) => hit),
      isKeyword: covers(keywordAt, start, end),
      isTitle: titles.some((title) => covers(title, start, end)),
    };
  });
}

/**
 * One hit in words: `"natural" (real list, 1.0), flipped by "not": counts as fake`.
 * @param text of the paragraph; with it, how far before the term the negator stands
 */
export function describeHit(hit: LexiconHit, text?: string): string {
  const place = text !== undefined && hit.negator ? negatorPlace(text, hit.start) : null;
  const before = place ? ` ${formatPlural(hit.start - place.end, 'character')} before` : '';
  const flip = hit.negator ? `, flipped by "${hit.negator}"${before}` : '';
  return `"${hit.term}" (${hit.list} list, ${formatFigure(hit.weight, 1)})${flip}: counts as ${effectiveSide(hit)}`;
}
