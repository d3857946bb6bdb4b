// JPEG's quantisation tables: the standard's two at any quality, as libjpeg scales them, and what quality a file's tables have.
import { zigzagOrder } from './zigzag.ts';

/** Tables K.1 (luminance) and K.2 (chrominance) of ITU T.81, row by row. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62, 18, 22,
  37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

export interface QuantisationTables {
  /** [64] each, row by row, 1..255 */
  luminance: Uint8Array;
  chrominance: Uint8Array;
}

/** The tables that libjpeg writes. @param quality 1..100 */
export function quantisationTables(quality: number): QuantisationTables {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  const at = (base: readonly number[]) =>
    Uint8Array.from(base, (value) => Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))));
  return { luminance: at(LUMINANCE), chrominance: at(CHROMINANCE) };
}

/** What a file's luminance table says. */
export interface JpegQuality {
  /** 1..100, the libjpeg quality whose table is nearest (sum of absolute differences). */
  quality: number;
  /** The table is exactly libjpeg's; false for cameras and editors with tables of their own, where the figure is rough. */
  isExact: boolean;
}

/** The first table that a JPEG file defines, row by row, with its number of tables; null where it has none or is no JPEG. */
export function readQuantisation(bytes: Uint8Array): { tables: number; luminance: Uint16Array } | null {
  const tables = new Map<number, Uint16Array>();
  let at = bytes[0] === 0xff && bytes[1] === 0xd8 ? 2 : bytes.length;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (marker === 0xdb) readSegment(bytes, at + 4, Math.min(bytes.length, at + 2 + length), tables);
    if (marker === 0xda || length < 2) break;
    at += 2 + length;
  }
  const luminance = tables.get(0);
  return luminance ? { tables: tables.size, luminance } : null;
}

function readSegment(bytes: Uint8Array, start: number, end: number, tables: Map<number, Uint16Array>): void {
  for (let at = start; at < end;) {
    const head = bytes[at] ?? 0;
    const width = head >> 4 === 0 ? 1 : 2;
    if (at + 1 + 64 * width > end) return;
    const table = new Uint16Array(64);
    zigzagOrder.forEach((place, i) => {
      const from = at + 1 + i * width;
      table[place] = width === 1 ? (bytes[from] ?? 0) : ((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0);
    });
    tables.set(head & 15, table);
    at += 1 + 64 * width;
  }
}

let luminances: Uint8Array[] | null = null;

/** The quality of a JPEG file: the one whose libjpeg table is nearest to its own, the higher of two; null where it has no table. */
export function jpegQualityOf(bytes: Uint8Array): JpegQuality | null {
  const luminance = readQuantisation(bytes)?.luminance;
  if (!luminance) return null;
  luminances ??= Array.from({ length: 100 }, (_, i) => quantisationTables(i + 1).luminance);
  let best = { quality: 1, distance: Infinity };
  for (const [i, table] of luminances.entries()) {
    const distance = table.reduce((sum, value, k) => sum + Math.abs(value - (luminance[k] ?? 0)), 0);
    if (distance <= best.distance) best = { quality: i + 1, distance };
  }
  return { quality: best.quality, isExact: best.distance === 0 };
}
