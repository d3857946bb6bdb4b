// The part of a review that crosses to the page: whole lists of 100,000 paths would hold it up, and nobody reads them there.
import type { ImportReview } from '../../src/shared/protocol.ts';
import { limitProblems } from './problem-list.ts';

/** Paths of each kind that the page gets. */
const LISTED_PATHS = 1000;

/** The beginnings of the lists, with the numbers of all. */
export function excerptOf(review: ImportReview): ImportReview {
  const { textWithoutImage, imagesWithoutText, ignored, problems } = review;
  return {
    ...review,
    problems: limitProblems(problems),
    textWithoutImage: textWithoutImage.slice(0, LISTED_PATHS),
    imagesWithoutText: imagesWithoutText.slice(0, LISTED_PATHS),
    ignored: ignored.slice(0, LISTED_PATHS),
    totals: { textWithoutImage: textWithoutImage.length, imagesWithoutText: imagesWithoutText.length, ignored: ignored.length },
  };
}
