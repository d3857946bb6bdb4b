// Traces of how an image file was made, from its bytes alone: EXIF, JPEG quality and chroma subsampling. They say nothing about
// the picture, but a detector can learn them instead of it.
import type { ImageFormat, SampleChecks } from '../domain/sample.ts';
import { hasAlphaChannel } from './alpha.ts';
import { jpegQualityOf } from './jpeg-tables.ts';

export type FileTraits = Omit<SampleChecks, 'perceptualHash'>;

/**
 * Reads the traits of a whole file whose header was accepted by sniff.ts; what is missing or damaged counts as absent.
 * @param bytes the whole file
 */
export function readFileTraits(bytes: Uint8Array, format: ImageFormat): FileTraits {
  if (format === 'jpeg') return readJpegTraits(bytes);
  const hasExif = (format === 'png' && hasPngExif(bytes)) || (format === 'webp' && hasWebpExif(bytes));
  return { hasExif, hasAlpha: hasAlphaChannel(bytes), jpegQuality: null, chroma: null };
}

const ascii = (bytes: Uint8Array, at: number, count: number): string => String.fromCharCode(...bytes.subarray(at, at + count));
const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);

function hasPngExif(bytes: Uint8Array): boolean {
  for (let at = 8; at + 8 <= bytes.length;) {
    if (ascii(bytes, at + 4, 4) === 'eXIf') return true;
    at += 12 + u16(bytes, at) * 65536 + u16(bytes, at + 2);
  }
  return false;
}

function hasWebpExif(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    if (ascii(bytes, at, 4) === 'EXIF') return true;
    const length = view.getUint32(at + 4, true);
    at += 8 + length + (length % 2);
  }
  return false;
}

function readJpegTraits(bytes: Uint8Array): FileTraits {
  const traits: FileTraits = { hasExif: false, hasAlpha: false, jpegQuality: jpegQualityOf(bytes)?.quality ?? null, chroma: null };
  for (const { marker, at } of jpegSegments(bytes)) {
    if (marker === 0xe1 && ascii(bytes, at, 4) === 'Exif') traits.hasExif = true;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) traits.chroma = subsampling(bytes, at);
  }
  return traits;
}

/** The segments before the first scan; `at` is where the content begins. */
function* jpegSegments(bytes: Uint8Array): Generator<{ marker: number; at: number }> {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda) return;
    const length = u16(bytes, at + 2);
    yield { marker, at: at + 4 };
    at += 2 + length;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  '1x1': '4:4:4',
  '2x1': '4:2:2',
  '2x2': '4:2:0',
  '1x2': '4:4:0',
  '4x1': '4:1:1',
  '4x2': '4:1:0',
};

/** From the sampling factors of luma and chroma in the frame header. */
function subsampling(bytes: Uint8Array, at: number): string {
  const components = bytes[at + 5] ?? 0;
  if (components === 1) return 'grey';
  const factors = (index: number) => {
    const byte = bytes[at + 7 + 3 * index] ?? 0x11;
    return { h: byte >> 4, v: byte & 15 };
  };
  const [luma, chroma] = [factors(0), factors(1)];
  const ratio = `${luma.h / Math.max(1, chroma.h)}x${luma.v / Math.max(1, chroma.v)}`;
  return NAMES[ratio] ?? ratio;
}
