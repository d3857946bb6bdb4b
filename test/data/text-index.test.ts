import { describe, expect, it } from 'vitest';
import { putDataset } from '../../src/shared/storage/datasets.ts';
import { noteReplaced } from '../../src/shared/storage/replaced-pictures.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { TextIndex, TextSearcher } from '../../workers/data/text-index.ts';
import { openTestDatabase } from '../support/database.ts';
import { someDataset, someSample } from '../support/records.ts';

const sample = (path: string, answer: string, questionText?: string) =>
  someSample({
    datasetId: 'd',
    path,
    annotation: { question: '<image>\nWell?', answer, source: 's' },
    ...(questionText && { questionText }),
  });

const SAMPLES = [
  sample('aster/test/fake/1.png', '**Skin**: The cheeks look WAXY.'),
  sample('aster/test/real/2.png', 'Der Haaransatz wirkt natürlich; skin is clear.'),
  sample('birch/test/fake/3.png', 'Nothing to say.', 'Is the ear odd?'),
];

function found(query: string): number[] {
  const index = new TextIndex();
  for (const one of SAMPLES) index.add(one);
  return [...index.search(query)].flatMap((hit, i) => (hit ? [i + 1] : []));
}

describe('full-text search', () => {
  it('finds a part of a word in the reasoning, in the question and in the path, without regard to case', () => {
    expect(found('wax')).toEqual([1]);
    expect(found('ODD')).toEqual([3]);
    expect(found('birch')).toEqual([3]);
    expect(found('natür')).toEqual([2]);
  });

  it('wants every word, wherever each of them stands', () => {
    expect(found('skin')).toEqual([1, 2]);
    expect(found('skin aster/test/fake')).toEqual([1]);
    expect(found('skin birch')).toEqual([]);
  });

  it('finds nothing for signs alone', () => {
    expect(found('**')).toEqual([]);
  });

  it('reads a dataset anew when it has grown, and only then', async () => {
    const db = await openTestDatabase();
    const stored = (count: number) => SAMPLES.slice(0, count).map((one) => ({ sample: one, image: new Blob(), thumbnail: new Blob() }));
    await putSamples(db, stored(1), someDataset({ id: 'd', imageCount: 1 }));
    const searcher = new TextSearcher();
    const read: number[] = [];
    const context = { signal: new AbortController().signal, progress: ({ done }: { done: number }) => void read.push(done) };
    expect([...(await searcher.search(db, 'd', 'skin', context))]).toEqual([1]);
    expect([...(await searcher.search(db, 'd', 'hair', context))]).toEqual([0]);
    expect(read).toEqual([1]);
    await putSamples(db, stored(3), someDataset({ id: 'd', imageCount: 3 }));
    await putDataset(db, someDataset({ id: 'd', imageCount: 3 }));
    expect([...(await searcher.search(db, 'd', 'skin', context))]).toEqual([1, 1, 0]);
    const changed = stored(3).map((one) => ({ ...one, sample: { ...one.sample, annotation: undefined } }));
    await putSamples(db, changed, someDataset({ id: 'd', imageCount: 3 }));
    await noteReplaced(db, 'd', [SAMPLES[0]?.path ?? '']);
    expect([...(await searcher.search(db, 'd', 'skin', context))], 'texts that a re-scan changed').not.toEqual([1, 1, 0]);
    await expect(searcher.search(db, 'gone', 'x', context)).rejects.toMatchObject({ code: 'E-MISSING' });
  });
});
