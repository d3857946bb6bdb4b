// The noise residual: brightness minus its 3 x 3 median. Cameras leave grain everywhere; areas that were painted, blurred or
// generated may have less, more, or a regular pattern.
import type { RgbImage } from '../rgb-image.ts';
import type { Steps } from '../../steps.ts';
import { gainFor, INSIDE_SHARE, percentileBin } from './gain.ts';
import { brightness, greyImage, type GreyPlane } from './planes.ts';

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/** Rows of one step. */
const STRIPE = 128;

/**
 * Each pixel minus the median of its 3 x 3 neighbourhood; the edge is repeated. The middle of nine is the middle of three: of the
 * largest of the columns' least, the middle of their middles, and the least of their largest.
 */
function* medianResidual({ width, height, data }: GreyPlane): Steps<GreyPlane> {
  const residual = new Float32Array(data.length);
  const [low, middle, high] = [new Float32Array(width), new Float32Array(width), new Float32Array(width)];
  for (let y = 0; y < height; y++) {
    if (y % STRIPE === 0) yield y / height;
    const [above, here, below] = [Math.max(0, y - 1) * width, y * width, Math.min(height - 1, y + 1) * width];
    for (let x = 0; x < width; x++) {
      const [a, b, c] = [data[above + x] ?? 0, data[here + x] ?? 0, data[below + x] ?? 0];
      low[x] = Math.min(a, b, c);
      middle[x] = middleOf(a, b, c);
      high[x] = Math.max(a, b, c);
    }
    for (let x = 0; x < width; x++) {
      const [l, r] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
      const median = middleOf(
        Math.max(low[l] ?? 0, low[x] ?? 0, low[r] ?? 0),
        middleOf(middle[l] ?? 0, middle[x] ?? 0, middle[r] ?? 0),
        Math.min(high[l] ?? 0, high[x] ?? 0, high[r] ?? 0),
      );
      residual[here + x] = (data[here + x] ?? 0) - median;
    }
  }
  return { width, height, data: residual };
}

export interface NoiseResidual {
  /** Mid grey = no residual. */
  image: RgbImage;
  /** As given, or chosen from the residual. */
  gain: number;
  /** Root mean square of the residual, grey levels. */
  deviation: number;
  /** 99 % of the residuals are at most this far from 0. */
  nearlyMost: number;
}

/** Bins per grey level. */
const FINENESS = 10;

/** Size that 99 % of the values stay within, to a tenth of a grey level. */
function nearlyMostOf(values: Float32Array): number {
  const counts = new Float64Array(256 * FINENESS + 1);
  for (const value of values) {
    const bin = Math.ceil(Math.abs(value) * FINENESS);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return percentileBin(counts, INSIDE_SHARE) / FINENESS;
}

/**
 * In steps of some rows.
 * @param gain multiplies the residual before it is drawn around mid grey; null: such that 99 % of it stays between black and white
 */
export function* noiseResidualSteps(image: RgbImage, gain: number | null): Steps<NoiseResidual> {
  const residual = yield* medianResidual(brightness(image));
  const squares = residual.data.reduce((sum, value) => sum + value * value, 0);
  const nearlyMost = nearlyMostOf(residual.data);
  const used = gain ?? gainFor(nearlyMost, 127);
  const drawn = { ...residual, data: residual.data.map((value) => 128 + used * value) };
  return { image: greyImage(drawn), gain: used, deviation: Math.sqrt(squares / residual.data.length), nearlyMost };
}
