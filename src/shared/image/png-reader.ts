// Reads the PNG files that no platform decoder gives as Pillow does: with an alpha channel (colour types 4 and 6), of which the
// colours are taken as stored, and grey of 16 bits. Follows the PNG specification, https://www.w3.org/TR/png-3/.
import { createImage, type RgbImage } from './rgb-image.ts';
import { badImage } from './sniff.ts';

interface PngHeader {
  width: number;
  height: number;
  /** Bytes per sample: 1 or 2; with alpha the high byte of 16 bits is kept. */
  depthBytes: number;
  /** Samples per pixel: 1 (grey), 2 (grey and alpha) or 4. */
  samples: number;
  interlaced: boolean;
}

const SAMPLES: Record<number, number> = { 0: 1, 4: 2, 6: 4 };

/** Whether this PNG has a full alpha channel or grey of 16 bits. */
export function needsOwnReader(png: Uint8Array): boolean {
  const [depth, colourType] = [png[24], png[25]];
  return colourType === 4 || colourType === 6 || (colourType === 0 && depth === 16);
}

function readHeader(png: Uint8Array): PngHeader {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const depth = png[24] ?? 0;
  if (depth !== 8 && depth !== 16) throw badImage(`The PNG file has ${depth} bits per sample with alpha.`);
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depthBytes: depth / 8,
    samples: SAMPLES[png[25] ?? 0] ?? 4,
    interlaced: png[28] === 1,
  };
}

/** The inflated data of all IDAT chunks. */
async function inflateData(png: Uint8Array): Promise<Uint8Array> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8; at + 12 <= png.length; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === 0x49444154) parts.push(png.slice(at + 8, at + 8 + view.getUint32(at)));
  }
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Undoes the filter of one row in place; `previous` is the row above or all 0. */
function unfilter(kind: number, row: Uint8Array, previous: Uint8Array, pixelBytes: number): void {
  if (kind === 0) return;
  for (let i = 0; i < row.length; i++) {
    const left = i < pixelBytes ? 0 : (row[i - pixelBytes] ?? 0);
    const corner = i < pixelBytes ? 0 : (previous[i - pixelBytes] ?? 0);
    const up = previous[i] ?? 0;
    const predicted = kind === 1 ? left : kind === 2 ? up : kind === 3 ? (left + up) >> 1 : paeth(left, up, corner);
    row[i] = (row[i] ?? 0) + predicted;
  }
}

/** One of the seven Adam7 passes, or the whole picture: first pixel and step. */
interface Pass {
  x: number;
  y: number;
  stepX: number;
  stepY: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/** Writes the colours of one unfiltered row. */
function placeRow(image: RgbImage, row: Uint8Array, y: number, pass: Pass, { samples, depthBytes }: PngHeader): void {
  const pixelBytes = samples * depthBytes;
  const channelStep = samples === 4 ? depthBytes : 0;
  for (let i = 0, x = pass.x; x < image.width; i += pixelBytes, x += pass.stepX) {
    const to = (y * image.width + x) * 3;
    // Pillow's convert('RGB') does not scale grey of 16 bits: what is above 255 becomes 255 (Pillow 10.4, mode I;16).
    if (samples === 1) image.data.fill(row[i] === 0 ? (row[i + 1] ?? 0) : 255, to, to + 3);
    else for (let channel = 0; channel < 3; channel++) image.data[to + channel] = row[i + channel * channelStep] ?? 0;
  }
}

/** Decodes one pass. @returns the position after it */
function readPass(image: RgbImage, data: Uint8Array, start: number, pass: Pass, header: PngHeader): number {
  const pixelBytes = header.samples * header.depthBytes;
  const columns = Math.ceil((image.width - pass.x) / pass.stepX);
  if (columns <= 0) return start;
  let previous = new Uint8Array(columns * pixelBytes);
  let at = start;
  for (let y = pass.y; y < image.height; y += pass.stepY) {
    const row = data.slice(at + 1, at + 1 + columns * pixelBytes);
    if (row.length < columns * pixelBytes) throw badImage('The PNG file holds too few pixels.');
    unfilter(data[at] ?? 0, row, previous, pixelBytes);
    placeRow(image, row, y, pass, header);
    previous = row;
    at += 1 + row.length;
  }
  return at;
}

/**
 * Decodes a PNG that `needsOwnReader`; alpha is dropped.
 * @throws WorkbenchError E-IMAGE; a decompression error for damaged data
 */
export async function readPng(png: Uint8Array): Promise<RgbImage> {
  const header = readHeader(png);
  const data = await inflateData(png);
  const image = createImage(header.width, header.height);
  let at = 0;
  for (const pass of header.interlaced ? ADAM7 : WHOLE) at = readPass(image, data, at, pass, header);
  return image;
}
