// Which pixel of a picture lies under a point of the screen. Pure.

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface ShownPicture {
  /** Of the picture's element on the screen, zoom and mirror included. */
  box: Box;
  /** Pixels of the picture. */
  width: number;
  height: number;
  isMirrored: boolean;
}

/** Column and row from 0, or null beside the picture. The picture fills its box as far as its shape allows, in the middle. */
export function pixelAt(
  point: { x: number; y: number },
  { box, width, height, isMirrored }: ShownPicture,
): { x: number; y: number } | null {
  const scale = Math.min(box.width / width, box.height / height);
  if (!(scale > 0)) return null;
  const across = (point.x - box.left - (box.width - width * scale) / 2) / scale;
  const down = (point.y - box.top - (box.height - height * scale) / 2) / scale;
  const x = Math.floor(isMirrored ? width - across : across);
  const y = Math.floor(down);
  return x >= 0 && y >= 0 && x < width && y < height ? { x, y } : null;
}

/** As in style sheets: `#c9b4a6`. */
export function hexColour(rgb: readonly number[]): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
