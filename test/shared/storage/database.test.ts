import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { keysStartingWith, keysUnder, MIGRATIONS, openDatabase, transact } from '../../../src/shared/storage/database.ts';
import { getDataset, putDataset } from '../../../src/shared/storage/datasets.ts';
import { DATABASE_VERSION } from '../../../src/shared/storage/schema.ts';
import { openTestDatabase } from '../../support/database.ts';
import { someDataset } from '../../support/records.ts';

describe('the database', () => {
  it('has one migration per version', () => {
    expect(MIGRATIONS).toHaveLength(DATABASE_VERSION);
  });

  it('creates every store with its indexes', async () => {
    const db = await openTestDatabase();
    const names = [...db.objectStoreNames];
    const indexes = Object.fromEntries(names.map((name) => [name, [...db.transaction(name).store.indexNames]]));
    expect(indexes).toEqual({
      answers: ['evalId', 'sampleId'],
      checkpointFiles: ['checkpointId'],
      checkpoints: ['createdAt', 'runId'],
      completions: ['runId', 'runStep'],
      datasets: ['createdAt'],
      evals: ['createdAt'],
      images: ['datasetId'],
      journal: [],
      modelCache: [],
      runs: ['createdAt'],
      samples: ['datasetId'],
      settings: [],
      steps: ['runId'],
      thumbnails: ['datasetId'],
    });
  });

  it('keeps its content when it is opened again', async () => {
    const first = await openTestDatabase({}, 'twice');
    await putDataset(first, someDataset({ id: 'd1' }));
    first.close();
    const second = await openTestDatabase({}, 'twice');
    expect((await getDataset(second, 'd1'))?.id).toBe('d1');
  });

  it('refuses data of a newer version and says so', async () => {
    (await openDB('newer', DATABASE_VERSION + 1)).close();
    await expect(openDatabase({}, 'newer')).rejects.toMatchObject({ code: 'E-STORAGE', message: expect.stringContaining('newer version') });
  });

  it('closes itself when another tab upgrades, and tells the page', async () => {
    const closed: string[] = [];
    await openTestDatabase({ onClosed: (cause) => closed.push(cause) }, 'upgraded');
    (await openDB('upgraded', DATABASE_VERSION + 1)).close();
    expect(closed).toEqual(['upgrade']);
  });

  it('undoes the whole transaction when the work throws', async () => {
    const db = await openTestDatabase();
    const failed = transact(db, ['datasets'], 'readwrite', async (tx) => {
      await tx.objectStore('datasets').put(someDataset({ id: 'half' }));
      throw new WorkbenchError('E-NAN', 'no');
    });
    await expect(failed).rejects.toMatchObject({ code: 'E-NAN' });
    expect(await getDataset(db, 'half')).toBeUndefined();
  });

  it('reports a failing request as E-STORAGE', async () => {
    const db = await openTestDatabase();
    const failed = transact(db, ['journal'], 'readwrite', async (tx) => {
      await tx.objectStore('journal').add({ timestamp: 1, action: 'a', detail: '' }, 1);
      await tx.objectStore('journal').add({ timestamp: 2, action: 'b', detail: '' }, 1);
    });
    await expect(failed).rejects.toMatchObject({ code: 'E-STORAGE' });
  });

  it('selects exactly the keys of one owner', () => {
    expect(['a/', 'a/x', 'a/~'].map((key) => keysUnder('a').includes(key))).toEqual([true, true, true]);
    expect(['a', 'a-1/x', 'a0', 'ab/x'].map((key) => keysUnder('a').includes(key))).toEqual([false, false, false, false]);
    expect(
      [
        ['a', 0],
        ['a', 'x', 3],
      ].map((key) => keysStartingWith('a').includes(key)),
    ).toEqual([true, true]);
    expect(
      [
        ['b', 0],
        ['a ', 1],
      ].map((key) => keysStartingWith('a').includes(key)),
    ).toEqual([false, false]);
  });
});
