// What camera or generator do to the whole picture: blur, colour, tone, vignette, grain; and the periodic-grid artefact.
import type { Canvas } from './canvas.ts';
import { clamp01, latticeNoise, wave } from './shape.ts';
import type { Look, PortraitSpec } from './spec.ts';

/** Weights of a triangular kernel of the given radius in pixels; sum 1. */
function triangle(radius: number): Float32Array {
  const reach = Math.ceil(radius) - 1;
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, i) => 1 - Math.abs(i - reach) / radius);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** One blur pass along an axis; `stride` is the distance of neighbours in the flat array, edges are repeated. */
function blurPass(source: Float32Array, size: number, weights: Float32Array, horizontal: boolean): Float32Array {
  const result = new Float32Array(source.length);
  const reach = (weights.length - 1) / 2;
  const stride = horizontal ? 3 : size * 3;
  const cross = horizontal ? size * 3 : 3;
  for (let line = 0; line < size; line++) {
    for (let i = 0; i < size; i++) {
      const at = line * cross + i * stride;
      for (let k = -reach; k <= reach; k++) {
        const from = line * cross + Math.min(size - 1, Math.max(0, i + k)) * stride;
        const weight = weights[k + reach] ?? 0;
        result[at] = (result[at] ?? 0) + weight * (source[from] ?? 0);
        result[at + 1] = (result[at + 1] ?? 0) + weight * (source[from + 1] ?? 0);
        result[at + 2] = (result[at + 2] ?? 0) + weight * (source[from + 2] ?? 0);
      }
    }
  }
  return result;
}

/** @param radius in pixels of the canvas; up to 1 does nothing */
function blur(canvas: Canvas, radius: number): Canvas {
  if (radius <= 1) return canvas;
  const weights = triangle(radius);
  const rgb = blurPass(blurPass(canvas.rgb, canvas.size, weights, true), canvas.size, weights, false);
  return { size: canvas.size, rgb };
}

/** Colour, contrast and tone of one pixel, in place. */
function grade(rgb: Float32Array, at: number, look: Look, brightness: number): void {
  const red = rgb[at] ?? 0;
  const green = rgb[at + 1] ?? 0;
  const blue = rgb[at + 2] ?? 0;
  const grey = 0.3 * red + 0.59 * green + 0.11 * blue;
  for (let c = 0; c < 3; c++) {
    const colour = grey + ((rgb[at + c] ?? 0) - grey) * look.saturation;
    const value = clamp01(((colour - 0.5) * look.contrast + 0.5) * (look.tint[c] ?? 1) * brightness);
    rgb[at + c] = value + look.tone * value * (1 - value);
  }
}

/** Grain and the artefact's cosine grid, added to all channels alike. */
function texture(spec: PortraitSpec, column: number, row: number): number {
  const strength = spec.artefacts.grid;
  const grain = spec.look.grain * (1 - 0.8 * Math.min(1, strength)) * (2 * latticeNoise(column, row, spec.seed ^ 51) - 1) * 1.7;
  const { period } = spec.grid;
  return grain + 0.085 * strength * (wave(column / period + 0.25) + wave(row / period + 0.25));
}

/** Applies the look and the grid to a painted portrait. */
export function finish(canvas: Canvas, spec: PortraitSpec): Canvas {
  const { look } = spec;
  const result = blur(canvas, look.blur * 2.4);
  const { size, rgb } = result;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = (row * size + column) * 3;
      const u = (2 * column + 1) / size - 1;
      const v = (2 * row + 1) / size - 1;
      grade(rgb, at, look, 1 - look.vignette * 0.35 * (u * u + v * v));
      const add = texture(spec, column, row);
      for (let c = 0; c < 3; c++) rgb[at + c] = (rgb[at + c] ?? 0) + add;
    }
  }
  return result;
}
