import { engine as tensors } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import type { ExplainParams, ExplainProgress } from '../../src/shared/engine-api.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import { deleteSamplesById, putSamples } from '../../src/shared/storage/samples.ts';
import { someDataset, someSample } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, picture, storeSamples, testEngine } from './support.ts';

const { prompt, template, parser, reward, decoding } = DEFAULT_EVAL;
const REQUEST: ExplainParams = {
  modelId: TINY_MODEL_ID,
  prompt,
  template,
  parser,
  reward,
  decoding: { ...decoding, maxNewTokens: 24 },
  numGenerations: 1,
};

describe('explaining one image', () => {
  it('tells the verdict of the head first, then the text as it grows, then the scored answer', async () => {
    const { handlers, db } = await testEngine();
    const [sample] = await storeSamples(db, 1);
    const seen: ExplainProgress[] = [];
    const result = await handlers.explain(
      { ...REQUEST, sampleId: sample?.id ?? '' },
      callContext('explain', (value) => seen.push(value)),
    );
    const kinds = seen.map(({ kind }) => kind);
    expect(kinds[0]).toBe('loading');
    expect(kinds.indexOf('head')).toBeLessThan(kinds.indexOf('text'));
    const texts = seen.flatMap((value) => (value.kind === 'text' ? [value.text] : []));
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.every((text, i) => i === 0 || text.startsWith(texts[i - 1] ?? ' '))).toBe(true);
    expect(result.completions).toHaveLength(1);
    expect(result.completions[0]?.text.startsWith(texts.at(-1) ?? ' ')).toBe(true);
    expect(result.completions[0]?.tokens).toHaveLength(result.completions[0]?.tokenCount ?? -1);
    expect(result.readouts.pFakeHead).toBeGreaterThan(0);
    expect(result.readouts.pFakeToken).toBeGreaterThan(0);
    expect(result.gridSize).toBe(2);
    expect(result.engine.backend).toBe('simd');
  });

  it('takes the bytes of an image and gives the same answer as for the stored one', async () => {
    const { handlers, db } = await testEngine();
    const [sample] = await storeSamples(db, 1);
    const stored = await handlers.explain({ ...REQUEST, sampleId: sample?.id ?? '' }, callContext('explain'));
    const loose = await handlers.explain({ ...REQUEST, image: picture(0) }, callContext('explain'));
    expect(loose.completions[0]?.text).toBe(stored.completions[0]?.text);
    expect(loose.readouts.pFakeHead).toBe(stored.readouts.pFakeHead);
  });

  it('sees the picture that is stored now, not the one that was there before a re-scan under the same id', async () => {
    const { handlers, db } = await testEngine();
    const [sample = someSample({ datasetId: DATASET_ID, path: 'none' })] = await storeSamples(db, 1);
    const ask = async (about: Partial<ExplainParams>) =>
      (await handlers.explain({ ...REQUEST, ...about }, callContext('explain'))).readouts.pFakeHead;
    const before = await ask({ sampleId: sample.id });
    const image = picture(9);
    const changed = { ...sample, sha256: await sha256Hex(image) };
    await putSamples(db, [{ sample: changed, image, thumbnail: image }], someDataset({ id: DATASET_ID }));
    const after = await ask({ sampleId: changed.id });
    expect(after).not.toBe(before);
    expect(after).toBe(await ask({ image }));
    await deleteSamplesById(db, DATASET_ID, [changed.id]);
    await expect(ask({ sampleId: changed.id })).rejects.toMatchObject({ code: 'E-MISSING' });
  });

  it('gives several sampled answers whose advantages sum to zero over the paragraphs of the group', async () => {
    const { handlers, db } = await testEngine();
    const [sample] = await storeSamples(db, 1);
    const params = {
      ...REQUEST,
      sampleId: sample?.id ?? '',
      numGenerations: 6,
      decoding: { temperature: 1, topP: 1, maxNewTokens: 60, seed: 3 },
    };
    const { completions } = await handlers.explain(params, callContext('explain'));
    expect(new Set(completions.map(({ text }) => text)).size).toBeGreaterThan(1);
    const advantages = completions.flatMap(({ paragraphs }) => paragraphs.map(({ advantage }) => advantage ?? NaN));
    expect(advantages.length).toBeGreaterThan(0);
    expect(advantages.reduce((sum, advantage) => sum + advantage, 0)).toBeCloseTo(0, 4);
  });

  it('leaves as many tensors as before, however often it runs', async () => {
    const { handlers, db } = await testEngine();
    const [sample] = await storeSamples(db, 1);
    const run = () => handlers.explain({ ...REQUEST, sampleId: sample?.id ?? '' }, callContext('explain'));
    await run();
    const after = tensors().memory().numTensors;
    for (let i = 0; i < 3; i++) await run();
    expect(tensors().memory().numTensors).toBe(after);
  });

  it('refuses a broken image with E-IMAGE and a prompt beyond the context with E-CONTEXT', async () => {
    const { handlers } = await testEngine();
    const broken = handlers.explain({ ...REQUEST, image: new Blob(['no picture']) }, callContext('explain'));
    await expect(broken).rejects.toMatchObject({ code: 'E-IMAGE' });
    const long = handlers.explain({ ...REQUEST, image: picture(1), prompt: `${prompt} ${'again '.repeat(400)}` }, callContext('explain'));
    await expect(long).rejects.toMatchObject({ code: 'E-CONTEXT' });
  });

  it('maps a text onto the patches of the image', async () => {
    const { handlers, db } = await testEngine();
    const [sample] = await storeSamples(db, 1);
    const params = { modelId: TINY_MODEL_ID, sampleId: sample?.id ?? '', texts: ['waxy skin', 'eyes'] };
    const { gridSize, cosines } = await handlers.patchSimilarity(params, callContext('patchSimilarity'));
    expect(cosines.map((row) => row.length)).toEqual([gridSize ** 2, gridSize ** 2]);
    expect(cosines.flat().every((value) => Math.abs(value) <= 1.0001)).toBe(true);
    expect(cosines[0]).not.toEqual(cosines[1]);
  });
});
