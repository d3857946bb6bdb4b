import { describe, expect, it } from 'vitest';
import { putEval } from '../../../src/shared/storage/evals.ts';
import { missingDataset, rememberedModel } from '../../../src/shared/storage/remembered.ts';
import { putRun } from '../../../src/shared/storage/runs.ts';
import { openTestDatabase } from '../../support/database.ts';
import { someEval, someRun } from '../../support/records.ts';

describe('what is not here any more', () => {
  it('is named by the evaluation or run that was made with it', async () => {
    const db = await openTestDatabase();
    const hash = '3f2a77aa00';
    await putEval(
      db,
      someEval({
        id: 'e',
        name: 'nano on faces',
        datasetId: 'ds-1',
        datasetName: 'faces',
        datasetHash: hash,
        modelId: 'm',
        modelName: 'Mine',
      }),
    );
    await putRun(
      db,
      someRun({ id: 'r', name: 'PRPO one', datasetId: 'ds-2', datasetName: 'cats', datasetHash: '', checkpointIds: ['r-10'] }),
    );
    expect(await missingDataset(db, 'ds-1', null)).toMatchObject({
      code: 'E-MISSING',
      message: 'This link needs the dataset faces (sha 3f2a77aa), which is not in this browser.',
      safe: expect.stringContaining('evaluation "nano on faces"'),
      remedy: expect.stringContaining('Import'),
    });
    expect((await missingDataset(db, 'ds-2', null)).message).toContain('the dataset cats,');
    expect((await missingDataset(db, 'ds-1', 'portraits (sha 00aa11bb)')).message).toContain('the dataset portraits (sha 00aa11bb)');
    expect((await missingDataset(db, 'ds-3', null)).message).toContain('the dataset "ds-3"');
    expect(await rememberedModel(db, 'm')).toEqual({ name: 'Mine', by: 'evaluation "nano on faces"' });
    expect((await rememberedModel(db, 'r-10'))?.name).toBe('a checkpoint of run "PRPO one"');
    expect(await rememberedModel(db, 'nobody')).toBeNull();
  });
});
