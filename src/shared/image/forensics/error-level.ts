// Error level analysis: what one more JPEG compression takes away, amplified. Parts that came from another compression may stand
// out; so do edges, texture and strong colours, in every picture. A hint for the eye, no evidence by itself.
import { jpegParts } from '../jpeg-loss.ts';
import { createImage, type RgbImage } from '../rgb-image.ts';
import type { Steps } from '../../steps.ts';
import { gainFor, INSIDE_SHARE, percentileBin } from './gain.ts';

export interface ErrorLevel {
  /** |original − recompressed| times the gain, per channel. */
  image: RgbImage;
  /** As given, or chosen from the differences. */
  gain: number;
  /** Before the gain, grey levels 0..255. */
  mean: number;
  most: number;
  /** 99 % of the differences are at most this. */
  nearlyMost: number;
}

/**
 * In steps of some rows.
 * @param quality 1..100, of the second compression
 * @param gain multiplies the difference; null: such that 99 % of the differences stay below white
 */
export function* errorLevelSteps(image: RgbImage, quality: number, gain: number | null): Steps<ErrorLevel> {
  const { width, height, data } = image;
  const differences = createImage(width, height);
  const counts = new Float64Array(256);
  for (const part of jpegParts(image, quality, { left: 0, top: 0, width, height })) {
    const from = part.top * width * 3;
    for (let i = 0; i < part.image.data.length; i++) {
      const difference = Math.abs((data[from + i] ?? 0) - (part.image.data[i] ?? 0));
      differences.data[from + i] = difference;
      counts[difference] = (counts[difference] ?? 0) + 1;
    }
    yield (part.top + part.image.height) / height;
  }
  const nearlyMost = percentileBin(counts, INSIDE_SHARE);
  const most = counts.findLastIndex((count) => count > 0);
  const used = gain ?? gainFor(nearlyMost > 0 ? nearlyMost : most, 255);
  amplify(differences.data, used);
  const sum = counts.reduce((total, count, level) => total + count * level, 0);
  return { image: differences, gain: used, mean: sum / Math.max(1, data.length), most, nearlyMost };
}

/** In place; stops at white. */
function amplify(values: Uint8Array, gain: number): void {
  const table = Uint8Array.from({ length: 256 }, (_, level) => Math.min(255, Math.round(level * gain)));
  for (let i = 0; i < values.length; i++) values[i] = table[values[i] ?? 0] ?? 0;
}
