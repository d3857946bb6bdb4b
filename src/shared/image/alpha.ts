// Whether a picture file has an alpha channel. Models and views drop it: they see the colours stored under it (spec/model.md 6).

const ascii = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Colour types with alpha, grey and colour. */
const PNG_ALPHA_TYPES = [4, 6];

/** Compression value of a BMP whose pixels are cut by masks. */
const BMP_BIT_FIELDS = 3;

function pngHasAlpha(bytes: Uint8Array): boolean {
  if (PNG_ALPHA_TYPES.includes(bytes[25] ?? 0)) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const kind = ascii(bytes, at + 4);
    if (kind === 'tRNS') return true; // of a palette, or one colour
    if (kind === 'IDAT') return false;
  }
  return false;
}

function webpHasAlpha(bytes: Uint8Array): boolean {
  const kind = ascii(bytes, 12);
  if (kind === 'VP8X') return ((bytes[20] ?? 0) & 0x10) !== 0;
  return kind === 'VP8L' && ((bytes[24] ?? 0) & 0x10) !== 0; // after the signature, 14 bits of width and 14 of height
}

/** A header of at least 56 bytes has a mask for alpha, which counts where the masks do. */
function bmpHasAlpha(bytes: Uint8Array): boolean {
  if (bytes.length < 70) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasMask = view.getUint32(14, true) >= 56 && view.getUint32(30, true) === BMP_BIT_FIELDS;
  return hasMask && view.getUint32(66, true) !== 0;
}

/** Says that there is a channel, not that any pixel is transparent. @param bytes a whole file of a known format */
export function hasAlphaChannel(bytes: Uint8Array): boolean {
  if (ascii(bytes, 0) === '\x89PNG') return pngHasAlpha(bytes);
  if (bytes[0] === 0x42 && bytes[1] === 0x4d) return bmpHasAlpha(bytes);
  return ascii(bytes, 0) === 'RIFF' && ascii(bytes, 8) === 'WEBP' && webpHasAlpha(bytes);
}
