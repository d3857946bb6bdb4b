// What the import learns of one image file. How it is decoded is injected, so that the import runs in Node too.
import type { ImageFacts } from '../../src/shared/image/sniff.ts';

export interface Picture extends Omit<ImageFacts, 'orientationAt'> {
  /** About 160 px, upright. */
  thumbnail: Blob;
}

/** Decodes a file and makes its thumbnail; throws what `badImage` of sniff.ts makes. */
export type ReadPicture = (bytes: Uint8Array<ArrayBuffer>) => Promise<Picture>;

/** Pixels as a canvas gives them. */
export interface Pixels {
  width: number;
  height: number;
  /** RGBA, row by row. */
  data: ArrayLike<number>;
}

/** Decodes an image; throws anything where it cannot. */
export type ReadPixels = (image: Blob) => Promise<Pixels>;
