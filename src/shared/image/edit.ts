// A changed copy of a picture for asking the model again: a region masked or recompressed, or all but a region cut away.
import { loseAsJpeg } from './jpeg-loss.ts';
import { createImage, cropImage, type RgbImage } from './rgb-image.ts';
import { RandomStream } from '../random.ts';

/** A rectangle in stored pixels. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const MASK_FILLS = ['grey', 'mean', 'blur', 'noise'] as const;
export type MaskFill = (typeof MASK_FILLS)[number];

export type ImageEdit =
  | { kind: 'mask'; fill: MaskFill; region: Region }
  /** quality 1..100 */
  | { kind: 'jpeg'; quality: number; region: Region }
  | { kind: 'crop'; region: Region };

/** The part of a region that lies inside a picture; at least one pixel. */
export function clampRegion({ left, top, width, height }: Region, size: { width: number; height: number }): Region {
  const x = Math.min(size.width - 1, Math.max(0, Math.round(left)));
  const y = Math.min(size.height - 1, Math.max(0, Math.round(top)));
  return {
    left: x,
    top: y,
    width: Math.max(1, Math.min(size.width - x, Math.round(width))),
    height: Math.max(1, Math.min(size.height - y, Math.round(height))),
  };
}

/** One text per edit and region, for keys and notes. */
export function describeEdit(edit: ImageEdit): string {
  const { left, top, width, height } = edit.region;
  const where = `${width} × ${height} pixels at ${left}, ${top}`;
  if (edit.kind === 'crop') return `cropped to ${where}`;
  if (edit.kind === 'jpeg') return `JPEG quality ${edit.quality} on ${where}`;
  return `${where} masked with ${edit.fill}`;
}

/** A changed copy; the picture stays as it is. The region is clamped to it. */
export function editImage(image: RgbImage, edit: ImageEdit): RgbImage {
  const region = clampRegion(edit.region, image);
  if (edit.kind === 'crop') return cropImage(image, region.left, region.top, region.width, region.height);
  if (edit.kind === 'jpeg') return paste(image, loseAsJpeg(image, edit.quality), region);
  return paste(image, FILLS[edit.fill](image, region), region);
}

/** `from` inside the region, `image` outside; both of one size. */
function paste(image: RgbImage, from: RgbImage, { left, top, width, height }: Region): RgbImage {
  const result = { ...image, data: image.data.slice() };
  for (let y = top; y < top + height; y++) {
    const at = (y * image.width + left) * 3;
    result.data.set(from.data.subarray(at, at + width * 3), at);
  }
  return result;
}

const FILLS: Record<MaskFill, (image: RgbImage, region: Region) => RgbImage> = {
  grey: (image) => filled(image, [128, 128, 128]),
  mean: (image, region) => filled(image, meanColour(image, region)),
  blur: (image, region) => boxBlur(boxBlur(image, radiusOf(region)), radiusOf(region)),
  noise: (image, { left, top, width, height }) => {
    const random = RandomStream.fromText(`mask/${left}/${top}/${width}/${height}`);
    return { ...image, data: image.data.map(() => random.integer(256)) };
  },
};

/** A blur that hides what was there: a quarter of the shorter side. */
function radiusOf({ width, height }: Region): number {
  return Math.max(1, Math.round(Math.min(width, height) / 4));
}

function filled({ width, height }: RgbImage, colour: readonly number[]): RgbImage {
  const result = createImage(width, height);
  return { ...result, data: result.data.map((_, i) => Math.round(colour[i % 3] ?? 0)) };
}

/** Mean colour of the region. */
function meanColour(image: RgbImage, { left, top, width, height }: Region): number[] {
  const part = cropImage(image, left, top, width, height);
  return [0, 1, 2].map((channel) => {
    let sum = 0;
    for (let i = channel; i < part.data.length; i += 3) sum += part.data[i] ?? 0;
    return sum / (width * height);
  });
}

/** Mean over a square of side 2 radius + 1, edges repeated: running sums along rows, then along columns. */
function boxBlur(image: RgbImage, radius: number): RgbImage {
  return blurAlong(blurAlong(image, radius, 'rows'), radius, 'columns');
}

function blurAlong(image: RgbImage, radius: number, direction: 'rows' | 'columns'): RgbImage {
  const { width, height, data } = image;
  const result = createImage(width, height);
  const [lines, length] = direction === 'rows' ? [height, width] : [width, height];
  const [lineStep, step] = direction === 'rows' ? [width * 3, 3] : [3, width * 3];
  for (let line = 0; line < lines; line++) {
    for (let channel = 0; channel < 3; channel++) {
      const base = line * lineStep + channel;
      const at = (i: number): number => data[base + Math.min(length - 1, Math.max(0, i)) * step] ?? 0;
      let sum = 0;
      for (let i = -radius; i <= radius; i++) sum += at(i);
      for (let i = 0; i < length; i++) {
        result.data[base + i * step] = Math.round(sum / (2 * radius + 1));
        sum += at(i + radius + 1) - at(i - radius);
      }
    }
  }
  return result;
}
