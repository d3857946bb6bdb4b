// The log-magnitude spectrum of the middle of a picture, by a fast Fourier transform of our own. Regular grids, which upsampling
// layers and resizing leave, show as bright points away from the centre.
import { cropImage, type RgbImage } from '../rgb-image.ts';
import { brightness, greyImage } from './planes.ts';

/** Side at most; a larger picture gives its middle. */
const MOST = 512;

/** In-place radix-2 transform. @param re, im length a power of two */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) swap(re, im, i, j);
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size;
      butterflies(re, im, k, half, Math.cos(angle), Math.sin(angle));
    }
  }
}

function swap(re: Float64Array, im: Float64Array, i: number, j: number): void {
  const [a, b] = [re[i] ?? 0, im[i] ?? 0];
  [re[i], im[i]] = [re[j] ?? 0, im[j] ?? 0];
  [re[j], im[j]] = [a, b];
}

/** All butterflies of one twiddle factor. */
function butterflies(re: Float64Array, im: Float64Array, first: number, half: number, cos: number, sin: number): void {
  for (let i = first; i < re.length; i += 2 * half) {
    const j = i + half;
    const [a, b] = [re[j] ?? 0, im[j] ?? 0];
    const [real, imaginary] = [a * cos - b * sin, a * sin + b * cos];
    re[j] = (re[i] ?? 0) - real;
    im[j] = (im[i] ?? 0) - imaginary;
    re[i] = (re[i] ?? 0) + real;
    im[i] = (im[i] ?? 0) + imaginary;
  }
}

export interface Spectrum {
  /** Power of two. */
  size: number;
  /** |F|, [size, size], zero frequency in the middle at (size/2, size/2). */
  magnitude: Float64Array;
}

/** The largest power of two that fits, at most 512. */
function spectrumSize({ width, height }: RgbImage): number {
  return 2 ** Math.floor(Math.log2(Math.min(width, height, MOST)));
}

/** Magnitudes of the middle square after its mean was taken out and a Hann window laid over it. */
export function spectrum(image: RgbImage): Spectrum {
  const size = spectrumSize(image);
  const square = brightness(cropImage(image, (image.width - size) >> 1, (image.height - size) >> 1, size, size));
  const mean = square.data.reduce((sum, value) => sum + value, 0) / square.data.length;
  const hann = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size));
  const re = Float64Array.from(square.data, (value, i) => (value - mean) * (hann[i % size] ?? 0) * (hann[Math.floor(i / size)] ?? 0));
  const im = new Float64Array(re.length);
  transformRows(re, im, size);
  transpose(re, size);
  transpose(im, size);
  transformRows(re, im, size);
  return { size, magnitude: centred(re, im, size) };
}

function transformRows(re: Float64Array, im: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) fft(re.subarray(row * size, (row + 1) * size), im.subarray(row * size, (row + 1) * size));
}

function transpose(values: Float64Array, size: number): void {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < y; x++) {
      const [a, b] = [y * size + x, x * size + y];
      [values[a], values[b]] = [values[b] ?? 0, values[a] ?? 0];
    }
  }
}

/** Magnitudes back in row order (the input is transposed), zero frequency moved to the middle. */
function centred(re: Float64Array, im: Float64Array, size: number): Float64Array {
  const half = size / 2;
  return re.map((_, i) => {
    const [y, x] = [(Math.floor(i / size) + half) % size, ((i % size) + half) % size];
    return Math.hypot(re[x * size + y] ?? 0, im[x * size + y] ?? 0);
  });
}

/** Mean log10 magnitude on each ring around the zero frequency. x = cycles per pixel, 0..0.5 */
export function radialProfile({ size, magnitude }: Spectrum): { x: number; y: number }[] {
  const sums = new Float64Array(size / 2);
  const counts = new Float64Array(size / 2);
  magnitude.forEach((value, i) => {
    const ring = Math.round(Math.hypot(Math.floor(i / size) - size / 2, (i % size) - size / 2));
    if (ring >= size / 2) return;
    sums[ring] = (sums[ring] ?? 0) + Math.log10(1 + value);
    counts[ring] = (counts[ring] ?? 0) + 1;
  });
  return [...sums].map((sum, ring) => ({ x: ring / size, y: sum / (counts[ring] ?? 1) }));
}

/** Log magnitudes from black to white. */
export function spectrumImage({ size, magnitude }: Spectrum): RgbImage {
  const logs = magnitude.map((value) => Math.log10(1 + value));
  const low = logs.reduce((a, b) => Math.min(a, b));
  const high = logs.reduce((a, b) => Math.max(a, b));
  const scale = high > low ? 255 / (high - low) : 0;
  return greyImage({ width: size, height: size, data: Float32Array.from(logs, (value) => (value - low) * scale) });
}
