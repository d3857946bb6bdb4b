// The pixel decoder of a browser worker. createImageBitmap with these options gave Pillow's bytes for every opaque
// fixture in Chromium 156; WebCodecs' ImageDecoder did not for JPEG (other chroma upsampling), so it is not used.
import { decodeImage, dropAlpha, type DecodedImage, type PixelDecoder } from './decode.ts';
import { withoutTransparentColour, withoutWebpAlpha } from './opaque.ts';
import type { RgbImage } from './rgb-image.ts';

async function decodeOpaque(bytes: Uint8Array, type: string): Promise<RgbImage> {
  const blob = new Blob([bytes.slice()], { type });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('the browser gave no 2D canvas');
    context.drawImage(bitmap, 0, 0);
    return dropAlpha(width, height, context.getImageData(0, 0, width, height).data);
  } finally {
    bitmap.close();
  }
}

const decodePixels: PixelDecoder = async (bytes, format) => {
  if (format === 'png') return await decodeOpaque(withoutTransparentColour(bytes), 'image/png');
  if (format === 'webp') return await decodeOpaque(withoutWebpAlpha(bytes), 'image/webp');
  return await decodeOpaque(bytes, 'image/jpeg');
};

/**
 * Decodes an image file in a browser worker.
 * @throws WorkbenchError E-IMAGE
 */
export async function decodeInBrowser(bytes: Uint8Array): Promise<DecodedImage> {
  return await decodeImage(bytes, decodePixels);
}
