import { describe, expect, it } from 'vitest';
import { groupOfKept } from '../../src/features/inspector/reading.ts';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import type { Explanation } from '../../src/shared/engine-api.ts';
import type { PictureApi } from '../../src/shared/picture-api.ts';
import type { ImageEdit } from '../../src/shared/image/edit.ts';
import { putEval } from '../../src/shared/storage/evals.ts';
import { deleteKeptAnswersOfDataset, keepAnswer } from '../../src/shared/storage/kept-answers.ts';
import { noteReplaced } from '../../src/shared/storage/replaced-pictures.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { explanationKey } from '../../src/state/explanation-key.ts';
import { createInspectionStore } from '../../src/state/inspection.ts';
import { openTestDatabase } from '../support/database.ts';
import { createFakeClient, createFakeEngineClient } from '../support/fake-client.ts';
import { someAnswer, someDataset, someEval, someSample } from '../support/records.ts';

const TOKENS = [{ id: 7, start: 0, end: 3, logProbability: -0.1, entropy: 0.2, paragraph: null }];
const MASK = { kind: 'mask', fill: 'grey', region: { left: 1, top: 2, width: 3, height: 4 } } satisfies ImageEdit;

describe('an answer that was asked for in the inspector', () => {
  const completion = { ...someAnswer({ evalId: '', sampleId: '' }), tokens: TOKENS, advantage: 0.5, text: '### Answer: fake' };
  const explanation: Explanation = {
    readouts: { pFakeHead: 0.8, pFakeToken: 0.7, tokenNames: { real: [], fake: [] }, predict: 'fake', parseRule: 'answer-tag' },
    completions: [completion, { ...completion, advantage: -0.5 }],
    elapsedMs: 5,
    tokensPerSecond: 1,
    gridSize: 4,
    engine: { backend: 'simd', adapter: 'test', threads: 1 },
  };
  const { prompt, template, decoding, parser, reward } = DEFAULT_EVAL;
  const request = { modelId: 'm', sampleId: 'd/1', prompt, template, decoding, parser, reward, numGenerations: 1 };
  const open = async () => {
    const db = await openTestDatabase();
    const { calls: engine } = createFakeEngineClient({
      explain: ({ numGenerations }) => Promise.resolve({ ...explanation, completions: explanation.completions.slice(0, numGenerations) }),
    });
    const sample = { ...someSample({ datasetId: 'd', path: '1' }), id: 'd/1' };
    await putSamples(db, [{ sample, image: new Blob(), thumbnail: new Blob() }], someDataset({ id: 'd' }));
    const visitStore = (image?: Blob) =>
      createInspectionStore({
        engine,
        pictures: createFakeClient<PictureApi>({}).calls,
        database: () => Promise.resolve(db),
        unstoredImage: () => image,
        codeVersion: 'test',
      });
    return { db, visitStore, visit: (image?: Blob) => visitStore(image).getState() };
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

  it('is not shown once a re-scan has changed the image, with or without a change of the picture; asked anew it is', async () => {
    const { db, visit, visitStore } = await open();
    await visit().explain(request, 'w');
    await visit().explain({ ...request, variant: { edit: MASK, image: new Blob() } }, 'w');
    await noteReplaced(db, 'd', ['2'], Date.now() + 1);
    expect(await visit().readKept(request, 'w')).toBeDefined();
    await noteReplaced(db, 'd', ['1'], Date.now() + 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await visit().readKept(request, 'w')).toBeUndefined();
    const store = visitStore();
    await store.getState().loadKeptChanges(request, 'w');
    expect(store.getState().kept).toEqual({});
    await store.getState().explain(request, 'w');
    expect(await visit().readKept(request, 'w')).toBeDefined();
    store.getState().forgetDataset('d');
    expect([store.getState().kept, store.getState().explanations]).toEqual([{}, {}]);
  });

  it('of an evaluation is told apart where a re-scan has changed the image since', async () => {
    const { db, visitStore } = await open();
    for (const [id, createdAt] of [['old', 1], ['new', 30]] as const) await putEval(db, someEval({ id, createdAt })); // prettier-ignore
    const answers = [{ evalId: 'old', answeredAt: 5 }, { evalId: 'new' }].map((one) => someAnswer({ sampleId: 'd/1', ...one }));
    for (const answer of answers) await keepAnswer(db, answer);
    const marks = async () => {
      const store = visitStore();
      await store.getState().loadStored('d/1');
      return store.getState().stored['d/1']?.map(({ evaluation, isEarlier }) => [evaluation.id, isEarlier]);
    };
    expect(await marks()).toEqual([['new', false], ['old', false]]); // prettier-ignore
    await noteReplaced(db, 'd', ['1'], 20);
    expect(await marks()).toEqual([['new', false], ['old', true]]); // prettier-ignore
  });

  it('is not kept of a private picture, changed or not', async () => {
    const { db, visit } = await open();
    const secret = visit(new Blob(['secret']));
    await secret.explain(request, 'w');
    await secret.explain({ ...request, variant: { edit: MASK, image: new Blob() } }, 'w');
    await secret.loadKeptChanges(request, 'w');
    expect(await db.count('answers')).toBe(0);
  });

  it('of a changed picture is kept with the change and its tokens, apart from that of the unchanged one, and can be forgotten', async () => {
    const { db, visit, visitStore } = await open();
    await visit().explain(request, 'w');
    await visit().explain({ ...request, variant: { edit: MASK, image: new Blob() } }, 'w');
    await visit().explain({ ...request, variant: { edit: { ...MASK, fill: 'blur' }, image: new Blob() } }, 'w');
    const store = visitStore();
    await store.getState().loadKeptChanges(request, 'w');
    const key = explanationKey({ ...request, variant: { edit: MASK } });
    expect(Object.keys(store.getState().kept)).toHaveLength(2);
    expect(store.getState().kept[key]).toMatchObject({ edit: MASK, pFakeHead: 0.8, tokens: TOKENS, gridSize: 4 });
    expect((await visit().readKept(request, 'w'))?.edit).toBeUndefined();

    const other = visitStore();
    await other.getState().loadKeptChanges(request, 'other weights');
    expect(other.getState().kept).toEqual({});

    await store.getState().loadKeptTotal();
    expect(store.getState().keptTotal).toMatchObject({ count: 3 });
    expect(store.getState().keptTotal?.bytes).toBe(JSON.stringify(await db.getAll('answers')).length - 4); // brackets and commas

    await store.getState().forgetChanges(request);
    expect(store.getState().kept).toEqual({});
    expect((await db.getAll('answers')).map(({ edit }) => edit)).toEqual([undefined]);

    await store.getState().forgetAllKept();
    expect(store.getState().keptTotal).toMatchObject({ count: 0, bytes: 0 });
    expect(await db.count('answers')).toBe(0);
  });

  it('of a group is one record with all answers, their tokens and advantages', async () => {
    const { visit } = await open();
    await visit().explain(request, 'w');
    await visit().explain({ ...request, numGenerations: 2 }, 'w');
    const kept = await visit().readKept({ ...request, numGenerations: 2 }, 'w');
    expect(kept?.group).toEqual(explanation.completions);
    expect(kept?.tokens).toBeUndefined();
    expect((await visit().readKept(request, 'w'))?.group).toBeUndefined();
    expect(kept && groupOfKept(kept)?.completions.map(({ advantage }) => advantage)).toEqual([0.5, -0.5]);
  });
});
