// The random augmentation of the binary branch (spec/model.md 4), on bytes before the model's transform:
// RandomResizedCrop, flip, ColorJitter, rotation, grayscale, blur, in that order. The random numbers are ours, so the
// distribution equals torchvision's but no single draw does; bytes are rounded where Pillow truncates.
import type { RandomStream } from '../random.ts';
import { createImage, cropImage, type RgbImage } from './rgb-image.ts';
import { resizeBilinear } from './resample.ts';

/** The official ranges. */
const AUGMENTATION = {
  /** Share of the area that a crop keeps. */
  scale: [0.7, 1],
  /** Width over height of a crop. */
  ratio: [3 / 4, 4 / 3],
  flip: 0.5,
  brightness: 0.3,
  contrast: 0.3,
  saturation: 0.3,
  /** Turns. */
  hue: 0.15,
  /** Degrees. */
  rotation: 20,
  grayscale: 0.1,
  blurSigma: [0.1, 2],
} as const;

/** Side of the augmented crop for a model of this input size: 224 of 320 officially. */
export function augmentedSize(modelSize: number): number {
  return Math.round(modelSize * 0.7);
}

type Pixel = [number, number, number];

/** Applies a function to every pixel; results are rounded and clamped. */
function mapPixels(image: RgbImage, change: (pixel: Pixel) => void): RgbImage {
  const result = createImage(image.width, image.height);
  const clamped = new Uint8ClampedArray(result.data.buffer);
  const pixel: Pixel = [0, 0, 0];
  for (let i = 0; i < clamped.length; i += 3) {
    for (let c = 0; c < 3; c++) pixel[c] = image.data[i + c] ?? 0;
    change(pixel);
    for (let c = 0; c < 3; c++) clamped[i + c] = pixel[c] ?? 0;
  }
  return result;
}

/** Pillow's grey value. */
function luma([red, green, blue]: Pixel): number {
  return (red * 19595 + green * 38470 + blue * 7471) / 65536;
}

function blendPixel(pixel: Pixel, other: number, factor: number): void {
  for (let c = 0; c < 3; c++) pixel[c] = other + ((pixel[c] ?? 0) - other) * factor;
}

export function adjustBrightness(image: RgbImage, factor: number): RgbImage {
  return mapPixels(image, (pixel) => blendPixel(pixel, 0, factor));
}

export function adjustContrast(image: RgbImage, factor: number): RgbImage {
  let sum = 0;
  mapPixels(image, (pixel) => {
    sum += luma(pixel);
  });
  const mean = Math.round(sum / (image.width * image.height));
  return mapPixels(image, (pixel) => blendPixel(pixel, mean, factor));
}

/** Factor 0 gives the grey picture. */
export function adjustSaturation(image: RgbImage, factor: number): RgbImage {
  return mapPixels(image, (pixel) => blendPixel(pixel, luma(pixel), factor));
}

/** Hue of a colour in turns. */
function hueOf([red, green, blue]: Pixel, high: number, range: number): number {
  if (high === red) return (green - blue) / (6 * range);
  if (high === green) return (blue - red) / (6 * range) + 1 / 3;
  return (red - green) / (6 * range) + 2 / 3;
}

/** Turns the hue; value and saturation stay. */
export function adjustHue(image: RgbImage, turns: number): RgbImage {
  return mapPixels(image, (pixel) => {
    const high = Math.max(...pixel);
    const range = high - Math.min(...pixel);
    if (range === 0) return;
    const hue = hueOf(pixel, high, range) + turns;
    const channel = (offset: number): number => {
      const sector = (((hue + offset) % 1) + 1) % 1;
      return high - range * Math.max(0, Math.min(1, Math.min(sector * 6, 4 - sector * 6)));
    };
    [pixel[0], pixel[1], pixel[2]] = [channel(5 / 6), channel(3 / 6), channel(1 / 6)];
  });
}

export function flipHorizontally(image: RgbImage): RgbImage {
  const { width, height, data } = image;
  const result = createImage(width, height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + width - 1 - column) * 3;
      result.data.set(data.subarray(from, from + 3), (row * width + column) * 3);
    }
  }
  return result;
}

/** Rotates counter-clockwise about the centre, nearest pixel; corners become black. */
export function rotate({ width, height, data }: RgbImage, degrees: number): RgbImage {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const result = createImage(width, height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const dx = column + 0.5 - width / 2;
      const dy = row + 0.5 - height / 2;
      const fromColumn = Math.floor(cos * dx - sin * dy + width / 2);
      const fromRow = Math.floor(sin * dx + cos * dy + height / 2);
      if (fromColumn < 0 || fromColumn >= width || fromRow < 0 || fromRow >= height) continue;
      const from = (fromRow * width + fromColumn) * 3;
      result.data.set(data.subarray(from, from + 3), (row * width + column) * 3);
    }
  }
  return result;
}

/** Index with the edge as a mirror (the edge pixel itself is not repeated). */
function mirrored(index: number, size: number): number {
  if (size === 1) return 0;
  if (index < 0) return -index;
  return index < size ? index : 2 * size - 2 - index;
}

/** Gaussian blur with a 3 x 3 kernel. @param sigma pixels */
export function blur({ width, height, data }: RgbImage, sigma: number): RgbImage {
  const side = Math.exp(-0.5 / (sigma * sigma));
  const weights = [side, 1, side].map((weight) => weight / (1 + 2 * side));
  const result = createImage(width, height);
  const clamped = new Uint8ClampedArray(result.data.buffer);
  for (let i = 0; i < clamped.length; i++) {
    const [channel, pixel] = [i % 3, Math.floor(i / 3)];
    const [column, row] = [pixel % width, Math.floor(pixel / width)];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) {
      const line = mirrored(row + dy, height) * width;
      for (let dx = -1; dx <= 1; dx++) {
        const weight = (weights[dx + 1] ?? 0) * (weights[dy + 1] ?? 0);
        sum += weight * (data[(line + mirrored(column + dx, width)) * 3 + channel] ?? 0);
      }
    }
    clamped[i] = sum;
  }
  return result;
}

/** A random crop by area and ratio, brought to a square; after ten misses the largest centred one of an allowed ratio, as in torchvision. */
export function randomResizedCrop(image: RgbImage, random: RandomStream, size: number): RgbImage {
  const { width, height } = image;
  const [low, high] = AUGMENTATION.ratio;
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * random.uniform(...AUGMENTATION.scale);
    const ratio = Math.exp(random.uniform(Math.log(low), Math.log(high)));
    const cropWidth = Math.round(Math.sqrt(area * ratio));
    const cropHeight = Math.round(Math.sqrt(area / ratio));
    if (cropWidth < 1 || cropHeight < 1 || cropWidth > width || cropHeight > height) continue;
    const left = random.integer(width - cropWidth + 1);
    const top = random.integer(height - cropHeight + 1);
    return resizeBilinear(cropImage(image, left, top, cropWidth, cropHeight), size, size);
  }
  const cropWidth = Math.min(width, Math.round(height * high));
  const cropHeight = Math.min(height, Math.round(width / low));
  return resizeBilinear(cropImage(image, (width - cropWidth) >> 1, (height - cropHeight) >> 1, cropWidth, cropHeight), size, size);
}

/** Brightness, contrast, saturation and hue in random order. */
function colorJitter(image: RgbImage, random: RandomStream): RgbImage {
  const factor = (spread: number): number => random.uniform(1 - spread, 1 + spread);
  const steps = random.shuffle<(picture: RgbImage) => RgbImage>([
    (picture) => adjustBrightness(picture, factor(AUGMENTATION.brightness)),
    (picture) => adjustContrast(picture, factor(AUGMENTATION.contrast)),
    (picture) => adjustSaturation(picture, factor(AUGMENTATION.saturation)),
    (picture) => adjustHue(picture, random.uniform(-AUGMENTATION.hue, AUGMENTATION.hue)),
  ]);
  return steps.reduce((picture, step) => step(picture), image);
}

/**
 * One augmented copy.
 * @param random decides everything; the same stream gives the same picture
 * @param size side of the result before the model's own transform, see `augmentedSize`
 */
export function augment(image: RgbImage, random: RandomStream, size: number): RgbImage {
  let result = randomResizedCrop(image, random, size);
  if (random.chance(AUGMENTATION.flip)) result = flipHorizontally(result);
  result = colorJitter(result, random);
  result = rotate(result, random.uniform(-AUGMENTATION.rotation, AUGMENTATION.rotation));
  if (random.chance(AUGMENTATION.grayscale)) result = adjustSaturation(result, 0);
  return blur(result, random.uniform(...AUGMENTATION.blurSigma));
}
