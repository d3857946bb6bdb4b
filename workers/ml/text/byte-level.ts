// The printable stand-ins that byte-level BPE uses for the 256 bytes (GPT-2's table). No vocabulary here.

const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/** Byte -> stand-in character: printable Latin-1 stands for itself, the others follow from U+0100 on. */
export const BYTE_TO_CHARACTER: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
})();

/** The inverse of `BYTE_TO_CHARACTER`. */
export const CHARACTER_TO_BYTE: ReadonlyMap<string, number> = new Map(BYTE_TO_CHARACTER.map((character, byte) => [character, byte]));

const ENCODER = new TextEncoder();

/** Stand-in characters -> bytes; a token with a character outside the table (an added one) gives its own UTF-8 bytes. */
export function fromByteLevel(standIns: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of standIns) {
    const byte = CHARACTER_TO_BYTE.get(character);
    if (byte === undefined) return ENCODER.encode(standIns);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
