// The rewards in words.
import { formatPlural } from './format.ts';
import type { UnscoredPiece } from '../shared/text/unscored.ts';

/** Every report names what VCR was computed with (spec/prpo.md 5.1). */
export const VCR_ENCODER = "the loaded model's own image and text encoder; not comparable with the paper's";

/** What each figure of a paragraph asks, for readers who do not know the method. */
export const VCR_SENTENCE =
  'VCR (0 to 1) asks whether the key phrase of a paragraph fits the picture, as an image-text model sees it; 0.5 means that they have nothing to do with each other.';
export const PCR_SENTENCE =
  'PCR (0 or 1) asks whether the conclusion follows from the paragraphs before it, by counting their evidence words; all other paragraphs get 1.';

/** Why a piece of an answer has no figures. */
export function unscoredText(reason: UnscoredPiece['reason']): string {
  return reason === 'late'
    ? 'No figures: only the first paragraphs count, and this one comes after the last of them.'
    : 'No figures: too short to be a paragraph.';
}

/** At the end of an answer that was not finished. */
export function cutText(tokenCount: number): string {
  return `The answer was cut off here: it reached its length limit${tokenCount > 0 ? ` after ${formatPlural(tokenCount, 'token')}` : ''}.`;
}
