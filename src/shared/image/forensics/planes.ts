// Brightness planes, the common ground of the forensic views.
import { createImage, type RgbImage } from '../rgb-image.ts';

/** One value per pixel, row by row. */
export interface GreyPlane {
  width: number;
  height: number;
  data: Float32Array;
}

/** Rec. 601 brightness, 0..255. */
export function brightness({ width, height, data }: RgbImage): GreyPlane {
  const values = new Float32Array(width * height);
  for (let i = 0, at = 0; i < values.length; i++, at += 3)
    values[i] = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  return { width, height, data: values };
}

/** A plane as a grey picture; values are clamped to 0..255. */
export function greyImage({ width, height, data }: GreyPlane): RgbImage {
  const image = createImage(width, height);
  const out = new Uint8ClampedArray(image.data.buffer);
  for (let i = 0, at = 0; i < data.length; i++, at += 3) out[at] = out[at + 1] = out[at + 2] = data[i] ?? 0;
  return image;
}
