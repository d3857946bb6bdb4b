// Which paragraph each token of a completion belongs to, from the bytes that each token adds (prpo.md 8). Exact, unlike the
// three approximations of the released code.
import { PYTHON_SPACE } from '../text/python-text.ts';

/** A paragraph's UTF-16 range in the completion, in order and without overlap. */
export interface TextRange {
  start: number;
  end: number;
}

/** Byte offsets (UTF-8) of UTF-16 indices, and which bytes are white space. */
interface ByteLayout {
  /** Byte offset at each UTF-16 index, and the length at the end. */
  byteAt: Int32Array;
  isSpace: Uint8Array;
}

const SPACE = new RegExp(`^[${PYTHON_SPACE}]$`, 'u');

const utf8Length = (codePoint: number): number => (codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4);

function layOut(text: string): ByteLayout {
  const byteAt = new Int32Array(text.length + 1);
  const isSpace = new Uint8Array(text.length * 3);
  let byte = 0;
  let unit = 0;
  for (const character of text) {
    const length = utf8Length(character.codePointAt(0) ?? 0);
    for (let i = 0; i < character.length; i++) byteAt[unit + i] = byte;
    if (SPACE.test(character)) isSpace.fill(1, byte, byte + length);
    byte += length;
    unit += character.length;
  }
  byteAt[text.length] = byte;
  return { byteAt, isSpace };
}

/** Paragraph of each byte; -1 outside. */
function paragraphOfBytes(paragraphs: readonly TextRange[], { byteAt, isSpace }: ByteLayout): Int32Array {
  const owner = new Int32Array(isSpace.length).fill(-1);
  paragraphs.forEach(({ start, end }, index) => owner.fill(index, byteAt[start] ?? 0, byteAt[end] ?? 0));
  return owner;
}

/**
 * Paragraph per token: the one whose range holds the token's first byte that is not white space; a token without such a byte
 * takes the paragraph of the last one before it.
 * @param text the whole completion: the pieces joined and decoded
 * @param pieces bytes that each token adds; empty for special tokens
 * @param paragraphs kept paragraphs that count, at most the first 8
 * @returns one entry per token; null = no paragraph
 */
export function mapTokensToParagraphs(text: string, pieces: readonly Uint8Array[], paragraphs: readonly TextRange[]): (number | null)[] {
  const layout = layOut(text);
  const owner = paragraphOfBytes(paragraphs, layout);
  let byte = 0;
  let current: number | null = null;
  return pieces.map((piece) => {
    const first = firstInk(layout.isSpace, byte, piece.length);
    if (first !== null) current = toParagraph(owner[first]);
    const own = current;
    const last = lastInk(layout.isSpace, byte, piece.length);
    if (last !== null) current = toParagraph(owner[last]);
    byte += piece.length;
    return own;
  });
}

const toParagraph = (owner: number | undefined): number | null => (owner === undefined || owner < 0 ? null : owner);

function firstInk(isSpace: Uint8Array, from: number, length: number): number | null {
  for (let i = from; i < from + length; i++) if (isSpace[i] === 0) return i;
  return null;
}

function lastInk(isSpace: Uint8Array, from: number, length: number): number | null {
  for (let i = from + length - 1; i >= from; i--) if (isSpace[i] === 0) return i;
  return null;
}

/** UTF-16 start and end of each token in the text; a token that only adds part of a character has an empty range. */
export function tokenRanges(pieces: readonly Uint8Array[]): TextRange[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let at = 0;
  return pieces.map((piece) => {
    const start = at;
    at += decoder.decode(piece, { stream: true }).length;
    return { start, end: at };
  });
}
