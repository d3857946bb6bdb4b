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
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const at = i * 3;
    return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  });
  return { width, height, data: values };
}

/** A plane as a grey picture; values are clamped to 0..255. */
export function greyImage({ width, height, data }: GreyPlane): RgbImage {
  const image = createImage(width, height);
  const out = new Uint8ClampedArray(image.data.buffer);
  data.forEach((value, i) => out.fill(value, i * 3, i * 3 + 3));
  return image;
}

/** Mean and largest of some values. */
export function meanAndMost(values: ArrayLike<number>): { mean: number; most: number } {
  let [sum, most] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i] ?? 0;
    most = Math.max(most, values[i] ?? 0);
  }
  return { mean: values.length > 0 ? sum / values.length : 0, most };
}
