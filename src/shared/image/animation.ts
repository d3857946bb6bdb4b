// Whether a picture file moves. Decoders give its first frame, and that is the picture for models and views.

const ascii = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** An animation control chunk before the pixels (APNG). */
function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const kind = ascii(bytes, at + 4);
    if (kind === 'acTL') return true;
    if (kind === 'IDAT') return false;
  }
  return false;
}

/** @param bytes a whole file whose header was accepted by sniff.ts */
export function isAnimated(bytes: Uint8Array): boolean {
  if (ascii(bytes, 0) === '\x89PNG') return isAnimatedPng(bytes);
  return ascii(bytes, 0) === 'RIFF' && ascii(bytes, 12) === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
}
