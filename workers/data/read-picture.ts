// Decodes one image file in the browser and makes its upright thumbnail. Needs OffscreenCanvas; tests in Node inject their own.
import { hasAlphaChannel } from '../../src/shared/image/alpha.ts';
import { isAnimated } from '../../src/shared/image/animation.ts';
import { decodeBmp } from '../../src/shared/image/bmp.ts';
import { badImage, sniffImage, type ImageFacts } from '../../src/shared/image/sniff.ts';
import type { Picture, PictureRemark, ReadPicture, ReadPixels } from './picture.ts';

/** Longest side of a thumbnail, pixels. */
const THUMBNAIL_SIZE = 160;
const WEBP_QUALITY = 0.85;

/** Checks that the file is whole and can be decoded. @throws E-IMAGE */
export const readPicture: ReadPicture = async (bytes): Promise<Picture> => {
  const { orientationAt: _, ...facts } = sniffImage(bytes);
  if (facts.format === 'bmp') decodeBmp(bytes); // refuses what the model could not read, where the browser would be lenient
  const file = new Blob([bytes], { type: `image/${facts.format}` });
  const bitmap = await decode(file, facts);
  try {
    const isOwnThumbnail = Math.max(bitmap.width, bitmap.height) <= THUMBNAIL_SIZE && facts.exifOrientation === 1;
    return { ...facts, thumbnail: isOwnThumbnail ? file : await drawThumbnail(bitmap), remarks: remarksOf(bytes, bitmap) };
  } finally {
    bitmap.close();
  }
};

function remarksOf(bytes: Uint8Array, bitmap: ImageBitmap): PictureRemark[] {
  const isTransparent = hasAlphaChannel(bytes) && hasTransparentPixels(bitmap);
  return [...(isTransparent ? ['image-transparent' as const] : []), ...(isAnimated(bytes) ? ['image-animated' as const] : [])];
}

/** Many pictures have an alpha channel that is opaque all over. Looked at in thumbnail size: an average below opaque has a transparent part. */
function hasTransparentPixels(bitmap: ImageBitmap): boolean {
  const scale = Math.min(1, THUMBNAIL_SIZE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) return false;
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 255) < 255) return true;
  return false;
}

/** Pixels turned upright, as people expect to see them. */
async function decode(file: Blob, { format }: Pick<ImageFacts, 'format'>): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw badImage(`The ${format.toUpperCase()} file is damaged: the browser cannot decode it.`);
  }
}

function drawThumbnail(bitmap: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, THUMBNAIL_SIZE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const context = canvas.getContext('2d');
  if (!context) throw badImage('The browser gave no canvas for the thumbnail.');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/webp', quality: WEBP_QUALITY });
}

/** Pixels of a stored thumbnail. */
export const readPixels: ReadPixels = async (image) => {
  const bitmap = await createImageBitmap(image);
  try {
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true });
    if (!context) throw badImage('The browser gave no canvas.');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
};
