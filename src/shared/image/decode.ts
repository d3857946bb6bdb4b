// From a file's bytes to RGB as stored: alpha dropped without compositing, colour profiles and EXIF rotation ignored
// (spec/model.md 6). The pixel decoder of the platform is passed in: the browser's is in browser-decoder.ts.
import type { ImageFormat } from '../domain/sample.ts';
import { decodeBmp } from './bmp.ts';
import { needsOwnReader, readPng } from './png-reader.ts';
import type { RgbImage } from './rgb-image.ts';
import { badImage, sniffImage, type ImageFacts } from './sniff.ts';

/** Decodes PNG, JPEG or WebP; the bytes carry no rotation any more. May throw anything. */
export type PixelDecoder = (bytes: Uint8Array, format: Exclude<ImageFormat, 'bmp'>) => Promise<RgbImage>;

/** A decoded file. */
export interface DecodedImage {
  facts: ImageFacts;
  image: RgbImage;
}

/** The bytes with orientation 1, so that no decoder rotates; the same array where there is nothing to change. */
function withoutRotation(bytes: Uint8Array, { orientationAt, exifOrientation }: ImageFacts): Uint8Array {
  if (orientationAt === null || exifOrientation === 1) return bytes;
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint16(orientationAt.offset, 1, orientationAt.littleEndian);
  return copy;
}

/** Drops the fourth channel. @param rgba [height, width, 4] bytes, not premultiplied */
export function dropAlpha(width: number, height: number, rgba: ArrayLike<number>): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, from = 0; i < data.length; i += 3, from += 4) {
    data[i] = rgba[from] ?? 0;
    data[i + 1] = rgba[from + 1] ?? 0;
    data[i + 2] = rgba[from + 2] ?? 0;
  }
  return { width, height, data };
}

/**
 * Decodes an image file.
 * @throws WorkbenchError E-IMAGE with the reason
 */
export async function decodeImage(bytes: Uint8Array, decodePixels: PixelDecoder): Promise<DecodedImage> {
  const facts = sniffImage(bytes);
  if (facts.format === 'bmp') return { facts, image: decodeBmp(bytes) };
  let image: RgbImage;
  try {
    if (facts.format === 'png' && needsOwnReader(bytes)) image = await readPng(bytes);
    else image = await decodePixels(withoutRotation(bytes, facts), facts.format);
  } catch (error) {
    throw badImage(`The ${facts.format.toUpperCase()} file cannot be decoded: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (image.width !== facts.width || image.height !== facts.height) {
    throw badImage(`The image decoded to ${image.width} x ${image.height} pixels, its header says ${facts.width} x ${facts.height}.`);
  }
  return { facts, image };
}
