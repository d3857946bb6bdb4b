import { describe, expect, it } from 'vitest';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { ModelFolders } from '../../src/shared/models/model-folder.ts';
import { textStatistics } from '../../workers/engine/text-statistics.ts';
import { someDataset, someSample } from '../support/records.ts';
import { TINY_ANSWER, TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { testEngine } from './support.ts';

const annotated = (path: string, answer: string) =>
  someSample({ datasetId: 'texts', path, annotation: { question: '<image>\nReal or fake?', answer, source: 's' } });

describe('text statistics', () => {
  it('count tokens, words and paragraphs, name rows beyond the context, and count what has no text', async () => {
    const { db, platform } = await testEngine();
    const long = Array.from({ length: 60 }, () => TINY_ANSWER).join('\n\n');
    const samples = [
      annotated('1.png', TINY_ANSWER),
      annotated('2.png', long),
      annotated('3.png', '  '),
      someSample({ datasetId: 'texts', path: '4.png' }),
    ];
    await putSamples(
      db,
      samples.map((sample) => ({ sample, image: new Blob(), thumbnail: new Blob() })),
      someDataset({ id: 'texts' }),
    );
    const seen: number[] = [];
    const context = {
      db,
      folders: new ModelFolders(platform, db),
      signal: new AbortController().signal,
      progress: ({ done }: { done: number }) => void seen.push(done),
    };
    const found = await textStatistics({ datasetId: 'texts', modelId: TINY_MODEL_ID }, context);
    expect(found).toMatchObject({ rowCount: 2, withoutText: 2, contextLength: 320, tooLongCount: 1, tooLong: [{ path: '2.png' }] });
    expect(found.tooLong[0]?.tokens).toBe(found.tokens?.max);
    expect(found.tokens?.min).toBeLessThan(320);
    expect(found.tokens?.min).toBeGreaterThan(found.visionTokens);
    expect(found.words).toMatchObject({ min: TINY_ANSWER.split(/\s+/).length, max: long.split(/\s+/).length });
    expect(found.paragraphs?.min).toBe(3); // two regions and the answer
    expect(seen.at(-1)).toBe(4);
    await expect(textStatistics({ datasetId: 'texts', modelId: 'gone' }, context)).rejects.toMatchObject({ code: 'E-MISSING' });
  });
});
