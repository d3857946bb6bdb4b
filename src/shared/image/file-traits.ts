// Traces of how an image file was made, from its bytes alone: EXIF, JPEG quality and chroma subsampling. They say nothing about
// the picture, but a detector can learn them instead of it.
import type { ImageFormat, SampleChecks } from '../domain/sample.ts';
import { hasAlphaChannel } from './alpha.ts';

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
  const traits: FileTraits = { hasExif: false, hasAlpha: false, jpegQuality: null, chroma: null };
  for (const { marker, at, length } of jpegSegments(bytes)) {
    if (marker === 0xe1 && ascii(bytes, at, 4) === 'Exif') traits.hasExif = true;
    if (marker === 0xdb) traits.jpegQuality ??= qualityOf(luminanceTable(bytes, at, length));
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) traits.chroma = subsampling(bytes, at);
  }
  return traits;
}

/** The segments before the first scan; `at` is where the content begins. */
function* jpegSegments(bytes: Uint8Array): Generator<{ marker: number; at: number; length: number }> {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda) return;
    const length = u16(bytes, at + 2);
    yield { marker, at: at + 4, length: length - 2 };
    at += 2 + length;
  }
}

/** Table 0 of a DQT segment in its own (zigzag) order, or null when the segment holds another one. */
function luminanceTable(bytes: Uint8Array, start: number, length: number): number[] | null {
  for (let at = start; at < start + length;) {
    const [is16Bit, id] = [(bytes[at] ?? 0) >> 4 === 1, (bytes[at] ?? 0) & 15];
    const size = is16Bit ? 128 : 64;
    if (id === 0) return Array.from({ length: 64 }, (_, i) => (is16Bit ? u16(bytes, at + 1 + 2 * i) : (bytes[at + 1 + i] ?? 0)));
    at += 1 + size;
  }
  return null;
}

/** The luminance table of the JPEG standard (ITU-T T.81, table K.1) in zigzag order. */
const STANDARD_LUMINANCE = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51, 56, 55,
  64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/**
 * The table that libjpeg writes at a quality: every entry of the standard table times s / 100, rounded, between 1 and 255, where
 * s = 5000 / quality below 50 and 200 - 2 x quality from 50 on (integer division).
 */
export function libjpegTable(quality: number): number[] {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return STANDARD_LUMINANCE.map((entry) => Math.min(255, Math.max(1, Math.floor((entry * scale + 50) / 100))));
}

let tables: number[][] | null = null;

/**
 * The quality 1..100 whose libjpeg table is nearest (sum of absolute differences; the higher quality wins ties). Exact for files of
 * libjpeg and what builds on it (Pillow, browsers, sharp without mozjpeg tables); an estimate for encoders with tables of their own.
 */
export function qualityOf(table: readonly number[] | null): number | null {
  if (!table) return null;
  tables ??= Array.from({ length: 100 }, (_, i) => libjpegTable(i + 1));
  let best = { quality: 0, distance: Infinity };
  for (const [i, candidate] of tables.entries()) {
    const distance = candidate.reduce((sum, entry, k) => sum + Math.abs(entry - (table[k] ?? 0)), 0);
    if (distance <= best.distance) best = { quality: i + 1, distance };
  }
  return best.quality;
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
