// Run-length encoded rows of a BMP (BI_RLE8 and BI_RLE4), as in "Bitmap Compression" of Microsoft's Win32 reference.
import { badImage } from './sniff.ts';

const END_OF_LINE = 0;
const END_OF_BITMAP = 1;
const MOVE = 2;

/**
 * Palette entries, one byte per pixel, first stored row first. Pixels that no run reaches are entry 0, and what goes beyond the end of
 * a row is left out.
 * @param data from the first run on
 * @param isNibbles two entries in a byte (RLE4)
 * @throws WorkbenchError E-IMAGE when the data ends before the picture does
 */
export function unpackRuns(data: Uint8Array, width: number, height: number, isNibbles: boolean): Uint8Array {
  const entries = new Uint8Array(width * height);
  let [at, x, row] = [0, 0, 0];
  const put = (entry: number): void => {
    if (x < width) entries[row * width + x++] = entry;
  };
  while (row < height) {
    const [count, value] = [data[at], data[at + 1]];
    if (count === undefined || value === undefined) throw badImage('The image file is cut off before its end.', 'image-truncated');
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(isNibbles ? (i % 2 === 0 ? value >> 4 : value & 15) : value);
    } else if (value === END_OF_LINE) {
      [x, row] = [0, row + 1];
    } else if (value === END_OF_BITMAP) {
      break;
    } else if (value === MOVE) {
      [x, row, at] = [x + (data[at] ?? 0), row + (data[at + 1] ?? 0), at + 2];
    } else {
      for (let i = 0; i < value; i++) put(isNibbles ? ((data[at + (i >> 1)] ?? 0) >> (i % 2 === 0 ? 4 : 0)) & 15 : (data[at + i] ?? 0));
      const stored = isNibbles ? (value + 1) >> 1 : value;
      at += stored + (stored % 2); // runs start at even positions
    }
  }
  return entries;
}
