// How a picture lies in its square frame: turned or not, and how much of the frame it takes. Pure.
import type { Region } from '../../../shared/image/rgb-image.ts';

export interface PictureSize {
  width: number;
  height: number;
}

/** First EXIF orientation that lays a picture on its side. */
const FIRST_TURNED = 5;

/** The size of a stored picture as it is shown: upright as the file asks, or as stored. */
export function shownSize({ width, height }: PictureSize, exifOrientation: number, isAsStored: boolean): PictureSize {
  return exifOrientation >= FIRST_TURNED && !isAsStored ? { width: height, height: width } : { width, height };
}

/** Shares of the frame's side that the whole picture takes. */
export function shareOfFrame({ width, height }: PictureSize): { across: number; down: number } {
  const long = Math.max(width, height);
  return { across: width / long, down: height / long };
}

/** The middle square, all that models see of a picture. */
export function seenSquare({ width, height }: PictureSize): { left: number; top: number; side: number } {
  const side = Math.min(width, height);
  return { left: (width - side) / 2, top: (height - side) / 2, side };
}

/** Share of a region that lies in the square, 0..1. */
export function seenShare(region: Region, size: PictureSize): number {
  const { left, top, side } = seenSquare(size);
  const across = Math.min(region.left + region.width, left + side) - Math.max(region.left, left);
  const down = Math.min(region.top + region.height, top + side) - Math.max(region.top, top);
  return (Math.max(0, across) * Math.max(0, down)) / (region.width * region.height);
}
