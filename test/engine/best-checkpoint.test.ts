import { describe, expect, it } from 'vitest';
import { changeSetting } from '../../src/shared/config/run-change.ts';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { SFT_PROMPT } from '../../src/shared/config/prompts.ts';
import type { RunRecord } from '../../src/shared/domain/run.ts';
import type { Split } from '../../src/shared/domain/sample.ts';
import type { TrainProgress } from '../../src/shared/engine-api.ts';
import { listCheckpointsOfRun } from '../../src/shared/storage/checkpoints.ts';
import { changeRun, getRun, listSteps, putRun } from '../../src/shared/storage/runs.ts';
import { probeSamples } from '../../workers/engine/training-data.ts';
import { someRun, someSample } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, trainedModelFiles, type TestEngine } from './support.ts';

/** A rate of 0 keeps the model as it is, so that every probe gives the same and only the first one is the best. */
function stillConfig(): TrainConfig {
  const config = presetConfig('tiny-demo', 'prpo');
  return {
    ...config,
    prompt: SFT_PROMPT,
    maxSteps: 8,
    saveSteps: 1,
    saveTotalLimit: 1,
    evalSteps: 1,
    probeSize: 2,
    optimizer: { ...config.optimizer, learningRate: 0 },
    policy: { ...config.policy, numGenerations: 2, promptsPerStep: 1, maxCompletionLength: 56 },
    selection: { loadBestModelAtEnd: true, metricForBestModel: 'eval_reward', earlyStoppingPatience: 3, earlyStoppingThreshold: 0.01 },
  };
}

async function prepared(config: TrainConfig): Promise<TestEngine> {
  const engine = await testEngine({ served: await trainedModelFiles() });
  await storeSamples(engine.db, 4);
  const { algorithm, maxSteps } = config;
  await putRun(
    engine.db,
    someRun({ id: 'r', state: 'queued', algorithm, config, maxSteps, datasetId: DATASET_ID, baseModelId: TINY_MODEL_ID }),
  );
  return engine;
}

async function trainOn(engine: TestEngine, pauseAfter = Infinity): Promise<RunRecord | undefined> {
  const onProgress = (value: TrainProgress): void => {
    if (value.kind === 'step' && value.step.step >= pauseAfter)
      void engine.handlers.control({ jobId: 'r', action: 'pause' }, callContext('control'));
  };
  await engine.handlers.train({ runId: 'r' }, callContext('train', onProgress));
  return getRun(engine.db, 'r');
}

async function expectEarlyEnd(engine: TestEngine, run: RunRecord | undefined): Promise<void> {
  expect(run).toMatchObject({ state: 'done', step: 4, best: { step: 1, metric: 'eval_reward', checkpointId: 'r-step-1' } });
  expect(run?.endedEarly).toContain('3 probes in a row without a better eval_reward');
  expect((await listSteps(engine.db, 'r')).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect((await listCheckpointsOfRun(engine.db, 'r')).map(({ id }) => id).sort()).toEqual(['r-step-1', 'r-step-4']);
}

describe('a run that keeps its best checkpoint and ends early', () => {
  it('ends after its patience, with the best checkpoint beside the newest', async () => {
    const engine = await prepared(stillConfig());
    await expectEarlyEnd(engine, await trainOn(engine));
  });

  it('decides the same when it was interrupted in between', async () => {
    const engine = await prepared(stillConfig());
    expect(await trainOn(engine, 2)).toMatchObject({ state: 'paused', step: 2, best: { step: 1 } });
    await expectEarlyEnd(engine, await trainOn(engine));
  });

  it('does neither where nothing is to be decided from the probe', async () => {
    const { selection: _none, ...config } = stillConfig();
    const engine = await prepared({ ...config, maxSteps: 5 });
    const run = await trainOn(engine);
    expect(run).toMatchObject({ state: 'done', step: 5 });
    expect(run?.best).toBeUndefined();
    expect((await listCheckpointsOfRun(engine.db, 'r')).map(({ id }) => id)).toEqual(['r-step-5']);
  });
});

describe('a rate changed while the run is paused', () => {
  it('holds from the next step on', async () => {
    const { selection: _none, ...config } = stillConfig();
    const optimizer = { ...config.optimizer, learningRate: 1e-3, warmupSteps: 0, lrSchedulerType: 'constant' as const };
    const engine = await prepared({ ...config, optimizer, maxSteps: 3, evalSteps: 0 });
    const paused = await trainOn(engine, 1);
    if (!paused) throw new Error('not stored');
    await changeRun(engine.db, 'r', changeSetting(paused, 'learning_rate', 5e-4));
    expect(await trainOn(engine)).toMatchObject({ state: 'done', changes: [{ step: 1, name: 'learning_rate', before: 1e-3, now: 5e-4 }] });
    expect((await listSteps(engine.db, 'r')).map(({ metrics }) => metrics['learning_rate'])).toEqual([1e-3, 5e-4, 5e-4]);
  });
});

describe('the probe set', () => {
  const samples = (['train', 'test'] as Split[]).map((split) => someSample({ datasetId: 'd', path: `${split}.png`, split }));

  it('never holds test images when something is decided from it', () => {
    expect(probeSamples(samples, stillConfig()).map(({ split }) => split)).toEqual(['train']);
    const { selection: _none, ...undecided } = stillConfig();
    expect(probeSamples(samples, undecided).map(({ split }) => split)).toEqual(['test']);
  });
});
