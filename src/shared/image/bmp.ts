// A reader for BMP files, so that they decode alike in Node and in every browser: palettes of 1, 4 and 8 bits, the last two also
// run-length encoded, 15, 16, 24 and 32 bits of colour. Values are Pillow's.
import { unpackRuns } from './bmp-runs.ts';
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
  /** Bits of red, green and blue in a pixel of 16, 24 or 32 bits. */
  masks: readonly number[];
  /** Rows are run-length encoded palette entries. */
  hasRuns: boolean;
}

const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;
/** Compression values by bits per pixel. */
const RUN_LENGTHS: Record<number, number> = { 8: 1, 4: 2 };
/** Red, green and blue where the file does not say. */
const MASKS_32 = [0xff0000, 0xff00, 0xff];
const MASKS_555 = [0x7c00, 0x3e0, 0x1f];
const MASKS_565 = [0xf800, 0x7e0, 0x1f];
/** A whole byte of a 32-bit pixel. */
const BYTE_MASKS = [0xff, 0xff00, 0xff0000, 0xff000000];

const cutOff = () => badImage('The image file is cut off before its end.', 'image-truncated');

/** The masks that count, after checking that the file is of a kind that is read. */
function readMasks(view: DataView, bits: number, compression: number): readonly number[] {
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw badImage(`The BMP file has ${bits} bits per pixel; 1, 4, 8, 16, 24 and 32 are read.`);
  if (compression === UNCOMPRESSED) return bits === 16 ? MASKS_555 : MASKS_32;
  if (compression === RUN_LENGTHS[bits]) return MASKS_32;
  if (compression !== BIT_FIELDS || bits < 16) throw badImage('The BMP file is compressed in a way that is not read.');
  if (view.byteLength < 66) throw cutOff();
  const masks = [54, 58, 62].map((at) => view.getUint32(at, true));
  if (bits === 32 && masks.every((mask) => mask === 0)) return MASKS_32;
  const isKnown =
    bits === 16 ? [MASKS_555, MASKS_565].some((one) => one.join() === masks.join()) : masks.every((mask) => BYTE_MASKS.includes(mask));
  if (!isKnown) throw badImage('The BMP file has unusual colour masks, which are not read.');
  return masks;
}

function readLayout(bytes: Uint8Array): BmpLayout {
  const { width, height } = sniffImage(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = view.getUint32(14, true);
  if (bytes.length < (headerSize === 12 ? 26 : 54)) throw cutOff();
  const bits = view.getUint16(headerSize === 12 ? 24 : 28, true);
  const compression = headerSize === 12 ? UNCOMPRESSED : view.getUint32(30, true);
  const masks = readMasks(view, bits, compression);
  const hasRuns = compression === RUN_LENGTHS[bits];
  const pixelsAt = view.getUint32(10, true);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (pixelsAt + (hasRuns ? 0 : rowBytes * height) > bytes.length) throw cutOff();
  const topDown = headerSize !== 12 && view.getInt32(22, true) < 0;
  const palette = { paletteAt: 14 + headerSize, paletteStep: headerSize === 12 ? 3 : 4 };
  return { width, height, topDown, bits, pixelsAt, rowBytes, masks, hasRuns, ...palette };
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

/** Red, green and blue are whole bytes of the pixel. */
function byteCopy(bytes: Uint8Array, { bits, masks }: BmpLayout): PixelCopy {
  const [red = 0, green = 0, blue = 0] = masks.map((mask) => BYTE_MASKS.indexOf(mask));
  return (line, column, target, to) => {
    const at = line + column * (bits / 8);
    target[to] = bytes[at + red] ?? 0;
    target[to + 1] = bytes[at + green] ?? 0;
    target[to + 2] = bytes[at + blue] ?? 0;
  };
}

function pixelCopy(bytes: Uint8Array, layout: BmpLayout): PixelCopy {
  if (layout.bits <= 8) return paletteCopy(bytes, layout);
  return layout.bits === 16 ? maskCopy(bytes, layout.masks) : byteCopy(bytes, layout);
}

/** The picture of palette entries that come one byte each, first stored row first. */
function fromEntries(bytes: Uint8Array, layout: BmpLayout): RgbImage {
  const { width, height, topDown, bits, pixelsAt, paletteAt, paletteStep } = layout;
  const entries = unpackRuns(bytes.subarray(pixelsAt), width, height, bits === 4);
  const image = createImage(width, height);
  for (let row = 0; row < height; row++) {
    const from = (topDown ? row : height - 1 - row) * width;
    for (let column = 0; column < width; column++) {
      copyTriple(bytes, paletteAt + (entries[from + column] ?? 0) * paletteStep, image.data, (row * width + column) * 3);
    }
  }
  return image;
}

/**
 * Decodes a BMP; alpha is dropped.
 * @throws WorkbenchError E-IMAGE for rarer kinds of BMP and cut-off files
 */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const layout = readLayout(bytes);
  if (layout.hasRuns) return fromEntries(bytes, layout);
  const { width, height, topDown, pixelsAt, rowBytes } = layout;
  const copy = pixelCopy(bytes, layout);
  const image = createImage(width, height);
  for (let row = 0; row < height; row++) {
    const line = pixelsAt + (topDown ? row : height - 1 - row) * rowBytes;
    for (let column = 0; column < width; column++) copy(line, column, image.data, (row * width + column) * 3);
  }
  return image;
}
