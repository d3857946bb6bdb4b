// A 64-bit hash that stays nearly the same when a picture is re-encoded or resized: the DCT hash known as pHash (Zauner 2010),
// with the numbers of the Python package imagehash: grey, 32 x 32, DCT-II, the 8 x 8 lowest frequencies, one bit each for "above
// their median". Here the picture is averaged down by area, not by Lanczos, so that hashes differ from imagehash's by a few bits.
import { median } from '../metrics/averages.ts';

const SIDE = 32;
const LOW = 8;

/**
 * Pictures at most this many bits of 64 apart are candidates for being copies. Measured on the demo portraits: copies as JPEG of
 * quality 10 to 90, WebP, a third to twice the size or brighter by 15 % are within 8; crops by 5 % are not found. Different
 * portraits of one pose can be as near, so that candidates are confirmed on their pixels.
 */
export const NEAR_BITS = 8;

/** Rec. 601 luma of interleaved pixels. @param channels 3 or 4 @returns one value per pixel, 0..255 */
export function greyOf(pixels: ArrayLike<number>, channels: 3 | 4): Float64Array {
  const grey = new Float64Array(pixels.length / channels);
  for (let i = 0, at = 0; i < grey.length; i++, at += channels)
    grey[i] = 0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
  return grey;
}

/** Mean of each of 32 x 32 equal areas; source pixels on an edge count by their share. */
export function shrinkByArea(grey: Float64Array, width: number, height: number): Float64Array {
  const rows = areaWeights(height);
  const columns = areaWeights(width);
  const out = new Float64Array(SIDE * SIDE);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      let sum = 0;
      for (const [sy, wy] of row) for (const [sx, wx] of column) sum += wy * wx * (grey[sy * width + sx] ?? 0);
      out[y * SIDE + x] = sum;
    }
  }
  return out;
}

/** Per target cell: source index and weight; weights of a cell sum to 1. */
function areaWeights(size: number): [number, number][][] {
  const scale = size / SIDE;
  return Array.from({ length: SIDE }, (_, i) => {
    const [from, to] = [i * scale, (i + 1) * scale];
    const cell: [number, number][] = [];
    for (let at = Math.floor(from); at < Math.min(size, Math.ceil(to)); at++) {
      cell.push([at, (Math.min(to, at + 1) - Math.max(from, at)) / scale]);
    }
    return cell;
  });
}

/** COSINES[k][n] of the DCT-II over 32 values. */
const COSINES = Array.from({ length: LOW }, (_, k) =>
  Float64Array.from({ length: SIDE }, (_, n) => Math.cos((Math.PI * k * (2 * n + 1)) / (2 * SIDE))),
);

function lowFrequencies(cells: Float64Array): number[] {
  const byRow = COSINES.map((cosine) =>
    Float64Array.from({ length: SIDE }, (_, y) => cosine.reduce((sum, c, x) => sum + c * (cells[y * SIDE + x] ?? 0), 0)),
  );
  return COSINES.flatMap((cosine) => byRow.map((row) => cosine.reduce((sum, c, y) => sum + c * (row[y] ?? 0), 0)));
}

/**
 * The hash of a grey picture.
 * @returns 16 hex digits; bit 0 (the mean) is the highest one, then row by row
 */
export function perceptualHash(grey: Float64Array, width: number, height: number): string {
  // Rounded, so that where a frequency is absent it is not the noise of the sums that sets the bit.
  const values = lowFrequencies(shrinkByArea(grey, width, height)).map((value) => Math.round(value * 1e6));
  const middle = median(values);
  let hex = '';
  for (let at = 0; at < values.length; at += 4) {
    const nibble = values.slice(at, at + 4).reduce((bits, value) => bits * 2 + Number(value > middle), 0);
    hex += nibble.toString(16);
  }
  return hex;
}

/** The two 32-bit halves of a hash. */
export function hashHalves(hash: string): [high: number, low: number] {
  return [Number.parseInt(hash.slice(0, 8), 16) >>> 0, Number.parseInt(hash.slice(8), 16) >>> 0];
}

/** Bits that are set in a 32-bit word. */
export function countBits(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
