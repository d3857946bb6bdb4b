// The room for an answer that is told before a run is the room that the run then has.
import { expect, it } from 'vitest';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { TINY_MODEL_ID } from '../support/tiny-model-folder.ts';
import { callContext, DATASET_ID, storeSamples, testEngine } from './support.ts';

it('an answer limit of the room that is told makes a batch, one token more is refused with E-CONTEXT', async () => {
  const engine = await testEngine();
  await storeSamples(engine.db, 2);
  const base = presetConfig('tiny-demo', 'prpo');
  const withLimit = (maxCompletionLength: number) => ({
    config: { ...base, maxSteps: 1, policy: { ...base.policy, numGenerations: 2, promptsPerStep: 1, maxCompletionLength } },
    modelId: TINY_MODEL_ID,
    datasetId: DATASET_ID,
  });
  const { answerRoom } = await engine.handlers.preflight(withLimit(8), callContext('preflight'));
  if (answerRoom === undefined) throw new Error('nothing is told');
  expect(answerRoom).toBeGreaterThan(8);
  await expect(engine.handlers.dryRun(withLimit(answerRoom + 1), callContext('dryRun'))).rejects.toMatchObject({ code: 'E-CONTEXT' });
  const report = await engine.handlers.dryRun(withLimit(answerRoom), callContext('dryRun'));
  expect(report.stepMs).toBeGreaterThan(0);
});
