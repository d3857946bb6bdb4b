// What JPEG at a quality takes from a picture: YCbCr, halved chroma, 8 x 8 cosine transform, quantisation, and back. The lossless
// entropy coding in between changes no pixel and is left out. Within a few levels of libjpeg (tested against libvips): its integer
// transforms round elsewhere.
import { quantisationTables } from './jpeg-tables.ts';
import { createImage, cropImage, type Region, type RgbImage } from './rgb-image.ts';

type Size = Pick<RgbImage, 'width' | 'height'>;

/** One colour plane; sides are multiples of 8. */
interface Plane {
  width: number;
  height: number;
  /** Level-shifted values, [height, width]. */
  data: Float32Array;
}

/** COSINES[u * 8 + x] = c(u) / 2 cos((2x + 1) u pi / 16): orthonormal, so its transpose is its inverse. */
const COSINES = Float32Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

const padded = (size: number, block: number): number => Math.ceil(size / block) * block;

/** A plane of a linear mix of the channels, its edges repeated to whole blocks of 16. */
function planeOf({ width, height, data }: RgbImage, [red, green, blue]: readonly [number, number, number], offset: number): Plane {
  const plane = { width: padded(width, 16), height: padded(height, 16) };
  const values = new Float32Array(plane.width * plane.height);
  for (let y = 0; y < plane.height; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < plane.width; x++) {
      const from = (row + Math.min(x, width - 1)) * 3;
      values[y * plane.width + x] =
        Math.round(red * (data[from] ?? 0) + green * (data[from + 1] ?? 0) + blue * (data[from + 2] ?? 0)) + offset;
    }
  }
  return { ...plane, data: values };
}

/** Means of 2 x 2. Below the picture the last row of means is repeated, not that of the pixels: libjpeg fills its blocks so. */
function halve({ width, height, data }: Plane, inside: Size): Plane {
  const half = { width: width / 2, height: height / 2, data: new Float32Array(data.length / 4) };
  const lastRow = Math.ceil(inside.height / 2) - 1;
  for (let y = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++) {
      const at = 2 * Math.min(y, lastRow) * width + 2 * x;
      const sum = (data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + width] ?? 0) + (data[at + width + 1] ?? 0);
      half.data[y * half.width + x] = Math.floor((sum + 1 + (x % 2)) / 4); // rounds a half down and up in turn, as libjpeg does
    }
  }
  return half;
}

/** libjpeg's "fancy" doubling: 9/16 of the nearest, 3/16 of its two neighbours, 1/16 of the diagonal one; none of them outside the picture. */
function double({ width, height, data }: Plane, inside: Size): Plane {
  const [lastColumn, lastRow] = [Math.ceil(inside.width / 2) - 1, Math.ceil(inside.height / 2) - 1];
  const result = { width: width * 2, height: height * 2, data: new Float32Array(data.length * 4) };
  for (let y = 0; y < result.height; y++) {
    const near = (y >> 1) * width;
    const far = Math.min(lastRow, Math.max(0, (y >> 1) + (y % 2 === 0 ? -1 : 1))) * width;
    for (let x = 0; x < result.width; x++) {
      const column = x >> 1;
      const other = Math.min(lastColumn, Math.max(0, column + (x % 2 === 0 ? -1 : 1)));
      const value = 9 * (data[near + column] ?? 0) + 3 * ((data[near + other] ?? 0) + (data[far + column] ?? 0)) + (data[far + other] ?? 0);
      result.data[y * result.width + x] = value / 16;
    }
  }
  return result;
}

/** The inverse: the same, transposed. */
const COSINES_BACK = COSINES.map((_, i) => COSINES[(i & 7) * 8 + (i >> 3)] ?? 0);

/** block = M block Mᵀ, all 8 x 8, row by row; `scratch` is 8 x 8 too. */
function transform(block: Float32Array, scratch: Float32Array, matrix: Float32Array): void {
  multiplyRows(block, scratch, matrix);
  multiplyRows(scratch, block, matrix);
}

/** to[u, y] = sum over x of matrix[u, x] from[y, x]. */
function multiplyRows(from: Float32Array, to: Float32Array, matrix: Float32Array): void {
  for (let u = 0; u < 64; u += 8) {
    for (let y = 0; y < 8; y++) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += (matrix[u + x] ?? 0) * (from[y * 8 + x] ?? 0);
      to[u + y] = sum;
    }
  }
}

/** Rounds every block's frequencies to multiples of the table, in place. */
function quantise({ width, height, data }: Plane, table: Uint8Array): void {
  const block = new Float32Array(64);
  const scratch = new Float32Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      const at = top * width + left;
      for (let i = 0; i < 64; i++) block[i] = data[at + (i >> 3) * width + (i & 7)] ?? 0;
      transform(block, scratch, COSINES);
      for (let i = 0; i < 64; i++) {
        const step = table[i] ?? 1;
        block[i] = Math.round((block[i] ?? 0) / step) * step;
      }
      transform(block, scratch, COSINES_BACK);
      for (let i = 0; i < 64; i++) data[at + (i >> 3) * width + (i & 7)] = Math.min(127, Math.max(-128, Math.round(block[i] ?? 0)));
    }
  }
}

/** The picture as it comes out of a baseline JPEG with halved chroma. @param quality 1..100, libjpeg's scale */
export function loseAsJpeg(image: RgbImage, quality: number): RgbImage {
  const { luminance, chrominance } = quantisationTables(quality);
  const luma = planeOf(image, [0.299, 0.587, 0.114], -128);
  const blue = halve(planeOf(image, [-0.168736, -0.331264, 0.5], 0), image);
  const red = halve(planeOf(image, [0.5, -0.418688, -0.081312], 0), image);
  quantise(luma, luminance);
  quantise(blue, chrominance);
  quantise(red, chrominance);
  return toRgb(image, luma, double(blue, image), double(red, image));
}

/** Pixels of the blocks that doubled chroma mixes: two of brightness. */
const BLOCK = 16;
/** Rows of one part of `jpegParts`. */
const STRIPE = 8 * BLOCK;

/** A finished part of a picture, with its place in it. */
export interface PicturePart {
  image: RgbImage;
  left: number;
  top: number;
}

/**
 * A region as `loseAsJpeg` leaves it, value for value, in parts from top to bottom, so that a large one can be shown as progress or
 * given up. Only the blocks of the region and those around it are computed: no pixel depends on others.
 */
export function* jpegParts(image: RgbImage, quality: number, region: Region): Generator<PicturePart, void> {
  const bottom = region.top + region.height;
  for (let top = region.top; top < bottom;) {
    const end = Math.min(bottom, Math.floor(top / STRIPE) * STRIPE + STRIPE);
    const part = { left: region.left, top, width: region.width, height: end - top };
    yield { image: loseRegion(image, quality, part), left: part.left, top };
    top = end;
  }
}

/** @returns a picture of the size of the region */
function loseRegion(image: RgbImage, quality: number, { left, top, width, height }: Region): RgbImage {
  const before = (at: number): number => Math.max(0, Math.floor(at / BLOCK) * BLOCK - BLOCK);
  const after = (at: number, most: number): number => Math.min(most, Math.ceil(at / BLOCK) * BLOCK + BLOCK);
  const [x, y] = [before(left), before(top)];
  const around = cropImage(image, x, y, after(left + width, image.width) - x, after(top + height, image.height) - y);
  return cropImage(loseAsJpeg(around, quality), left - x, top - y, width, height);
}

function toRgb({ width, height }: RgbImage, luma: Plane, blue: Plane, red: Plane): RgbImage {
  const result = createImage(width, height);
  const out = new Uint8ClampedArray(result.data.buffer);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * luma.width + x;
      const to = (y * width + x) * 3;
      const [l, cb, cr] = [(luma.data[from] ?? 0) + 128, blue.data[from] ?? 0, red.data[from] ?? 0];
      out[to] = l + 1.402 * cr;
      out[to + 1] = l - 0.344136 * cb - 0.714136 * cr;
      out[to + 2] = l + 1.772 * cb;
    }
  }
  return result;
}
