// The estimate before a run against the most that was in use, and what happens when there is not enough. Bytes, never times.
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/shared/domain/run.ts';
import { getCheckpoint } from '../../src/shared/storage/checkpoints.ts';
import { getRun, listSteps } from '../../src/shared/storage/runs.ts';
import { prepareBackends } from '../support/backends.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { builtInFiles, configOf, MEMORY_SETTINGS, NANO, storeDemoSamples, storeRun } from './memory-settings.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, trainedModelFiles, type TestEngine } from './support.ts';

const simd = await prepareBackends({ threads: 1 });
afterEach(() => {
  simd.heap.limitBytes = Infinity;
});

describe('the estimate of memory', () => {
  it.each(MEMORY_SETTINGS)('is within a quarter of what %s uses', async (_name, algorithm, changes) => {
    const engine = await testEngine({ served: await builtInFiles() });
    await storeDemoSamples(engine.db, 10);
    const config = configOf(algorithm, { ...changes, maxSteps: 1 });
    await storeRun(engine, config, NANO);
    const params = { config, modelId: NANO, datasetId: DATASET_ID };
    const { memoryBytes, mostMemoryBytes } = await engine.handlers.preflight(params, callContext('preflight'));
    simd.heap.resetPeak();
    await engine.handlers.train({ runId: 'r' }, callContext('train'));
    expect(memoryBytes / simd.heap.peakBytes).toBeGreaterThan(0.75);
    expect(memoryBytes / simd.heap.peakBytes).toBeLessThan(1.25);
    expect(mostMemoryBytes).toBeGreaterThanOrEqual(memoryBytes);
  });
});

describe('a run without enough memory', () => {
  const config = configOf('prpo', {
    maxSteps: 4,
    microBatchSize: 8,
    policy: { numGenerations: 4, promptsPerStep: 2, maxCompletionLength: 40 },
  });

  /** Trains; after the given step only so many bytes more than now may be in use. */
  async function starved(engine: TestEngine, afterStep: number, spareBytes: number): Promise<RunRecord | undefined> {
    const limit = (): void => void (simd.heap.limitBytes = simd.heap.liveBytes + spareBytes);
    if (afterStep === 0) limit();
    const training = engine.handlers.train(
      { runId: 'r' },
      callContext('train', (value) => value.kind === 'step' && value.step.step === afterStep && limit()),
    );
    await expect(training).rejects.toMatchObject({ code: 'E-MEMORY' });
    simd.heap.limitBytes = Infinity;
    return getRun(engine.db, 'r');
  }

  it('stops with the last good step as a checkpoint, names its need, and offers settings that fit', async () => {
    const engine = await testEngine({ served: await trainedModelFiles() });
    await storeSamples(engine.db, 6);
    const policy = { numGenerations: 8, promptsPerStep: 4, maxCompletionLength: 56 };
    await storeRun(engine, configOf('prpo', { maxSteps: 4, microBatchSize: 32, policy }), TINY_MODEL_ID);
    const run = await starved(engine, 2, 5_000_000);
    expect(run).toMatchObject({ state: 'failed', step: 2, checkpointIds: ['r-step-2'], error: { code: 'E-MEMORY' } });
    expect(await getCheckpoint(engine.db, 'r-step-2')).toMatchObject({ complete: true, resumable: true });
    expect((await listSteps(engine.db, 'r')).map(({ step }) => step)).toEqual([1, 2]);
    expect(run?.error?.message).toMatch(/needs about \d+ MB/);
    const { availableBytes, neededBytes } = run?.error?.details ?? {};
    expect(neededBytes).toBeGreaterThan(Number(availableBytes));
    expect(run?.smaller?.length).toBeGreaterThan(0);
    for (const offer of run?.smaller ?? []) expect(offer.memoryBytes).toBeLessThan(Number(neededBytes));
    expect(run?.error?.remedy).toContain(run?.smaller?.[0]?.text ?? 'an offer');
  });

  it('goes on from there when there is memory again, as if nothing had happened', async () => {
    const served = await trainedModelFiles();
    const curves = [];
    for (const isStarved of [false, true]) {
      const engine = await testEngine({ served });
      await storeSamples(engine.db, 6);
      await storeRun(engine, config, TINY_MODEL_ID);
      if (isStarved) await starved(engine, 2, 400_000);
      expect(await engine.handlers.train({ runId: 'r' }, callContext('train'))).toEqual({ state: 'done' });
      expect(await getRun(engine.db, 'r')).not.toHaveProperty('smaller');
      curves.push((await listSteps(engine.db, 'r')).map(({ metrics }) => [metrics.loss, metrics.reward, metrics.grad_norm]));
    }
    expect(curves[1]).toEqual(curves[0]);
  });

  it.each([30_000, 120_000, 300_000, 500_000, 900_000])(
    'leaves no tensor behind, wherever it happens (%d bytes to spare)',
    async (spare) => {
      const engine = await testEngine({ served: await trainedModelFiles() });
      await storeSamples(engine.db, 6);
      await storeRun(engine, config, TINY_MODEL_ID);
      const before = memory().numTensors;
      await starved(engine, spare > 100_000 ? 1 : 0, spare);
      expect(memory().numTensors).toBe(before);
    },
  );
});
