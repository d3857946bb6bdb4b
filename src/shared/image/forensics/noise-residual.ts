// The noise residual: brightness minus its 3 x 3 median. Cameras leave grain everywhere; areas that were painted, blurred or
// generated may have less, more, or a regular pattern.
import type { RgbImage } from '../rgb-image.ts';
import { brightness, greyImage, type GreyPlane } from './planes.ts';

/** Middle of nine; `window` is sorted in place. */
function medianOfNine(window: Float32Array): number {
  return window.sort()[4] ?? 0;
}

/** Each pixel minus the median of its 3 x 3 neighbourhood; the edge is repeated. */
function medianResidual({ width, height, data }: GreyPlane): GreyPlane {
  const residual = new Float32Array(data.length);
  const window = new Float32Array(9);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < 9; k++) {
        const row = Math.min(height - 1, Math.max(0, y + Math.floor(k / 3) - 1));
        const column = Math.min(width - 1, Math.max(0, x + (k % 3) - 1));
        window[k] = data[row * width + column] ?? 0;
      }
      residual[y * width + x] = (data[y * width + x] ?? 0) - medianOfNine(window);
    }
  }
  return { width, height, data: residual };
}

export interface NoiseResidual {
  /** Mid grey = no residual. */
  image: RgbImage;
  /** Root mean square of the residual, grey levels. */
  deviation: number;
}

/** @param gain multiplies the residual before it is drawn around mid grey */
export function noiseResidual(image: RgbImage, gain: number): NoiseResidual {
  const residual = medianResidual(brightness(image));
  const squares = residual.data.reduce((sum, value) => sum + value * value, 0);
  const drawn = { ...residual, data: residual.data.map((value) => 128 + gain * value) };
  return { image: greyImage(drawn), deviation: Math.sqrt(squares / residual.data.length) };
}
