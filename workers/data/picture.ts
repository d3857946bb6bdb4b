// What the import learns of one image file. How it is decoded is injected, so that the import runs in Node too.
import type { ImageFacts } from '../../src/shared/image/sniff.ts';

export interface Picture extends Omit<ImageFacts, 'orientationAt'> {
  /** About 160 px, upright. */
  thumbnail: Blob;
  /** What people see of the file and the model does not; absent where there is nothing. */
  remarks?: readonly PictureRemark[];
}

/** Codes of problems that keep no picture out. */
export type PictureRemark = 'image-transparent' | 'image-animated' | 'image-not-linkable';

/** What each means for the model. */
export const REMARK_WORDS: Record<PictureRemark, string> = {
  'image-transparent':
    'Parts of the picture are transparent. They are laid over no colour: the model ignores transparency and sees the colours stored under it, as Pillow’s convert("RGB") does; these may be any.',
  'image-animated': 'The file is an animation; only its first frame is the picture.',
  'image-not-linkable':
    'The browser shows this file in a drop, but not in a linked folder: its name has a character that Windows does not take. Only its thumbnail is kept; rename the file and re-scan, or store copies.',
};

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
