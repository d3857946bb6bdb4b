// Decodes one image file in the browser and makes its upright thumbnail. Needs OffscreenCanvas; tests in Node inject their own.
import { decodeBmp } from '../../src/shared/image/bmp.ts';
import { badImage, sniffImage, type ImageFacts } from '../../src/shared/image/sniff.ts';
import type { Picture, ReadPicture, ReadPixels } from './picture.ts';

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
    return { ...facts, thumbnail: isOwnThumbnail ? file : await drawThumbnail(bitmap) };
  } finally {
    bitmap.close();
  }
};

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
