import { describe, expect, test } from 'vitest';
import { expandedLength, labelledPredictions, layoutSequences } from '../../../workers/ml/model/sequence-layout.ts';

const OPTIONS = { vocabSize: 10, numVisionTokens: 3, maxLength: 8 };

describe('layout of a batch', () => {
  test('the image id becomes the image’s tokens, rows are padded on the right', () => {
    const layout = layoutSequences(
      [
        { ids: [1, -200, 5], labels: [-100, -100, 5], image: 1 },
        { ids: [4, 2], labels: [4, 2], image: 0 },
      ],
      OPTIONS,
    );
    expect(layout).toMatchObject({ batch: 2, length: 5, lengths: [5, 2], hasImages: true });
    expect([...layout.sources]).toEqual([1, 13, 14, 15, 5, 4, 2, 0, 0, 0]);
    expect([...layout.labels]).toEqual([-100, -100, -100, -100, 5, 4, 2, -100, -100, -100]);
  });

  test('rows are cut after the insertion', () => {
    const { lengths, sources } = layoutSequences([{ ids: [1, 2, 3, 4, 5, 6, -200, 7], image: 0 }], OPTIONS);
    expect(lengths).toEqual([8]);
    expect([...sources]).toEqual([1, 2, 3, 4, 5, 6, 10, 11]);
  });

  test('a common multiple pads the batch but never beyond the model’s length', () => {
    const layout = layoutSequences([{ ids: [1, 2, 3, 4, 5], image: 0 }], { ...OPTIONS, multipleOf: 16 });
    expect([layout.length, layout.lengths]).toEqual([8, [5]]);
    expect(layout.hasImages).toBe(false);
  });

  test('only positions before a label meet the head', () => {
    const layout = layoutSequences(
      [
        { ids: [1, -200, 5, 6], labels: [-100, -100, 5, 6], image: 0 },
        { ids: [3, 4], labels: [3, 4], image: 0 },
      ],
      OPTIONS,
    );
    const { positions, targets } = labelledPredictions(layout);
    expect([[...positions], [...targets]]).toEqual([
      [3, 4, 6],
      [5, 6, 4],
    ]);
  });

  test('the length of a prompt counts the image’s tokens', () => {
    expect([expandedLength([1, -200, 2], 3), expandedLength([1, 2], 3)]).toEqual([5, 2]);
  });

  test('two images and ids outside the vocabulary are refused', () => {
    expect(() => layoutSequences([{ ids: [-200, -200], image: 0 }], OPTIONS)).toThrow(/more than one image/);
    expect(() => layoutSequences([{ ids: [10], image: 0 }], OPTIONS)).toThrow(/Token id 10 is outside/);
    expect(() => layoutSequences([{ ids: [-3], image: 0 }], OPTIONS)).toThrow(/Token id -3 is outside/);
  });
});
