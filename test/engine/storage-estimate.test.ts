// The storage that a run is said to need, held against what one really leaves.
import { describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { SFT_PROMPT } from '../../src/shared/config/prompts.ts';
import { listCheckpointsOfRun } from '../../src/shared/storage/checkpoints.ts';
import { listCompletions, putRun } from '../../src/shared/storage/runs.ts';
import { checkpointsKept } from '../../workers/engine/storage-estimate.ts';
import { someRun } from '../support/records.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, storeSamples, testEngine, trainedModelFiles } from './support.ts';

const preset = presetConfig('tiny-demo', 'prpo');
const CONFIG: TrainConfig = {
  ...preset,
  prompt: SFT_PROMPT,
  maxSteps: 4,
  saveSteps: 1,
  saveTotalLimit: 2,
  evalSteps: 1,
  probeSize: 2,
  selection: { loadBestModelAtEnd: true, metricForBestModel: 'eval_reward', earlyStoppingPatience: 0, earlyStoppingThreshold: 0 },
  policy: { ...preset.policy, numGenerations: 3, promptsPerStep: 2, maxCompletionLength: 56 },
};

describe('the checkpoints that are kept', () => {
  const kept = (changes: Partial<TrainConfig>): number =>
    checkpointsKept({ ...CONFIG, selection: undefined, maxSteps: 100, saveSteps: 30, ...changes });

  it('are all without a limit, that of the last step included', () => expect(kept({ saveTotalLimit: 0 })).toBe(4));
  it('are as many as the limit says, and the best one beside them', () => {
    expect(kept({})).toBe(2);
    expect(kept({ selection: CONFIG.selection })).toBe(3);
    expect(kept({ selection: CONFIG.selection, evalSteps: 0 })).toBe(2);
  });
});

it('a run of the tiny model leaves about what was said before it', async () => {
  const engine = await testEngine({ served: await trainedModelFiles() });
  await storeSamples(engine.db, 6);
  const estimate = async () => {
    const params = { config: CONFIG, modelId: TINY_MODEL_ID, datasetId: DATASET_ID };
    const { storage } = await engine.handlers.preflight(params, callContext('preflight'));
    if (!storage) throw new Error('no estimate');
    return storage;
  };
  const before = await estimate();
  const fields = { id: 'r', state: 'queued', algorithm: 'prpo', config: CONFIG, maxSteps: CONFIG.maxSteps } as const;
  await putRun(engine.db, someRun({ ...fields, datasetId: DATASET_ID, baseModelId: TINY_MODEL_ID }));
  await engine.handlers.train({ runId: 'r' }, callContext('train'));
  const checkpoints = await listCheckpointsOfRun(engine.db, 'r');
  const bytes = checkpoints.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(checkpoints.length).toBeLessThanOrEqual(before.checkpoints);
  expect(checkpoints.length).toBeGreaterThanOrEqual(before.checkpoints - 1); // the best one may be among the newest
  const each = before.checkpointsBytes / before.checkpoints;
  expect(each / (bytes / checkpoints.length)).toBeGreaterThan(0.75); // names of tensors weigh something in so small a model
  expect(each / (bytes / checkpoints.length)).toBeLessThan(1.05);
  expect(before.answers).toBe(CONFIG.maxSteps * 6);
  const answers = (await Promise.all([1, 2, 3, 4].map((step) => listCompletions(engine.db, 'r', step)))).flat();
  const stored = answers.reduce((sum, record) => sum + JSON.stringify(record).length, 0);
  expect(answers).toHaveLength(before.answers);
  expect(before.recordsBytes / stored).toBeGreaterThan(0.5);
  expect(before.recordsBytes / stored).toBeLessThan(3);
  const after = await estimate(); // now from answers that were measured
  expect((after.recordsBytes - 2000 * CONFIG.maxSteps) / stored).toBeCloseTo(1, 0);
});
