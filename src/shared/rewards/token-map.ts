// Which paragraph each token of a completion belongs to, from the bytes that each token adds (prpo.md 8). Exact, unlike the
// three approximations of the released code.
import { PYTHON_SPACE } from '../text/python-text.ts';
import { decodeUtf8, joinBytes } from '../text/utf8.ts';

/** A UTF-16 range in the completion. */
export interface TextRange {
  start: number;
  end: number;
}

const SPACE = new RegExp(`^[${PYTHON_SPACE}]$`, 'u');

/** Paragraph of each UTF-16 unit; -1 outside. */
function paragraphOfUnits(length: number, paragraphs: readonly TextRange[]): Int32Array {
  const owner = new Int32Array(length).fill(-1);
  paragraphs.forEach(({ start, end }, index) => owner.fill(index, start, end));
  return owner;
}

/**
 * Paragraph per token: the one whose range holds the token's first byte that is not white space; a token without such a byte
 * takes the paragraph of the last one before it.
 * @param pieces bytes that each token adds, empty for special tokens; joined and decoded they are the completion
 * @param paragraphs kept paragraphs that count (at most the first 8), in order and without overlap
 * @returns one entry per token; null = no paragraph
 */
export function mapTokensToParagraphs(pieces: readonly Uint8Array[], paragraphs: readonly TextRange[]): (number | null)[] {
  const { text, unitOfByte } = decodeUtf8(joinBytes(pieces));
  const owner = paragraphOfUnits(text.length, paragraphs);
  const isInk = (byte: number): boolean => !SPACE.test(text[unitOfByte[byte] ?? 0] ?? '');
  const paragraphOf = (byte: number): number | null => {
    const index = owner[unitOfByte[byte] ?? 0] ?? -1;
    return index < 0 ? null : index;
  };
  let start = 0;
  let current: number | null = null;
  return pieces.map(({ length }) => {
    const inks = Array.from({ length }, (_, i) => start + i).filter(isInk);
    const [first, last] = [inks[0], inks.at(-1)];
    start += length;
    const own = first === undefined ? current : paragraphOf(first);
    if (last !== undefined) current = paragraphOf(last);
    return own;
  });
}

/** UTF-16 range that each token completes in the text; empty for a token that only begins a character. */
export function tokenRanges(pieces: readonly Uint8Array[]): TextRange[] {
  const { text, unitOfByte } = decodeUtf8(joinBytes(pieces));
  let byte = 0;
  let unit = 0;
  return pieces.map((piece) => {
    byte += piece.length;
    const start = unit;
    unit = byte < unitOfByte.length ? (unitOfByte[byte] ?? 0) : text.length;
    return { start, end: unit };
  });
}
