// UTF-8 decoding that remembers which character each byte went into. Broken bytes become U+FFFD as in TextDecoder (WHATWG:
// one for each maximal part of a sequence), because a small model does emit broken characters.

/** Text and, for every byte, the UTF-16 index of its character. */
export interface DecodedBytes {
  text: string;
  unitOfByte: Int32Array;
}

/** Length and allowed range of the second byte, by the first byte; null for a byte that starts nothing. */
function sequenceOf(lead: number): { length: number; low: number; high: number } | null {
  if (lead < 0x80) return { length: 1, low: 0, high: 0 };
  if (lead >= 0xc2 && lead <= 0xdf) return { length: 2, low: 0x80, high: 0xbf };
  if (lead >= 0xe0 && lead <= 0xef) return { length: 3, low: lead === 0xe0 ? 0xa0 : 0x80, high: lead === 0xed ? 0x9f : 0xbf };
  if (lead >= 0xf0 && lead <= 0xf4) return { length: 4, low: lead === 0xf0 ? 0x90 : 0x80, high: lead === 0xf4 ? 0x8f : 0xbf };
  return null;
}

/** Number of bytes from `at` on that belong together, and whether they are a whole character. */
function measure(bytes: Uint8Array, at: number): { length: number; isWhole: boolean } {
  const sequence = sequenceOf(bytes[at] ?? 0);
  if (sequence === null) return { length: 1, isWhole: false };
  let { low, high } = sequence;
  for (let i = 1; i < sequence.length; i++) {
    const byte = bytes[at + i] ?? 0;
    if (byte < low || byte > high) return { length: i, isWhole: false };
    [low, high] = [0x80, 0xbf];
  }
  return { length: sequence.length, isWhole: true };
}

function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] ?? 0;
  let codePoint = length === 1 ? lead : lead & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) codePoint = (codePoint << 6) | ((bytes[at + i] ?? 0) & 0x3f);
  return codePoint;
}

/** Decodes bytes; a byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): DecodedBytes {
  const unitOfByte = new Int32Array(bytes.length);
  const characters: string[] = [];
  let unit = 0;
  for (let at = 0; at < bytes.length;) {
    const { length, isWhole } = measure(bytes, at);
    const character = isWhole ? String.fromCodePoint(codePointAt(bytes, at, length)) : '\ufffd';
    unitOfByte.fill(unit, at, at + length);
    characters.push(character);
    unit += character.length;
    at += length;
  }
  return { text: characters.join(''), unitOfByte };
}

/** Several byte runs as one. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
