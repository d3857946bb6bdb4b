// A changed copy of a picture for asking the model again: a region masked or recompressed, or all but a region cut away.
//
// Every change is made at the picture's full size, so that the model's own resize sees what it would see in such a file; but only the
// pixels of the region are computed, and large ones in steps between which the work can be given up.
import { jpegParts } from './jpeg-loss.ts';
import { createImage, cropImage, pasteInto, type Region, type RgbImage } from './rgb-image.ts';
import { RandomStream } from '../random.ts';
import type { Steps } from '../steps.ts';

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

/** A changed copy; the picture stays as it is. The region is clamped to it. In steps of at most some hundred milliseconds. */
export function* editSteps(image: RgbImage, edit: ImageEdit): Steps<RgbImage> {
  const region = clampRegion(edit.region, image);
  const { left, top } = region;
  if (edit.kind === 'crop') return cropImage(image, left, top, region.width, region.height);
  const result = { ...image, data: image.data.slice() };
  if (edit.kind === 'jpeg') {
    for (const part of jpegParts(image, edit.quality, region)) {
      pasteInto(result, part.image, part.left, part.top);
      yield (part.top + part.image.height - top) / region.height;
    }
  } else pasteInto(result, yield* fillSteps(image, edit.fill, region), left, top);
  return result;
}

/** What covers the region: a picture of its size. */
function* fillSteps(image: RgbImage, fill: MaskFill, region: Region): Steps<RgbImage> {
  const { left, top, width, height } = region;
  if (fill === 'blur') return yield* blurRegion(image, region);
  if (fill === 'grey') return filled(region, [128, 128, 128]);
  if (fill === 'mean') return filled(region, meanColour(cropImage(image, left, top, width, height)));
  const random = RandomStream.fromText(`mask/${left}/${top}/${width}/${height}`);
  const noise = createImage(width, height);
  return { ...noise, data: noise.data.map(() => random.integer(256)) };
}

function filled({ width, height }: Pick<Region, 'width' | 'height'>, colour: readonly number[]): RgbImage {
  const result = createImage(width, height);
  return { ...result, data: result.data.map((_, i) => Math.round(colour[i % 3] ?? 0)) };
}

function meanColour({ width, height, data }: RgbImage): number[] {
  return [0, 1, 2].map((channel) => {
    let sum = 0;
    for (let i = channel; i < data.length; i += 3) sum += data[i] ?? 0;
    return sum / (width * height);
  });
}

/** A blur that hides what was there: twice the mean over a square of side 2 radius + 1, the radius a quarter of the shorter side. */
function* blurRegion(image: RgbImage, { left, top, width, height }: Region): Steps<RgbImage> {
  const radius = Math.max(1, Math.round(Math.min(width, height) / 4));
  const [x, y] = [Math.max(0, left - 2 * radius), Math.max(0, top - 2 * radius)];
  const right = Math.min(image.width, left + width + 2 * radius);
  const bottom = Math.min(image.height, top + height + 2 * radius);
  let blurred = cropImage(image, x, y, right - x, bottom - y);
  const passes = ['rows', 'columns', 'rows', 'columns'] as const;
  for (const [i, direction] of passes.entries()) {
    blurred = blurAlong(blurred, radius, direction);
    yield (i + 1) / passes.length;
  }
  return cropImage(blurred, left - x, top - y, width, height);
}

/** Mean over 2 radius + 1 pixels by running sums, edges repeated. */
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
