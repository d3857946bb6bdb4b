// Antialiased resampling of 8-bit pictures, equal to Pillow up to 12 (spec/model.md 6): horizontal pass first, rounded
// to bytes, then the vertical one; weights are rounded to 22 fractional bits. Only the wanted part is computed.
import { createImage, type RgbImage } from './rgb-image.ts';

/** An interpolation kernel and how far it reaches at scale 1. */
interface Filter {
  support: number;
  weight: (distance: number) => number;
}

/** Keys' cubic with a = -0.5. */
const BICUBIC: Filter = {
  support: 2,
  weight: (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
  },
};

const BILINEAR: Filter = { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) };

const PRECISION_BITS = 22;

/** Weights of the source pixels of one output pixel, in units of 2^-22. */
interface Taps {
  first: number;
  weights: Int32Array;
}

function tapsFor(position: number, inSize: number, scale: number, { support, weight }: Filter): Taps {
  const stretch = Math.max(scale, 1);
  const centre = (position + 0.5) * scale;
  const first = Math.max(0, Math.trunc(centre - support * stretch + 0.5));
  const end = Math.min(inSize, Math.trunc(centre + support * stretch + 0.5));
  const raw = Float64Array.from({ length: end - first }, (_, i) => weight((i + first - centre + 0.5) * (1 / stretch)));
  const sum = raw.reduce((total, value) => total + value, 0);
  const weights = Int32Array.from(raw, (value) => {
    const scaled = (sum === 0 ? value : value / sum) * 2 ** PRECISION_BITS;
    return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  });
  return { first, weights };
}

/** The wanted output positions [from, from + count) of an axis that goes from inSize to outSize. */
interface Axis {
  inSize: number;
  outSize: number;
  from: number;
  count: number;
}

function toByte(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** One pass along x (`horizontal`) or y. An axis that keeps its length is only cropped. */
function resamplePass(image: RgbImage, axis: Axis, horizontal: boolean, filter: Filter): RgbImage {
  const lines = horizontal ? image.height : image.width;
  const result = horizontal ? createImage(axis.count, image.height) : createImage(image.width, axis.count);
  const [step, across] = horizontal ? [3, image.width * 3] : [image.width * 3, 3];
  const [outStep, outAcross] = horizontal ? [3, result.width * 3] : [result.width * 3, 3];
  const scale = axis.inSize / axis.outSize;
  for (let i = 0; i < axis.count; i++) {
    const { first, weights } = tapsFor(axis.from + i, axis.inSize, scale, filter);
    for (let line = 0; line < lines; line++) {
      let red = 1 << (PRECISION_BITS - 1);
      let green = red;
      let blue = red;
      let at = line * across + first * step;
      for (const weight of weights) {
        red += (image.data[at] ?? 0) * weight;
        green += (image.data[at + 1] ?? 0) * weight;
        blue += (image.data[at + 2] ?? 0) * weight;
        at += step;
      }
      const to = line * outAcross + i * outStep;
      result.data[to] = toByte(red);
      result.data[to + 1] = toByte(green);
      result.data[to + 2] = toByte(blue);
    }
  }
  return result;
}

/** The part of the resized picture that is wanted, in its pixels. */
export interface Window {
  left: number;
  top: number;
  width: number;
  height: number;
}

function resize(image: RgbImage, width: number, height: number, window: Window, filter: Filter): RgbImage {
  const columns: Axis = { inSize: image.width, outSize: width, from: window.left, count: window.width };
  const rows: Axis = { inSize: image.height, outSize: height, from: window.top, count: window.height };
  return resamplePass(resamplePass(image, columns, true, filter), rows, false, filter);
}

/**
 * Pillow's bicubic resize, cut to a window of the result.
 * @param width size of the whole resized picture, pixels; likewise height
 * @param window the wanted part; default all of it
 */
export function resizeBicubic(
  image: RgbImage,
  width: number,
  height: number,
  window: Window = { left: 0, top: 0, width, height },
): RgbImage {
  return resize(image, width, height, window, BICUBIC);
}

/** Pillow's bilinear resize (antialiased). */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  return resize(image, width, height, { left: 0, top: 0, width, height }, BILINEAR);
}
