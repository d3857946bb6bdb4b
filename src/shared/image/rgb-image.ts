// The one picture type of all pure image code.

/** Interleaved 8-bit RGB, row-major. */
export interface RgbImage {
  /** Pixels. */
  width: number;
  height: number;
  /** [height, width, 3] */
  data: Uint8Array;
}

/** A rectangle in stored pixels. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** An empty (black) picture. */
export function createImage(width: number, height: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** Copies a rectangle that lies inside the picture. */
export function cropImage({ width, data }: RgbImage, left: number, top: number, cropWidth: number, cropHeight: number): RgbImage {
  const result = createImage(cropWidth, cropHeight);
  for (let row = 0; row < cropHeight; row++) {
    const from = ((top + row) * width + left) * 3;
    result.data.set(data.subarray(from, from + cropWidth * 3), row * cropWidth * 3);
  }
  return result;
}

/** Copies a smaller picture onto another one, in place; it has to lie inside. */
export function pasteInto(target: RgbImage, part: RgbImage, left: number, top: number): void {
  for (let row = 0; row < part.height; row++) {
    const from = row * part.width * 3;
    target.data.set(part.data.subarray(from, from + part.width * 3), ((top + row) * target.width + left) * 3);
  }
}
