// Writes a picture as a plain BMP of 24 bits: lossless and without work, for copies that live only for a moment in memory.
import type { RgbImage } from './rgb-image.ts';

const HEADER_BYTES = 54;

/** Rows from top to bottom, which both browsers and `decodeBmp` read. */
export function encodeBmp({ width, height, data }: RgbImage): Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil((width * 3) / 4) * 4;
  const file = new Uint8Array(HEADER_BYTES + rowBytes * height);
  const view = new DataView(file.buffer);
  view.setUint16(0, 0x424d); // "BM"
  view.setUint32(2, file.length, true);
  view.setUint32(10, HEADER_BYTES, true);
  view.setUint32(14, 40, true); // size of the second header
  view.setInt32(18, width, true);
  view.setInt32(22, -height, true); // negative: top row first
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++) {
    let to = HEADER_BYTES + y * rowBytes;
    const end = (y + 1) * width * 3;
    for (let from = y * width * 3; from < end; from += 3, to += 3) {
      file[to] = data[from + 2] ?? 0;
      file[to + 1] = data[from + 1] ?? 0;
      file[to + 2] = data[from] ?? 0;
    }
  }
  return file;
}
