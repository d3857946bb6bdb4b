// Finds the source range of each token by walking the normalised characters and the tokens' bytes together.
import { WorkbenchError } from '../../../src/shared/errors.ts';
import type { MappedText } from './normalise.ts';

/** Half-open range. */
export type Range = [start: number, end: number];

const ENCODER = new TextEncoder();

interface ByteWalk {
  bytes: Uint8Array;
  /** Normalised character of each byte. */
  owner: Int32Array;
  /** First byte of each character, and the length at the end. */
  firstByte: Int32Array;
}

const utf8Length = (codePoint: number): number => (codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4);

function layOutBytes({ characters }: MappedText): ByteWalk {
  const bytes = ENCODER.encode(characters.join(''));
  const walk: ByteWalk = { bytes, owner: new Int32Array(bytes.length), firstByte: new Int32Array(characters.length + 1) };
  let at = 0;
  characters.forEach((character, i) => {
    const length = utf8Length(character.codePointAt(0) ?? 0);
    walk.firstByte[i] = at;
    for (let k = 0; k < length; k++) walk.owner[at + k] = i;
    at += length;
  });
  walk.firstByte[characters.length] = at;
  return walk;
}

function startsWith(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  if (at + wanted.length > bytes.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

/** First position at or after `at` where the bytes occur; pre-tokenizers may have dropped characters in between. */
function findBytes(walk: ByteWalk, at: number, wanted: Uint8Array): number {
  if (startsWith(walk.bytes, at, wanted)) return at;
  for (let character = (walk.owner[at] ?? walk.firstByte.length) + 1; character < walk.firstByte.length; character++) {
    const position = walk.firstByte[character] ?? walk.bytes.length;
    if (startsWith(walk.bytes, position, wanted)) return position;
  }
  return -1;
}

/** First byte at or after `at` that the pre-tokenizer can have kept. */
function afterDropped(walk: ByteWalk, { characters }: MappedText, at: number, dropsSpace: boolean): number {
  if (!dropsSpace) return at;
  let character = walk.owner[at] ?? characters.length;
  while (/^\p{White_Space}$/u.test(characters[character] ?? '')) character++;
  return Math.max(at, walk.firstByte[character] ?? at);
}

interface UnknownRules {
  /** The pre-tokenizer drops white space, so that an unknown token never stands for it. */
  dropsSpace?: boolean;
  /** One unknown token stands for all unknown characters in a row: for everything up to the next token. */
  fusesUnknown?: boolean;
}

/** First byte after an unknown token that starts at `from`. @param next bytes of the token after it */
function endOfUnknown(walk: ByteWalk, from: number, next: Uint8Array | null | undefined, fuses: boolean | undefined): number {
  const afterOne = walk.firstByte[(walk.owner[from] ?? walk.firstByte.length) + 1] ?? walk.bytes.length;
  if (!fuses || next === null) return afterOne;
  const found = next === undefined ? -1 : findBytes(walk, afterOne, next);
  return found < 0 ? walk.bytes.length : found;
}

/**
 * Source ranges (code points) of the tokens of one normalised piece of text.
 * @param tokenBytes bytes of each token in the normalised text; null for an unknown token
 * @throws WorkbenchError E-INTERNAL when a token does not occur in the text
 */
export function alignTokens(text: MappedText, tokenBytes: (Uint8Array | null)[], rules: UnknownRules = {}): Range[] {
  const walk = layOutBytes(text);
  let at = 0;
  return tokenBytes.map((wanted, i): Range => {
    const from = wanted === null ? afterDropped(walk, text, at, rules.dropsSpace === true) : findBytes(walk, at, wanted);
    if (from < 0)
      throw new WorkbenchError('E-INTERNAL', 'A token could not be found in its own text.', {
        details: { at, bytes: [...(wanted ?? [])] },
      });
    const firstCharacter = walk.owner[from] ?? text.characters.length;
    const to = wanted === null ? endOfUnknown(walk, from, tokenBytes[i + 1], rules.fusesUnknown) : from + wanted.length;
    const lastCharacter = walk.owner[to - 1] ?? firstCharacter;
    at = to;
    return [text.starts[firstCharacter] ?? 0, text.ends[lastCharacter] ?? 0];
  });
}
