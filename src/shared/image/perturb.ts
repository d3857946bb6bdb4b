// Changes that pictures meet on their way through the world, for the robustness sweep. Each is made to the decoded picture before
// the model's own transform, and gives the same bytes in Node and in every browser.
import { RandomStream } from '../random.ts';
import { loseAsJpeg } from './jpeg-loss.ts';
import { resizeBicubic } from './resample.ts';
import { createImage, cropImage, type RgbImage } from './rgb-image.ts';

export type PerturbationKind = 'jpeg' | 'resize' | 'blur' | 'noise' | 'crop';

export interface Perturbation {
  kind: PerturbationKind;
  /** In the unit of its kind, see `PERTURBATIONS`. */
  level: number;
}

export interface PerturbationSpec {
  kind: PerturbationKind;
  label: string;
  /** What the level is and how it is made, one sentence. */
  help: string;
  /** Mild to strong. */
  levels: readonly number[];
  min: number;
  max: number;
}

export const PERTURBATIONS: readonly PerturbationSpec[] = [
  {
    kind: 'jpeg',
    label: 'JPEG',
    help: 'Quality 1 to 100. The loss of a JPEG encoder (4:2:0, standard tables) computed by this program, not by the browser.',
    levels: [90, 70, 50, 30],
    min: 1,
    max: 100,
  },
  {
    kind: 'resize',
    label: 'Resize',
    help: 'Scale of both sides. Made smaller and back to the first size, both with bicubic interpolation.',
    levels: [0.75, 0.5, 0.25],
    min: 0.05,
    max: 1,
  },
  {
    kind: 'blur',
    label: 'Blur',
    help: 'Standard deviation of a Gaussian in pixels of the stored picture.',
    levels: [0.5, 1, 2],
    min: 0.1,
    max: 20,
  },
  {
    kind: 'noise',
    label: 'Noise',
    help: 'Standard deviation of Gaussian noise on each channel, as a share of full scale; seeded by evaluation seed and picture.',
    levels: [0.02, 0.05, 0.1],
    min: 0.001,
    max: 1,
  },
  { kind: 'crop', label: 'Crop', help: 'Share of each side that the centred crop keeps.', levels: [0.9, 0.75, 0.5], min: 0.1, max: 1 },
];

/** Short name as in metric names (`jpeg70`, spec/metrics.md 6). */
export function perturbationName({ kind, level }: Perturbation): string {
  return `${kind}${level}`;
}

const LEVEL_TEXT: Record<PerturbationKind, (level: number) => string> = {
  jpeg: (level) => `JPEG quality ${level}`,
  resize: (level) => `Resize to ${Math.round(100 * level)} %`,
  blur: (level) => `Blur σ ${level} px`,
  noise: (level) => `Noise σ ${level}`,
  crop: (level) => `Crop to ${Math.round(100 * level)} %`,
};

/** For tables and lists. */
export function perturbationLabel({ kind, level }: Perturbation): string {
  return LEVEL_TEXT[kind](level);
}

/** Separable convolution; the edge pixel is repeated outwards. */
function gaussianBlur(image: RgbImage, sigma: number): RgbImage {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const weights = raw.map((weight) => weight / sum);
  return convolve(convolve(image, weights, true), weights, false);
}

function convolve({ width, height, data }: RgbImage, weights: readonly number[], isHorizontal: boolean): RgbImage {
  const radius = weights.length >> 1;
  const [length, step] = isHorizontal ? [width, 3] : [height, 3 * width];
  const result = createImage(width, height);
  const bytes = new Uint8ClampedArray(result.data.buffer);
  for (let i = 0; i < bytes.length; i++) {
    const pixel = Math.floor(i / 3);
    const position = isHorizontal ? pixel % width : Math.floor(pixel / width);
    let sum = 0;
    weights.forEach((weight, k) => {
      const at = Math.min(length - 1, Math.max(0, position + k - radius));
      sum += weight * (data[i + (at - position) * step] ?? 0);
    });
    bytes[i] = sum;
  }
  return result;
}

function addNoise(image: RgbImage, deviation: number, random: RandomStream): RgbImage {
  const result = createImage(image.width, image.height);
  const bytes = new Uint8ClampedArray(result.data.buffer);
  // Box and Muller; 1 - u is never 0.
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  for (let i = 0; i < bytes.length; i++) bytes[i] = (image.data[i] ?? 0) + 255 * deviation * normal();
  return result;
}

function resizeThereAndBack(image: RgbImage, scale: number): RgbImage {
  const small = (side: number): number => Math.max(1, Math.round(side * scale));
  return resizeBicubic(resizeBicubic(image, small(image.width), small(image.height)), image.width, image.height);
}

function cropCentre(image: RgbImage, share: number): RgbImage {
  const [width, height] = [Math.max(1, Math.round(image.width * share)), Math.max(1, Math.round(image.height * share))];
  return cropImage(image, (image.width - width) >> 1, (image.height - height) >> 1, width, height);
}

/**
 * A changed copy.
 * @param key names the picture and the seed; with the level it decides the noise
 */
export function perturb(image: RgbImage, { kind, level }: Perturbation, key: string): RgbImage {
  switch (kind) {
    case 'jpeg':
      return loseAsJpeg(image, level);
    case 'resize':
      return resizeThereAndBack(image, level);
    case 'blur':
      return gaussianBlur(image, level);
    case 'noise':
      return addNoise(image, level, RandomStream.fromText(`${key}/noise/${level}`));
    case 'crop':
      return cropCentre(image, level);
  }
}
