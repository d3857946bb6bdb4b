// Marks PNG and WebP files as opaque without touching their colours. A canvas multiplies colours by alpha and so loses
// those under transparent pixels; a file that says nothing of alpha comes out as stored.

function readAscii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** A PNG without its tRNS chunk (transparent palette entries or colour key). */
export function withoutTransparentColour(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (readAscii(bytes, at + 4) !== 'tRNS') continue;
    const end = at + 12 + view.getUint32(at);
    const result = new Uint8Array(bytes.length - (end - at));
    result.set(bytes.subarray(0, at));
    result.set(bytes.subarray(end), at);
    return result;
  }
  return bytes;
}

const EXTENDED_ALPHA_BIT = 0x10;
/** `xalp`: no such chunk exists. */
const SKIPPED_KIND = [0x78, 0x61, 0x6c, 0x70];

/**
 * A lossy WebP without alpha: its alpha plane is renamed to an unknown chunk, which decoders skip, and the flag is
 * cleared. A lossless WebP keeps its alpha: with the flag cleared Chromium 156 still divides by the stored alpha. Its
 * colours under partial transparency are therefore only nearly those stored.
 */
export function withoutWebpAlpha(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  let flagsAt = 0;
  for (let at = 12; at + 8 <= copy.length;) {
    const length = view.getUint32(at + 4, true);
    const kind = readAscii(copy, at);
    if (kind === 'VP8X') flagsAt = at + 8;
    if (kind === 'ALPH') {
      copy.set(SKIPPED_KIND, at);
      copy[flagsAt] = (copy[flagsAt] ?? 0) & ~EXTENDED_ALPHA_BIT;
    }
    at += 8 + length + (length % 2);
  }
  return copy;
}
