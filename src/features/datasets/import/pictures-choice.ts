// Where the pictures of an import can stay, how much browser storage each way takes, and what is proposed. Pure.
import type { PicturePlace } from '../../../shared/domain/sample.ts';
import type { ImportReview } from '../../../shared/data-api.ts';

export type PicturesKept = 'copied' | PicturePlace;

export interface PicturesOption {
  value: PicturesKept;
  label: string;
  /** What it means, one sentence. */
  words: string;
  bytes: number;
  fits: boolean;
  /** Why it cannot be chosen; null where it can. */
  refused: string | null;
}

/** Left free beside the images. */
const SPARE_SHARE = 0.9;

const freeBytesOf = ({ quota: { usedBytes, quotaBytes } }: ImportReview): number =>
  quotaBytes === 0 ? Infinity : Math.max(0, quotaBytes - usedBytes);

/** @param count images that are to be imported */
export function picturesOptions(review: ImportReview, count: number, canLink: boolean): PicturesOption[] {
  const { quota, imagesFound } = review;
  const part = count / Math.max(1, imagesFound);
  const option = (value: PicturesKept, label: string, words: string, all: number, refused: string | null = null): PicturesOption => ({
    value,
    label,
    words,
    bytes: all * part,
    fits: all * part <= freeBytesOf(review),
    refused,
  });
  return [
    option('copied', 'Store copies', 'Works without the folder, also after it is moved or deleted.', quota.neededBytes),
    option(
      'linked',
      'Link the folder',
      'Thumbnails and texts are stored; pictures are read from the folder and checked against their hash. The browser may ask again.',
      quota.thumbnailBytes,
      canLink ? null : 'Needs a folder that was dropped or picked in Chrome or Edge.',
    ),
    option(
      'thumbnails',
      'Thumbnails only',
      'To look through, search and tag. The model cannot be asked until the folder is linked by Re-scan.',
      quota.thumbnailBytes,
    ),
  ];
}

/** Copies where they fit, else a link where that is possible; else copies of a sample. */
export function proposedPictures(review: ImportReview, canLink: boolean): PicturesKept {
  const [copied, linked] = picturesOptions(review, review.imagesFound, canLink);
  return !copied?.fits && linked?.fits && !linked.refused ? 'linked' : 'copied';
}

/** How many images of this drop fit into the free storage, all where the browser does not tell. */
export function fittingImages(review: ImportReview, kept: PicturesKept): number {
  const { imagesFound, quota } = review;
  const needed = kept === 'copied' ? quota.neededBytes : quota.thumbnailBytes;
  const free = freeBytesOf(review);
  return needed <= free ? imagesFound : Math.max(1, Math.floor((imagesFound * SPARE_SHARE * free) / needed));
}
