// The images of a run are fixed when it starts: what happens to its dataset between a stop and a resume changes nothing, and an
// image that is gone is told.
import { expect, it } from 'vitest';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import { ALL_SAMPLES, presetConfig } from '../../src/shared/config/presets.ts';
import { SFT_PROMPT } from '../../src/shared/config/prompts.ts';
import { EXCLUDED_TAG } from '../../src/shared/sample-choice.ts';
import { readCheckpointFile } from '../../src/shared/storage/checkpoints.ts';
import { claimRun, deleteRun, getRun, listSteps, putRun } from '../../src/shared/storage/runs.ts';
import { fixRunSamples, getRunSamples, type RunSamples } from '../../src/shared/storage/run-samples.ts';
import { deleteSamplesById, getImage, getSample, putSamples } from '../../src/shared/storage/samples.ts';
import { putSetting } from '../../src/shared/storage/settings.ts';
import { openTestDatabase } from '../support/database.ts';
import { someDataset, someRun } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, timelessMetrics, type TestEngine } from './support.ts';

const preset = presetConfig('tiny-demo', 'sft-stage2');
const CONFIG: TrainConfig = {
  ...preset,
  prompt: SFT_PROMPT,
  filter: { ...ALL_SAMPLES, splits: ['train'], tags: ['odd'] },
  sampleSize: 5,
  maxSteps: 3,
  saveSteps: 3,
  evalSteps: 1,
  probeSize: 2,
  sft: { ...preset.sft, perDeviceTrainBatchSize: 2, gradientAccumulationSteps: 1 },
};

/** Six tagged images and a run on five of them. */
async function prepare(engine: TestEngine): Promise<void> {
  for (const { id } of await storeSamples(engine.db, 6)) await retag(engine, id, ['odd']);
  const fields = { id: 'r', state: 'queued', algorithm: 'sft-stage2', config: CONFIG, maxSteps: CONFIG.maxSteps } as const;
  await putRun(engine.db, someRun({ ...fields, datasetId: DATASET_ID, datasetName: 'Mine', baseModelId: TINY_MODEL_ID }));
}

async function retag(engine: TestEngine, id: string, tags: string[]): Promise<void> {
  const sample = await getSample(engine.db, id);
  if (!sample) throw new Error(`no ${id}`);
  const image = await getImage(engine.db, id);
  await putSamples(engine.db, [{ sample: { ...sample, tags }, image, thumbnail: image }], someDataset({ id: DATASET_ID }));
}

async function storedSamples(engine: TestEngine): Promise<RunSamples> {
  const samples = await getRunSamples(engine.db, 'r');
  if (!samples) throw new Error('not stored');
  return samples;
}

async function trainOn(engine: TestEngine, pauseAfter = Infinity): Promise<string> {
  const context = callContext('train', (value) => {
    if (value.kind === 'step' && value.step.step >= pauseAfter)
      void engine.handlers.control({ jobId: 'r', action: 'pause' }, callContext('control'));
  });
  return (await engine.handlers.train({ runId: 'r' }, context)).state;
}

async function resultOf(engine: TestEngine) {
  const curve = (await listSteps(engine.db, 'r')).map(timelessMetrics);
  const weights = await readCheckpointFile(engine.db, 'r-step-3', 'model.safetensors');
  return { curve, weights: new Uint8Array(await weights.arrayBuffer()) };
}

it('a dataset that grows and whose tags change between stop and resume changes neither curve nor weights', async () => {
  const whole = await testEngine();
  await prepare(whole);
  expect(await trainOn(whole)).toBe('done');
  const first = await testEngine();
  await prepare(first);
  expect(await trainOn(first, 1)).toBe('paused');
  const { learnt, probed } = await storedSamples(first);
  expect([learnt.length, probed.length]).toEqual([5, 2]);
  for (const { id } of await storeSamples(first.db, 9)) await retag(first, id, learnt.includes(id) ? [EXCLUDED_TAG] : ['odd']);
  const second = await testEngine({ db: first.db });
  expect(await trainOn(second)).toBe('done');
  expect(await resultOf(second)).toEqual(await resultOf(whole));
});

it('an image that is gone is named and the run not continued; when it is back, the run goes on', async () => {
  const engine = await testEngine();
  await prepare(engine);
  await trainOn(engine, 1);
  const { learnt, probed } = await storedSamples(engine);
  const gone = learnt[2] ?? '';
  const total = new Set([...learnt, ...probed]).size;
  const [sample, image] = [await getSample(engine.db, gone), await getImage(engine.db, gone)];
  await deleteSamplesById(engine.db, DATASET_ID, [gone]);
  const path = gone.slice(DATASET_ID.length + 1);
  await expect(trainOn(engine)).rejects.toMatchObject({
    code: 'E-MISSING',
    message: expect.stringContaining(`1 of the ${total} images that this run was started on`),
    details: { missing: [path], count: 1 },
  });
  expect(await getRun(engine.db, 'r')).toMatchObject({ state: 'failed', step: 1, error: { code: 'E-MISSING' } });
  if (sample) await putSamples(engine.db, [{ sample, image, thumbnail: image }], someDataset({ id: DATASET_ID }));
  expect(await trainOn(engine)).toBe('done');
});

it('the list is small, goes with the run, and only its writer may store it', async () => {
  const db = await openTestDatabase();
  const learnt = Array.from({ length: 5000 }, (_, i) => `dataset-4f21/aster/train/fake/${String(i).padStart(6, '0')}.png`);
  await putRun(db, someRun({ id: 'r' }));
  const run = await claimRun(db, 'r', 'tab');
  if (!run) throw new Error('not claimed');
  const samples = { learnt, leftOut: 3, probed: learnt.slice(0, 40) };
  await expect(fixRunSamples(db, { ...run, writer: 'other tab' }, samples)).rejects.toMatchObject({ code: 'E-LOCKED' });
  await fixRunSamples(db, run, samples);
  expect(await getRunSamples(db, 'r')).toEqual(samples);
  const row: unknown = (await db.get('settings', 'run-samples/r'))?.value;
  expect((row as { packed: Uint8Array }).packed.length).toBeLessThan(JSON.stringify(samples).length / 8);
  await putSetting(db, 'run-samples/r', { packed: new Uint8Array([1, 2, 3]) });
  await expect(getRunSamples(db, 'r')).rejects.toMatchObject({ code: 'E-STORAGE' });
  await deleteRun(db, 'r');
  expect(await getRunSamples(db, 'r')).toBeUndefined();
});
