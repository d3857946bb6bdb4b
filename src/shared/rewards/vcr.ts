// VCR, visual consistency reward: how well the image fits the keyword (prpo.md 5.1).

/** Reward of a missing image or a failed encoding. */
const VCR_WITHOUT_IMAGE = 0.5;

/**
 * (cosine + 1) / 2, in [0, 1].
 * @param cosine of the image's and the keyword's embedding; null without an image
 */
export function computeVcr(cosine: number | null): number {
  return cosine === null ? VCR_WITHOUT_IMAGE : (cosine + 1) / 2;
}

/**
 * The option `mean-of-others`: final paragraphs get the mean VCR of the paragraphs before them, because the bare words "real"
 * and "fake" score below any phrase. Not in the paper.
 * @returns a new list; a final paragraph at index 0 keeps its own value
 */
export function replaceFinalVcr(vcr: readonly number[], isFinal: readonly boolean[]): number[] {
  return vcr.map((own, i) => {
    const others = isFinal[i] === true ? vcr.slice(0, i) : [];
    return others.length === 0 ? own : others.reduce((sum, value) => sum + value, 0) / others.length;
  });
}
