// Memory on webgpu, on a device that allocates and computes nothing: the estimate against what the buffer pool takes at its most,
// and what happens when the device has no more. Bytes, never times.
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/shared/domain/run.ts';
import { getCheckpoint } from '../../src/shared/storage/checkpoints.ts';
import { getRun, listSteps } from '../../src/shared/storage/runs.ts';
import { NULL_PROBE, openNullWebgpu, type NullWebgpu } from '../support/null-webgpu.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { builtInFiles, configOf, MEMORY_SETTINGS, NANO, storeDemoSamples, storeRun } from './memory-settings.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, type TestEngine } from './support.ts';

const opened: NullWebgpu[] = [];
afterEach(() => {
  for (const { handle } of opened.splice(0)) handle.dispose();
});

/** An engine on a null device of its own. */
async function webgpuEngine(served?: Map<string, Blob>): Promise<{ engine: TestEngine; gpu: NullWebgpu }> {
  const engine = await testEngine({
    served,
    probeAdapter: () => Promise.resolve(NULL_PROBE),
    startWebgpu: async (options) => {
      const gpu = await openNullWebgpu(options);
      opened.push(gpu);
      return gpu.handle;
    },
  });
  await engine.handlers.init({}, callContext('init'));
  const gpu = opened.at(-1);
  if (!gpu) throw new Error('the engine started no device');
  return { engine, gpu };
}

describe('the estimate of memory on webgpu', () => {
  it.each(MEMORY_SETTINGS)('is within a quarter of what the pool takes for %s', async (_name, algorithm, changes) => {
    const { engine, gpu } = await webgpuEngine(await builtInFiles());
    await storeDemoSamples(engine.db, 10);
    const config = configOf(algorithm, { ...changes, maxSteps: 2 }); // moments reach the device in the first update
    await storeRun(engine, config, NANO);
    const { memoryBytes, mostMemoryBytes = memoryBytes } = await engine.handlers.preflight(
      { config, modelId: NANO, datasetId: DATASET_ID },
      callContext('preflight'),
    );
    gpu.handle.runner.resetPeak();
    await engine.handlers.train({ runId: 'r' }, callContext('train'));
    // Nothing computed means no end token: answers are as long as they may be.
    const { allocatedBytes } = gpu.handle.runner.peakBytes();
    expect(mostMemoryBytes / allocatedBytes).toBeGreaterThan(0.75);
    expect(mostMemoryBytes / allocatedBytes).toBeLessThan(1.25);
  });
});

describe('a graphics device without enough memory', () => {
  const config = configOf('sft-stage2', { maxSteps: 4, sft: { perDeviceTrainBatchSize: 8, useBinaryLabels: false } });

  /** Trains; after the second step only so many bytes of the device are free. */
  async function starved({ handlers, db }: TestEngine, gpu: NullWebgpu, spareBytes: number): Promise<RunRecord | undefined> {
    const training = handlers.train(
      { runId: 'r' },
      callContext('train', (value) => value.kind === 'step' && value.step.step === 2 && gpu.starve(spareBytes)),
    );
    await expect(training).rejects.toMatchObject({ code: 'E-MEMORY' });
    gpu.feed();
    return getRun(db, 'r');
  }

  it('ends the run with the last good step as a checkpoint and offers settings that fit', async () => {
    const { engine, gpu } = await webgpuEngine(await builtInFiles());
    await storeDemoSamples(engine.db, 10);
    await storeRun(engine, config, NANO);
    const run = await starved(engine, gpu, 20_000_000);
    expect(run).toMatchObject({ state: 'failed', step: 2, checkpointIds: ['r-step-2'], error: { code: 'E-MEMORY' } });
    expect(await getCheckpoint(engine.db, 'r-step-2')).toMatchObject({ complete: true, resumable: true });
    expect((await listSteps(engine.db, 'r')).map(({ step }) => step)).toEqual([1, 2]);
    const { availableBytes, neededBytes } = run?.error?.details ?? {};
    expect(neededBytes).toBeGreaterThan(Number(availableBytes));
    expect(run?.smaller?.length).toBeGreaterThan(0);
    for (const offer of run?.smaller ?? []) expect(offer.memoryBytes).toBeLessThan(Number(availableBytes));
    expect(run?.error?.remedy).toContain(run?.smaller?.[0]?.text ?? 'an offer');
  });

  it.each([20_000, 300_000])(
    'leaves nothing behind and goes on to the end when there is memory again (%d bytes were free)',
    async (spare) => {
      const { engine, gpu } = await webgpuEngine();
      await storeSamples(engine.db, 8);
      await storeRun(engine, config, TINY_MODEL_ID);
      const before = memory().numTensors;
      await starved(engine, gpu, spare);
      expect(memory().numTensors).toBe(before);
      expect(await engine.handlers.train({ runId: 'r' }, callContext('train'))).toEqual({ state: 'done' });
      expect((await listSteps(engine.db, 'r')).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
      expect(await getRun(engine.db, 'r')).not.toHaveProperty('smaller');
    },
  );
});
