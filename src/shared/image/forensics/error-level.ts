// Error level analysis: what one more JPEG compression takes away, amplified. Parts that came from another compression may stand
// out; so do edges, texture and strong colours, in every picture. A hint for the eye, no evidence by itself.
import { loseAsJpeg } from '../jpeg-loss.ts';
import { createImage, type RgbImage } from '../rgb-image.ts';
import { meanAndMost } from './planes.ts';

export interface ErrorLevel {
  /** |original − recompressed| times the gain, per channel. */
  image: RgbImage;
  /** Before the gain, grey levels 0..255. */
  mean: number;
  most: number;
}

/** @param quality 1..100, of the second compression; gain multiplies the difference */
export function errorLevel(image: RgbImage, quality: number, gain: number): ErrorLevel {
  const again = loseAsJpeg(image, quality);
  const differences = image.data.map((value, i) => Math.abs(value - (again.data[i] ?? 0)));
  const result = createImage(image.width, image.height);
  new Uint8ClampedArray(result.data.buffer).set(Float32Array.from(differences, (value) => value * gain));
  return { image: result, ...meanAndMost(differences) };
}
