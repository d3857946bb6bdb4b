// A reader for BMP files without run-length compression, so that they decode alike in Node and in every browser: palettes of 1, 4
// and 8 bits, 15, 16, 24 and 32 bits of colour.
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
  /** Byte position and entry size of the palette (up to 8 bits). */
  paletteAt: number;
  paletteStep: number;
  /** Bits of red, green and blue in a pixel of 16 bits. */
  masks: readonly number[];
}

const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;
/** Red, green and blue of the usual 32-bit layout; other masks are refused. */
const MASKS_32 = [0xff0000, 0xff00, 0xff];
const MASKS_555 = [0x7c00, 0x3e0, 0x1f];
const MASKS_565 = [0xf800, 0x7e0, 0x1f];

/** The masks that count, after checking that the file is of a kind that is read. */
function readMasks(view: DataView, headerSize: number, bits: number): readonly number[] {
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw badImage(`The BMP file has ${bits} bits per pixel; 1, 4, 8, 16, 24 and 32 are read.`);
  const compression = headerSize === 12 ? UNCOMPRESSED : view.getUint32(30, true);
  if (compression === UNCOMPRESSED) return bits === 16 ? MASKS_555 : MASKS_32;
  if (compression !== BIT_FIELDS) throw badImage('The BMP file is compressed, which is not read.');
  const known = bits === 16 ? [MASKS_555, MASKS_565] : bits === 32 ? [MASKS_32] : [];
  const masks = known.find((one) => one.every((mask, i) => view.getUint32(54 + i * 4, true) === mask));
  if (masks === undefined) throw badImage('The BMP file has unusual colour masks, which are not read.');
  return masks;
}

function readLayout(bytes: Uint8Array): BmpLayout {
  const { width, height } = sniffImage(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 66) throw badImage('The image file is cut off before its end.');
  const headerSize = view.getUint32(14, true);
  const bits = view.getUint16(headerSize === 12 ? 24 : 28, true);
  const masks = readMasks(view, headerSize, bits);
  const pixelsAt = view.getUint32(10, true);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (pixelsAt + rowBytes * height > bytes.length) throw badImage('The image file is cut off before its end.');
  const topDown = headerSize !== 12 && view.getInt32(22, true) < 0;
  const palette = { paletteAt: 14 + headerSize, paletteStep: headerSize === 12 ? 3 : 4 };
  return { width, height, topDown, bits, pixelsAt, rowBytes, masks, ...palette };
}

/** Writes the colour of one pixel at `to`. @param line byte position of its row */
type PixelCopy = (line: number, column: number, target: Uint8Array, to: number) => void;

/** Blue, green, red at a byte position. */
function copyTriple(bytes: Uint8Array, from: number, target: Uint8Array, to: number): void {
  target[to] = bytes[from + 2] ?? 0;
  target[to + 1] = bytes[from + 1] ?? 0;
  target[to + 2] = bytes[from] ?? 0;
}

function paletteCopy(bytes: Uint8Array, { bits, paletteAt, paletteStep }: BmpLayout): PixelCopy {
  const perByte = 8 / bits;
  return (line, column, target, to) => {
    const packed = bytes[line + Math.floor(column / perByte)] ?? 0;
    const index = (packed >> (8 - bits * ((column % perByte) + 1))) & ((1 << bits) - 1);
    copyTriple(bytes, paletteAt + index * paletteStep, target, to);
  };
}

/** Fewer than 8 bits are stretched to 255 and cut, as Pillow does. */
function maskCopy(bytes: Uint8Array, masks: readonly number[]): PixelCopy {
  const shifts = masks.map((mask) => Math.log2(mask & -mask));
  const maxima = masks.map((mask, i) => mask >> (shifts[i] ?? 0));
  return (line, column, target, to) => {
    const at = line + column * 2;
    const pixel = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    masks.forEach((mask, i) => {
      target[to + i] = Math.floor((((pixel & mask) >> (shifts[i] ?? 0)) * 255) / (maxima[i] ?? 1));
    });
  };
}

function pixelCopy(bytes: Uint8Array, layout: BmpLayout): PixelCopy {
  if (layout.bits <= 8) return paletteCopy(bytes, layout);
  if (layout.bits === 16) return maskCopy(bytes, layout.masks);
  return (line, column, target, to) => copyTriple(bytes, line + column * (layout.bits / 8), target, to);
}

/**
 * Decodes a BMP; alpha is dropped.
 * @throws WorkbenchError E-IMAGE for compressed and rarer kinds of BMP and cut-off files
 */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const layout = readLayout(bytes);
  const { width, height, topDown, pixelsAt, rowBytes } = layout;
  const copy = pixelCopy(bytes, layout);
  const image = createImage(width, height);
  for (let row = 0; row < height; row++) {
    const line = pixelsAt + (topDown ? row : height - 1 - row) * rowBytes;
    for (let column = 0; column < width; column++) copy(line, column, image.data, (row * width + column) * 3);
  }
  return image;
}
