// A compute thread that dies in the middle of a run: the step fails with the reason, and the run goes on with one thread.
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Algorithm } from '../../src/shared/config/config.ts';
import { getRun, listSteps } from '../../src/shared/storage/runs.ts';
import { compileNodeKernels } from '../../workers/node/simd-kernels.ts';
import { dyingThread, waitForDeaths } from '../ml/backends/dying-thread.ts';
import { prepareBackends } from '../support/backends.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { configOf, storeRun } from './memory-settings.ts';
import { callContext, storeSamples, testEngine, trainedModelFiles, type TestEngine } from './support.ts';

const simd = await prepareBackends({ threads: 1 });
const module = await compileNodeKernels();

async function prepare(algorithm: Algorithm): Promise<TestEngine> {
  const engine = await testEngine({ served: await trainedModelFiles() });
  await storeSamples(engine.db, 6);
  const policy = { numGenerations: 4, promptsPerStep: 2, maxCompletionLength: 40 };
  await storeRun(
    engine,
    configOf(algorithm, { maxSteps: 3, microBatchSize: 4, policy, sft: { perDeviceTrainBatchSize: 3 } }),
    TINY_MODEL_ID,
  );
  return engine;
}

const curveOf = async ({ db }: TestEngine) =>
  (await listSteps(db, 'r')).map(({ step, metrics: { loss, reward, grad_norm } }) => [step, loss, reward, grad_norm]);

describe('a run whose compute thread dies', () => {
  it.each(['prpo', 'sft-stage2'] as const)(
    'fails in that step and goes on from there with one thread, as if nothing had happened (%s)',
    async (algorithm) => {
      const whole = await prepare(algorithm);
      expect(await whole.handlers.train({ runId: 'r' }, callContext('train'))).toEqual({ state: 'done' });
      const engine = await prepare(algorithm);
      await simd.addThread(module, dyingThread(true));
      simd.pinThreads(1);
      const tensors = memory().numTensors;
      let endWaiting = (): void => undefined;
      const shareWork = (): void => {
        simd.pinThreads(2);
        endWaiting = waitForDeaths(simd.heap.memory);
      };
      const training = engine.handlers.train(
        { runId: 'r' },
        callContext('train', (value) => value.kind === 'step' && value.step.step === 1 && shareWork()),
      );
      await expect(training).rejects.toMatchObject({ code: 'E-THREAD' });
      endWaiting();
      expect(simd.threads).toBe(1);
      expect(memory().numTensors).toBe(tensors);
      const run = await getRun(engine.db, 'r');
      expect(run).toMatchObject({ state: 'failed', step: 1, error: { code: 'E-THREAD' } });
      expect(run?.error?.message).toContain('goes on with one thread');
      expect(await engine.handlers.train({ runId: 'r' }, callContext('train'))).toEqual({ state: 'done' });
      expect(await curveOf(engine)).toEqual(await curveOf(whole));
      simd.unpinThreads();
    },
  );
});
