import { engine as tensors } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Algorithm, TrainConfig } from '../../src/shared/config/config.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { SFT_PROMPT } from '../../src/shared/config/prompts.ts';
import type { RunRecord } from '../../src/shared/domain/run.ts';
import type { TrainProgress } from '../../src/shared/engine-api.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import { labelCheckpoint } from '../../src/shared/storage/checkpoint-labels.ts';
import { getCheckpoint, readCheckpointFile } from '../../src/shared/storage/checkpoints.ts';
import { putEval } from '../../src/shared/storage/evals.ts';
import { commitStep, readResumeStates } from '../../src/shared/storage/resume-states.ts';
import { getRunSamples } from '../../src/shared/storage/run-samples.ts';
import { getRun, listCompletions, listSteps, putRun } from '../../src/shared/storage/runs.ts';
import { someEval, someRun, someStep } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import {
  callContext,
  DATASET_ID,
  shortQuestion,
  storeSamples,
  testEngine,
  trainedModelFiles,
  timelessMetrics,
  type TestEngine,
} from './support.ts';

function configOf(algorithm: Algorithm, changes: Partial<TrainConfig> = {}): TrainConfig {
  const config = presetConfig('tiny-demo', algorithm);
  return {
    ...config,
    prompt: SFT_PROMPT,
    maxSteps: 3,
    saveSteps: 2,
    microBatchSize: 4,
    optimizer: { ...config.optimizer, learningRate: 1e-2, warmupSteps: 1 },
    policy: { ...config.policy, numGenerations: 3, promptsPerStep: 2, maxCompletionLength: 56 },
    sft: { ...config.sft, perDeviceTrainBatchSize: 2, gradientAccumulationSteps: 2 },
    ...changes,
  };
}

/** Stores pictures and a run on them. */
async function prepare(engine: TestEngine, config: TrainConfig, fields: Partial<RunRecord> = {}): Promise<string> {
  await storeSamples(engine.db, 6);
  const { algorithm, maxSteps } = config;
  await putRun(
    engine.db,
    someRun({ id: 'r', state: 'queued', algorithm, config, maxSteps, datasetId: DATASET_ID, baseModelId: TINY_MODEL_ID, ...fields }),
  );
  return 'r';
}

/** Trains to the end, or until `interrupt` says pause. */
async function trainOn(engine: TestEngine, runId: string, pauseAfter = Infinity): Promise<RunRecord['state']> {
  const onProgress = (value: TrainProgress): void => {
    if (value.kind === 'step' && value.step.step >= pauseAfter)
      void engine.handlers.control({ jobId: runId, action: 'pause' }, callContext('control'));
  };
  return (await engine.handlers.train({ runId }, callContext('train', onProgress))).state;
}

/** Curve without what depends on the clock. */
async function curveOf(engine: TestEngine, runId: string) {
  return (await listSteps(engine.db, runId)).map((record) => ({ step: record.step, metrics: timelessMetrics(record) }));
}

async function weightsOf(engine: TestEngine, checkpointId: string): Promise<Uint8Array> {
  const record = await getCheckpoint(engine.db, checkpointId);
  const path = record?.files.find((file) => file.path.endsWith('model.safetensors'))?.path ?? '';
  return new Uint8Array(await (await readCheckpointFile(engine.db, checkpointId, path)).arrayBuffer());
}

/** SHA-256 of all files of a checkpoint by path: weights, adapter, moments, counters. */
async function filesOf(engine: TestEngine, checkpointId: string): Promise<Record<string, string>> {
  const record = await getCheckpoint(engine.db, checkpointId);
  const read = async ({ path }: { path: string }) =>
    [path, await sha256Hex(await readCheckpointFile(engine.db, checkpointId, path))] as const;
  return Object.fromEntries(await Promise.all((record?.files ?? []).map(read)));
}

describe.each<[string, TrainConfig]>([
  ['PRPO', configOf('prpo')],
  ['GRPO', configOf('grpo')],
  ['SFT stage 2', configOf('sft-stage2')],
  ['SFT stage 1', configOf('sft-stage1')],
  ['PRPO with LoRA', configOf('prpo', { lora: { r: 2, loraAlpha: 4, loraDropout: 0, targetModules: ['q_proj', 'v_proj'] } })],
  ['GRPO with LoRA and dropout', configOf('grpo', { lora: { r: 2, loraAlpha: 4, loraDropout: 0.2, targetModules: ['q_proj'] } })],
  [
    'PRPO with two updates a step, LoRA, dropout and gradient checkpointing',
    configOf('prpo', {
      lora: { r: 2, loraAlpha: 4, loraDropout: 0.2, targetModules: ['q_proj', 'down_proj'] },
      policy: { ...configOf('prpo').policy, numIterations: 2 },
      gradientCheckpointing: true,
    }),
  ],
  ['SFT with LoRA and dropout', configOf('sft-stage2', { lora: { r: 2, loraAlpha: 4, loraDropout: 0.2, targetModules: ['q_proj'] } })],
  [
    'SFT with LoRA, four micro-batches a step, gradient checkpointing, cosine and weight decay',
    configOf('sft-stage2', {
      lora: { r: 2, loraAlpha: 4, loraDropout: 0.1, targetModules: ['v_proj', 'down_proj'] },
      optimizer: { ...configOf('sft-stage2').optimizer, lrSchedulerType: 'cosine', weightDecay: 0.1, maxGradNorm: 0.5 },
      sft: { ...configOf('sft-stage2').sft, perDeviceTrainBatchSize: 1, gradientAccumulationSteps: 4 }, // step 2 crosses the end of an epoch
      gradientCheckpointing: true,
    }),
  ],
])('%s', (_name, config) => {
  it('interrupted after two steps gives exactly the curve and the weights of an uninterrupted run', async () => {
    const served = await trainedModelFiles();
    const whole = await testEngine({ served });
    expect(await trainOn(whole, await prepare(whole, config))).toBe('done');
    const first = await testEngine({ served });
    const runId = await prepare(first, config);
    expect(await trainOn(first, runId, 2)).toBe('paused');
    expect(await getRun(first.db, runId)).toMatchObject({ state: 'paused', step: 2 });
    const second = await testEngine({ db: first.db, served });
    expect(await trainOn(second, runId)).toBe('done');
    expect(await curveOf(second, runId)).toEqual(await curveOf(whole, runId));
    const files = await filesOf(whole, 'r-step-3');
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['optimizer.safetensors', 'trainer_state.json']));
    expect(await filesOf(second, 'r-step-3')).toEqual(files);
    expect(await weightsOf(second, 'r-step-3')).not.toEqual(await weightsOf(second, 'r-step-2'));
    const report = await second.handlers.loadModel({ modelId: 'r-step-3' }, callContext('loadModel'));
    expect(report).toMatchObject({ missing: [], shapeClashes: [] });
  });
});

describe('LoRA dropout', () => {
  const lora = { r: 2, loraAlpha: 4, loraDropout: 0.3, targetModules: ['q_proj', 'v_proj', 'down_proj'] };

  it('acts in the updates of PRPO and leaves the sampler alone', async () => {
    const served = await trainedModelFiles();
    const runs = [];
    for (const loraDropout of [0, 0.3]) {
      const engine = await testEngine({ served });
      await trainOn(engine, await prepare(engine, configOf('prpo', { maxSteps: 3, lora: { ...lora, loraDropout } })));
      runs.push({
        texts: (await listCompletions(engine.db, 'r', 1)).map(({ text }) => text),
        weights: await weightsOf(engine, 'r-step-3'),
      });
    }
    expect(runs[1]?.texts).toEqual(runs[0]?.texts);
    expect(runs[1]?.weights).not.toEqual(runs[0]?.weights);
  });

  it('drops the same values when checkpointed blocks are computed again', async () => {
    const served = await trainedModelFiles();
    const curves = [];
    for (const gradientCheckpointing of [false, true]) {
      const engine = await testEngine({ served });
      await trainOn(engine, await prepare(engine, configOf('prpo', { maxSteps: 3, lora, gradientCheckpointing })));
      curves.push((await curveOf(engine, 'r')).map(({ metrics }) => metrics.grad_norm ?? NaN));
    }
    for (const [i, norm] of (curves[0] ?? []).entries()) expect(curves[1]?.[i]).toBeCloseTo(norm, 5);
  });
});

describe('a training run', () => {
  it('stores every step with its completions, its phases and checkpoints of which the newest are kept', async () => {
    const engine = await testEngine({ served: await trainedModelFiles() });
    const runId = await prepare(engine, configOf('prpo', { maxSteps: 4, saveSteps: 1, saveTotalLimit: 2, evalSteps: 2, probeSize: 2 }));
    const seen: TrainProgress[] = [];
    await engine.handlers.train(
      { runId },
      callContext('train', (value) => seen.push(value)),
    );
    const steps = await listSteps(engine.db, runId);
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    for (const { metrics, phaseMs } of steps) {
      expect(metrics).toHaveProperty('reward');
      expect(metrics).toHaveProperty('rewards/vcr_reward/mean');
      expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
      expect(Object.keys(phaseMs)).toEqual(expect.arrayContaining(['generate', 'reward', 'logprobs', 'update', 'checkpoint']));
    }
    expect(steps.some(({ metrics }) => (metrics.reward ?? 0) > 0 && (metrics.grad_norm ?? 0) > 0)).toBe(true);
    expect(steps.map(({ metrics }) => 'eval/acc' in metrics)).toEqual([false, true, false, true]);
    const completions = await listCompletions(engine.db, runId, 3);
    expect(completions).toHaveLength(6);
    expect(completions.map(({ index, group }) => [index, group])).toEqual([[0, 0], [1, 0], [2, 0], [3, 1], [4, 1], [5, 1]]); // prettier-ignore
    const run = await getRun(engine.db, runId);
    expect(run).toMatchObject({ state: 'done', step: 4, checkpointIds: ['r-step-4', 'r-step-3'], engine: { backend: 'simd' } });
    expect(await getCheckpoint(engine.db, 'r-step-1')).toBeUndefined();
    expect(seen.filter(({ kind }) => kind === 'checkpoint')).toHaveLength(4);
    expect(seen.some((value) => value.kind === 'phase' && value.phase === 'probe')).toBe(true);
    expect(await readResumeStates(engine.db, runId)).toEqual([]);
  });

  it('that had no room for its last checkpoint stores it when it goes on', async () => {
    const engine = await testEngine();
    const runId = await prepare(engine, configOf('sft-stage2', { saveSteps: 3 }));
    let isLast = false;
    const onProgress = (value: TrainProgress): void => {
      if (isLast) throw new WorkbenchError('E-QUOTA', 'no storage left'); // told when the checkpoint is about to be stored
      isLast = value.kind === 'step' && value.step.step === 3;
    };
    await expect(engine.handlers.train({ runId }, callContext('train', onProgress))).rejects.toMatchObject({ code: 'E-QUOTA' });
    expect(await getRun(engine.db, runId)).toMatchObject({ state: 'paused', step: 3, checkpointIds: [] });
    expect(await trainOn(engine, runId)).toBe('done');
    expect(await getRun(engine.db, runId)).toMatchObject({ checkpointIds: ['r-step-3'] });
    expect(await getCheckpoint(engine.db, 'r-step-3')).toMatchObject({ complete: true, resumable: true });
  });

  it('deletes no old checkpoint that another run, another model or an evaluation needs, or that has a tag', async () => {
    const engine = await testEngine();
    const runId = await prepare(engine, configOf('sft-stage2', { maxSteps: 6, saveSteps: 1, saveTotalLimit: 1 }));
    const other = configOf('prpo', { maxSteps: 1 });
    const from = (id: string, state: RunRecord['state']) =>
      someRun({ id, state, algorithm: 'prpo', config: other, maxSteps: 1, datasetId: DATASET_ID, baseModelId: `r-step-${id}` });
    const use: Record<number, () => Promise<unknown>> = {
      1: () => putRun(engine.db, from('1', 'queued')).then(() => engine.handlers.train({ runId: '1' }, callContext('train'))),
      2: () => putRun(engine.db, from('2', 'paused')),
      3: () => putEval(engine.db, someEval({ id: 'e', state: 'queued', modelId: 'r-step-3' })),
      4: () => labelCheckpoint(engine.db, 'r-step-4', { tags: ['figure 2'], note: '' }),
    };
    for (let step = 1; step <= 5; step++) {
      await trainOn(engine, runId, step);
      await use[step]?.();
    }
    expect(await trainOn(engine, runId)).toBe('done');
    expect((await getRun(engine.db, runId))?.checkpointIds).toEqual(['r-step-6', 'r-step-4', 'r-step-3', 'r-step-2', 'r-step-1']);
    const report = await engine.handlers.loadModel({ modelId: '1-step-1' }, callContext('loadModel'));
    expect(report).toMatchObject({ missing: [], shapeClashes: [] });
  });

  it('gives a checkpoint that answers differently from its base, before as after a reload', async () => {
    const engine = await testEngine();
    await trainOn(engine, await prepare(engine, configOf('sft-stage2', { maxSteps: 2 })));
    const report = await engine.handlers.loadModel({ modelId: 'r-step-2' }, callContext('loadModel'));
    expect(report.missing).toEqual([]);
    const ask = async (target: TestEngine, modelId: string): Promise<number | null> => {
      const params = shortQuestion(modelId, { sampleId: 'd/aster/train/fake/0.png' });
      return (await target.handlers.explain(params, callContext('explain'))).readouts.pFakeHead;
    };
    const before = await ask(engine, TINY_MODEL_ID);
    const after = await ask(engine, 'r-step-2');
    expect(after).not.toBe(before);
    const reloaded = await testEngine({ db: engine.db });
    expect(await ask(reloaded, 'r-step-2')).toBe(after);
    expect(reloaded.fetched).toEqual(['models/index.json']); // the rest came from the cache
  });

  it('does not move with its probe: the same steps come out with and without', async () => {
    const [plain, probed] = [await testEngine(), await testEngine()];
    await trainOn(plain, await prepare(plain, configOf('prpo', { maxSteps: 2 })));
    await trainOn(probed, await prepare(probed, configOf('prpo', { maxSteps: 2, evalSteps: 1, probeSize: 3 })));
    const without = (await curveOf(probed, 'r')).map(({ step, metrics }) => ({
      step,
      metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith('eval'))),
    }));
    expect(without).toEqual(await curveOf(plain, 'r'));
  });

  it('has as many tensors after ten steps as after two', async () => {
    const counts = new Map<number, number>();
    for (const algorithm of ['prpo', 'sft-stage2'] as const) {
      const engine = await testEngine();
      const runId = await prepare(
        engine,
        configOf(algorithm, {
          maxSteps: 10,
          evalSteps: 1,
          probeSize: 3,
          policy: { ...configOf(algorithm).policy, maxCompletionLength: 12 },
        }),
      );
      const before = tensors().memory().numTensors;
      await engine.handlers.train(
        { runId },
        callContext('train', (value) => value.kind === 'step' && counts.set(value.step.step, tensors().memory().numTensors)),
      );
      expect(counts.get(10)).toBe(counts.get(2));
      expect(tensors().memory().numTensors).toBe(before);
    }
  });

  it('stops with E-NAN after three steps without a finite loss and keeps the last good weights', async () => {
    const engine = await testEngine();
    const config = configOf('sft-stage2', { maxSteps: 8 });
    const runId = await prepare(engine, { ...config, sft: { ...config.sft, lmLossWeight: Infinity } });
    await expect(engine.handlers.train({ runId }, callContext('train'))).rejects.toMatchObject({ code: 'E-NAN' });
    expect(await getRun(engine.db, runId)).toMatchObject({ state: 'failed', step: 3, skippedSteps: 3, error: { code: 'E-NAN' } });
    const started = await testEngine();
    await trainOn(
      started,
      await prepare(started, { ...config, maxSteps: 1, saveSteps: 1, optimizer: { ...config.optimizer, warmupSteps: 1 } }),
    );
    // The first step of a warm-up has rate 0: these are the start weights.
    expect(await weightsOf(engine, 'r-step-3')).toEqual(await weightsOf(started, 'r-step-1'));
  });

  it('stopped by numbers that are not finite keeps the last weights that gave a finite loss, not those that a bad update spoilt', async () => {
    const config = configOf('sft-stage2', { maxSteps: 9, saveSteps: 50 });
    // Rates of the warm-up: 0, 1e20, ...: the second update spoils the weights.
    const optimizer = { ...config.optimizer, learningRate: 1e20, warmupSteps: 1 };
    const engine = await testEngine();
    const runId = await prepare(engine, { ...config, optimizer });
    await expect(engine.handlers.train({ runId }, callContext('train'))).rejects.toMatchObject({ code: 'E-NAN' });
    const run = await getRun(engine.db, runId);
    expect(run).toMatchObject({ state: 'failed', step: 5, skippedSteps: 3, checkpointIds: ['r-step-1'] });
    expect(run?.error?.safe).toContain('checkpoint of step 1');
    const again = someRun({ ...run, id: 'again', state: 'queued', step: 0, config: { ...config, maxSteps: 2 }, maxSteps: 2, baseModelId: 'r-step-1', checkpointIds: [] }); // prettier-ignore
    await putRun(engine.db, again);
    expect(await engine.handlers.train({ runId: 'again' }, callContext('train'))).toEqual({ state: 'done' });
    expect((await listSteps(engine.db, 'again')).every(({ metrics }) => Number.isFinite(metrics['loss'] ?? NaN))).toBe(true);
  });

  it('lets a short call in between two steps and gives the same curve', async () => {
    const [plain, asked] = [await testEngine(), await testEngine()];
    await trainOn(plain, await prepare(plain, configOf('prpo')));
    const runId = await prepare(asked, configOf('prpo'));
    const events: string[] = [];
    const params = shortQuestion(TINY_MODEL_ID, { sampleId: 'd/aster/train/fake/0.png' });
    const calls: Promise<unknown>[] = [];
    const onProgress = (value: TrainProgress): void => {
      if (value.kind !== 'step') return;
      events.push(`step ${value.step.step}`);
      if (value.step.step === 1)
        calls.push(Promise.resolve(asked.handlers.explain(params, callContext('explain'))).then(() => events.push('explained')));
    };
    await asked.handlers.train({ runId }, callContext('train', onProgress));
    await Promise.all(calls);
    expect(events).toEqual(['step 1', 'explained', 'step 2', 'step 3']);
    expect(await curveOf(asked, runId)).toEqual(await curveOf(plain, runId));
  });

  it('refuses what cannot be trained before anything is stored', async () => {
    const engine = await testEngine();
    const config = configOf('prpo');
    const long = await prepare(engine, { ...config, policy: { ...config.policy, maxCompletionLength: 300 } });
    await expect(engine.handlers.train({ runId: long }, callContext('train'))).rejects.toMatchObject({ code: 'E-CONTEXT' });
    const empty = await prepare(engine, { ...config, filter: { ...config.filter, domains: ['nowhere'] } });
    await expect(engine.handlers.train({ runId: empty }, callContext('train'))).rejects.toMatchObject({ code: 'E-CONFIG' });
    expect(await listSteps(engine.db, 'r')).toEqual([]);
    expect(await getRunSamples(engine.db, 'r')).toBeUndefined();
  });
});

describe('the state after a step', () => {
  it('is stored with the step or not at all: a failure on the way leaves both as they were', async () => {
    const engine = await testEngine();
    const runId = await prepare(engine, configOf('prpo'));
    await trainOn(engine, runId, 2);
    const [before, curve] = [await readResumeStates(engine.db, runId), await curveOf(engine, runId)];
    const run = await getRun(engine.db, runId);
    const uncloneable = { ...someStep(runId, 3), metrics: { reward: () => 1 } } as unknown as ReturnType<typeof someStep>;
    const state = [{ path: 'trainer_state.json', blob: new Blob(['{}']) }];
    const write = commitStep(engine.db, {
      run: { ...(run ?? someRun({ id: runId })), step: 3 },
      step: uncloneable,
      completions: [],
      state,
    });
    await expect(write).rejects.toThrow();
    expect(await curveOf(engine, runId)).toEqual(curve);
    const after = await readResumeStates(engine.db, runId);
    expect(after.map((files) => [...files.keys()])).toEqual(before.map((files) => [...files.keys()]));
    expect(await trainOn(engine, runId)).toBe('done');
  });

  it('that is damaged is left aside: the run goes on one step earlier and gives the same curve', async () => {
    const whole = await testEngine();
    await trainOn(whole, await prepare(whole, configOf('prpo', { maxSteps: 4, saveSteps: 10 })));
    const engine = await testEngine();
    const runId = await prepare(engine, configOf('prpo', { maxSteps: 4, saveSteps: 10 }));
    await trainOn(engine, runId, 3);
    const key: [string, string] = ['resume:r', '1/model.safetensors'];
    const row = await engine.db.get('checkpointFiles', key);
    if (row) await engine.db.put('checkpointFiles', { ...row, blob: new Blob(['rot']) });
    expect(await readResumeStates(engine.db, runId)).toHaveLength(1);
    const resumed = await testEngine({ db: engine.db });
    const numbers: number[] = [];
    await resumed.handlers.train(
      { runId },
      callContext('train', (value) => value.kind === 'step' && numbers.push(value.step.step)),
    );
    expect(numbers).toEqual([3, 4]);
    expect(await curveOf(resumed, runId)).toEqual(await curveOf(whole, runId));
  });
});
