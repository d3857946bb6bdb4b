import { describe, expect, it } from 'vitest';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import type { Explanation } from '../../src/shared/engine-api.ts';
import type { PictureApi } from '../../src/shared/picture-api.ts';
import { deleteKeptAnswersOfDataset } from '../../src/shared/storage/kept-answers.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { createInspectionStore } from '../../src/state/inspection.ts';
import { openTestDatabase } from '../support/database.ts';
import { createFakeClient, createFakeEngineClient } from '../support/fake-client.ts';
import { someAnswer, someDataset, someSample } from '../support/records.ts';

describe('an answer that was asked for in the inspector', () => {
  const completion = { ...someAnswer({ evalId: '', sampleId: '' }), tokens: [], advantage: 0, text: '### Answer: fake' };
  const explanation: Explanation = {
    readouts: { pFakeHead: 0.8, pFakeToken: 0.7, tokenNames: { real: [], fake: [] }, predict: 'fake', parseRule: 'answer-tag' },
    completions: [completion],
    elapsedMs: 5,
    tokensPerSecond: 1,
    gridSize: 4,
    engine: { backend: 'simd', adapter: 'test', threads: 1 },
  };
  const { prompt, template, decoding, parser, reward } = DEFAULT_EVAL;
  const request = { modelId: 'm', sampleId: 'd/1', prompt, template, decoding, parser, reward, numGenerations: 1 };
  const open = async () => {
    const db = await openTestDatabase();
    const { calls: engine } = createFakeEngineClient({ explain: () => Promise.resolve(explanation) });
    const sample = { ...someSample({ datasetId: 'd', path: '1' }), id: 'd/1' };
    await putSamples(db, [{ sample, image: new Blob(), thumbnail: new Blob() }], someDataset({ id: 'd' }));
    const visit = (image?: Blob) =>
      createInspectionStore({
        engine,
        pictures: createFakeClient<PictureApi>({}).calls,
        database: () => Promise.resolve(db),
        unstoredImage: () => image,
        codeVersion: 'test',
      }).getState();
    return { db, visit };
  };

  it('is there on the next visit with its time, for the same weights alone, and goes with its dataset', async () => {
    const { db, visit } = await open();
    await visit().explain(request, 'weights-1');
    const found = await visit().readKept(request, 'weights-1');
    expect(found).toMatchObject({ text: '### Answer: fake', pFakeHead: 0.8, path: '1', engine: { adapter: 'test' } });
    expect(Date.now() - (found?.answeredAt ?? 0)).toBeLessThan(60_000);
    expect(await visit().readKept(request, 'weights-2')).toBeUndefined();
    await deleteKeptAnswersOfDataset(db, 'other');
    expect(await visit().readKept(request, 'weights-1')).toBeDefined();
    await deleteKeptAnswersOfDataset(db, 'd');
    expect(await visit().readKept(request, 'weights-1')).toBeUndefined();
  });

  it('is not kept of a private picture, of a changed one or of a group', async () => {
    const { db, visit } = await open();
    await visit(new Blob(['secret'])).explain(request, 'w');
    await visit().explain({ ...request, variant: { name: 'masked', image: new Blob() } }, 'w');
    await visit().explain({ ...request, numGenerations: 8 }, 'w');
    expect(await db.count('answers')).toBe(0);
  });
});
