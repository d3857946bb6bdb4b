import { describe, expect, it } from 'vitest';
import { fittingImages, picturesOptions, proposedPictures } from '../../src/features/datasets/import/pictures-choice.ts';
import type { ImportReview } from '../../src/shared/data-api.ts';

/** A thousand images of a megabyte each. */
function review(quota: Partial<ImportReview['quota']>): ImportReview {
  return {
    reviewId: 'r',
    suggestedName: 'set',
    tree: [],
    layout: '',
    imagesFound: 1000,
    totalBytes: 1e9,
    files: [],
    matched: 0,
    joins: { image: 0, id: 0, name: 0, extension: 0 },
    textWithoutImage: [],
    imagesWithoutText: [],
    problems: [],
    ignored: [],
    quota: { usedBytes: 0, quotaBytes: 10e9, neededBytes: 1.01e9, thumbnailBytes: 1e7, ...quota },
  };
}

describe('where the pictures of an import stay', () => {
  it('is here while copies fit, and also where the browser does not tell', () => {
    expect(proposedPictures(review({}), true)).toBe('copied');
    expect(proposedPictures(review({ quotaBytes: 0 }), true)).toBe('copied');
  });

  it('is the folder where copies do not fit and it can be read again; else a sample is proposed', () => {
    const tight = review({ quotaBytes: 1e8 });
    expect(proposedPictures(tight, true)).toBe('linked');
    expect(fittingImages(tight, 'linked')).toBe(1000);
    expect(proposedPictures(tight, false)).toBe('copied');
    expect(fittingImages(tight, 'copied')).toBe(89);
    const full = review({ quotaBytes: 1e6 });
    expect(proposedPictures(full, true)).toBe('copied');
  });

  it('shows the size of each way for as many images as are wanted, and why a way is closed', () => {
    const options = picturesOptions(review({ quotaBytes: 1e8 }), 100, false);
    expect(options.map(({ value, bytes, fits }) => [value, Math.round(bytes / 1e6), fits])).toEqual([
      ['copied', 101, false],
      ['linked', 1, true],
      ['thumbnails', 1, true],
    ]);
    expect(options.map(({ refused }) => refused !== null)).toEqual([false, true, false]);
  });
});
