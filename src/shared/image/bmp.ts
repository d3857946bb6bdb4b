// A reader for uncompressed BMP files of 8, 24 and 32 bits, so that they decode alike in Node and in every browser.
import { createImage, type RgbImage } from './rgb-image.ts';
import { badImage, sniffImage } from './sniff.ts';

interface BmpLayout {
  width: number;
  height: number;
  /** Row 0 is at the top of the picture. */
  topDown: boolean;
  bits: number;
  /** Byte position of the first stored row. */
  pixelsAt: number;
  /** Bytes per stored row, padded to a multiple of four. */
  rowBytes: number;
  /** Byte position and entry size of the palette (8 bits only). */
  paletteAt: number;
  paletteStep: number;
}

const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;
/** Red, green and blue of the usual 32-bit layout; other masks are refused. */
const USUAL_MASKS = [0xff0000, 0xff00, 0xff];

function checkCompression(view: DataView, headerSize: number, bits: number): void {
  const compression = headerSize === 12 ? UNCOMPRESSED : view.getUint32(30, true);
  const usualMasks = compression === BIT_FIELDS && bits === 32 && USUAL_MASKS.every((mask, i) => view.getUint32(54 + i * 4, true) === mask);
  if (compression !== UNCOMPRESSED && !usualMasks) throw badImage('The BMP file is compressed, which is not read.');
  if (bits !== 8 && bits !== 24 && bits !== 32) throw badImage(`The BMP file has ${bits} bits per pixel; 8, 24 and 32 are read.`);
}

function readLayout(bytes: Uint8Array): BmpLayout {
  const { width, height } = sniffImage(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 66) throw badImage('The image file is cut off before its end.');
  const headerSize = view.getUint32(14, true);
  const bits = view.getUint16(headerSize === 12 ? 24 : 28, true);
  checkCompression(view, headerSize, bits);
  const pixelsAt = view.getUint32(10, true);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (pixelsAt + rowBytes * height > bytes.length) throw badImage('The image file is cut off before its end.');
  const topDown = headerSize !== 12 && view.getInt32(22, true) < 0;
  return { width, height, topDown, bits, pixelsAt, rowBytes, paletteAt: 14 + headerSize, paletteStep: headerSize === 12 ? 3 : 4 };
}

/**
 * Decodes an uncompressed BMP; alpha is dropped.
 * @throws WorkbenchError E-IMAGE for other kinds of BMP and cut-off files
 */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const { width, height, topDown, bits, pixelsAt, rowBytes, paletteAt, paletteStep } = readLayout(bytes);
  const image = createImage(width, height);
  for (let row = 0; row < height; row++) {
    const line = pixelsAt + (topDown ? row : height - 1 - row) * rowBytes;
    for (let column = 0; column < width; column++) {
      const index = bits === 8 ? paletteAt + (bytes[line + column] ?? 0) * paletteStep : line + column * (bits / 8);
      const to = (row * width + column) * 3;
      image.data[to] = bytes[index + 2] ?? 0;
      image.data[to + 1] = bytes[index + 1] ?? 0;
      image.data[to + 2] = bytes[index] ?? 0;
    }
  }
  return image;
}
