import { describe, expect, it } from 'vitest';
import { ALL_SAMPLES } from '../../src/shared/config/presets.ts';
import { chooseSampleIds } from '../../src/shared/sample-choice.ts';
import { getDataset } from '../../src/shared/storage/datasets.ts';
import { editSamples } from '../../src/shared/storage/sample-edits.ts';
import { listSamples, putSamples } from '../../src/shared/storage/samples.ts';
import { openTestDatabase } from '../support/database.ts';
import { someDataset, someSample } from '../support/records.ts';

async function stored(count: number) {
  const db = await openTestDatabase();
  const samples = Array.from({ length: count }, (_, i) =>
    someSample({ datasetId: 'd', path: `${String(i).padStart(4, '0')}.png`, tags: i === 0 ? ['old'] : [] }),
  );
  const counts = [{ domain: 'aster', split: 'test' as const, label: 'fake' as const, count }];
  await putSamples(
    db,
    samples.map((sample) => ({ sample, image: new Blob(), thumbnail: new Blob() })),
    someDataset({ id: 'd', imageCount: count, counts }),
  );
  return { db, ids: samples.map(({ id }) => id) };
}

describe('edits of samples', () => {
  it('stores tags once and in order, keeps what an edit leaves out, and undoes all of it', async () => {
    const { db, ids } = await stored(2);
    const [first = '', second = ''] = ids;
    const undo = await editSamples(db, 'd', [
      { id: first, tags: ['new', 'old', 'new'] },
      { id: second, note: 'odd ear' },
      { id: 'd/gone.png', tags: ['x'] },
    ]);
    expect((await listSamples(db, 'd')).map(({ tags, note }) => ({ tags, note }))).toEqual([
      { tags: ['new', 'old'], note: undefined },
      { tags: [], note: 'odd ear' },
    ]);
    await editSamples(db, 'd', undo);
    const after = await listSamples(db, 'd');
    expect(after.map(({ tags }) => tags)).toEqual([['old'], []]);
    expect(after.some((sample) => 'note' in sample)).toBe(false);
  });

  it('takes excluded samples out of the counts and out of every job, over more than one page, and back', async () => {
    const { db, ids } = await stored(700);
    const undo = await editSamples(
      db,
      'd',
      ids.slice(0, 600).map((id) => ({ id, tags: ['excluded'] })),
    );
    expect((await getDataset(db, 'd'))?.counts).toEqual([{ domain: 'aster', split: 'test', label: 'fake', count: 100 }]);
    expect(chooseSampleIds(await listSamples(db, 'd'), ALL_SAMPLES, 0, 1)).toHaveLength(100);
    await editSamples(
      db,
      'd',
      ids.slice(600).map((id) => ({ id, tags: ['excluded'] })),
    );
    expect((await getDataset(db, 'd'))?.counts).toEqual([]);
    await editSamples(db, 'd', undo);
    expect((await getDataset(db, 'd'))?.counts).toEqual([{ domain: 'aster', split: 'test', label: 'fake', count: 600 }]);
  });
});
