// The model's image transform (spec/model.md 6): open_clip's validation transform at any size. Decoding is elsewhere.
import { resizeBicubic, type Window } from './resample.ts';
import type { RgbImage } from './rgb-image.ts';

export const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const CLIP_STD = [0.26862954, 0.26130258, 0.27577711] as const;

/** Half to even, as Python rounds: 0.5 -> 0, 1.5 -> 2. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Size after the short side was brought to `size`, and the centre crop in it. */
export interface CropPlan {
  width: number;
  height: number;
  window: Window;
}

/** Where resize and centre crop lead for a picture of this size. */
export function planCrop(width: number, height: number, size: number): CropPlan {
  const long = Math.floor((size * Math.max(width, height)) / Math.min(width, height));
  const resized = width <= height ? { width: size, height: long } : { width: long, height: size };
  const left = roundHalfEven((resized.width - size) / 2);
  const top = roundHalfEven((resized.height - size) / 2);
  return { ...resized, window: { left, top, width: size, height: size } };
}

/** Short side to `size` (Pillow's bicubic), then the centre square. @returns [size, size, 3] bytes */
export function resizeAndCrop(image: RgbImage, size: number): RgbImage {
  const { width, height, window } = planCrop(image.width, image.height, size);
  return resizeBicubic(image, width, height, window);
}

/** (value / 255 - mean) / std for every byte and channel, in float32 steps as torch computes it. */
const NORMALISED: readonly Float32Array[] = [0, 1, 2].map((channel) => {
  const mean = Math.fround(CLIP_MEAN[channel] ?? 0);
  const std = Math.fround(CLIP_STD[channel] ?? 1);
  return Float32Array.from({ length: 256 }, (_, value) => Math.fround(Math.fround(Math.fround(value / 255) - mean) / std));
});

/** `nhwc`: [height, width, 3], tfjs; `nchw`: [3, height, width], PyTorch. */
export type PixelLayout = 'nhwc' | 'nchw';

/** Normalised pixels, written into `out` from `offset` where given (to fill a batch). */
export function normalise(image: RgbImage, layout: PixelLayout, out = new Float32Array(image.data.length), offset = 0): Float32Array {
  const pixels = image.width * image.height;
  const [pixelStep, channelStep] = layout === 'nhwc' ? [3, 1] : [1, pixels];
  for (let channel = 0; channel < 3; channel++) {
    const table = NORMALISED[channel] ?? new Float32Array(256);
    for (let i = 0; i < pixels; i++) out[offset + i * pixelStep + channel * channelStep] = table[image.data[i * 3 + channel] ?? 0] ?? 0;
  }
  return out;
}

/** The whole transform of a decoded picture. @returns size * size * 3 floats */
export function preprocess(image: RgbImage, size: number, layout: PixelLayout = 'nhwc'): Float32Array {
  return normalise(resizeAndCrop(image, size), layout);
}
