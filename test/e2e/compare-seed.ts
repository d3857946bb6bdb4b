// Invented runs and evaluations for the pages that compare them, put into the database of an open page.
import type { Page } from '@playwright/test';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { AnswerRecord } from '../../src/shared/domain/answer.ts';
import type { RunRecord, StepRecord } from '../../src/shared/domain/run.ts';
import { someAnswer, someEval, someRun } from '../support/records.ts';

/** Records by store. */
export type Records = Record<string, unknown[]>;

const STEPS = 12;
const DATASET = { datasetId: 'compared', datasetName: 'Compared', datasetHash: 'a'.repeat(64) };

/** Reward rises by `pace` per step from 0.3 and falls at the last one, so that best is not last. */
export function rewardAt(step: number, pace: number): number {
  return step === STEPS ? 0.3 : 0.3 + pace * step;
}

function run(id: string, algorithm: 'grpo' | 'prpo', seed: number, createdAt: number): RunRecord {
  return someRun({
    id,
    name: `${algorithm.toUpperCase()} seed ${seed}`,
    createdAt,
    algorithm,
    config: { ...presetConfig('tiny-demo', algorithm), seed },
    ...DATASET,
    baseModelId: 'dx-llava-nano',
    baseModelName: 'dx-llava-nano',
    state: 'done',
    step: STEPS,
    maxSteps: STEPS,
  });
}

function steps(runId: string, pace: number): StepRecord[] {
  return Array.from({ length: STEPS }, (_, i) => {
    const reward = rewardAt(i + 1, pace);
    return { runId, step: i + 1, timestamp: i, metrics: { reward, loss: 1 - reward, kl: 0.01 * i }, phaseMs: {} };
  });
}

function checkpoint(runId: string) {
  return {
    id: `${runId}-step-12`,
    name: `${runId}, step 12`,
    kind: 'full',
    createdAt: 50,
    runId,
    step: STEPS,
    parentId: 'dx-llava-nano',
    sizeBytes: 0,
    sha256: '',
    complete: true,
    resumable: false,
    files: [],
    metrics: { reward: 0.3 },
    tiny: true,
  };
}

const SAMPLES = Array.from({ length: 20 }, (_, i) => ({
  sampleId: `compared/${i < 10 ? 'aster' : 'birch'}/test/${i % 2 ? 'fake' : 'real'}/${i}.png`,
  path: `${i < 10 ? 'aster' : 'birch'}/test/${i % 2 ? 'fake' : 'real'}/${i}.png`,
  domain: i < 10 ? 'aster' : 'birch',
  label: i % 2 ? ('fake' as const) : ('real' as const),
}));

/** Answers that are wrong at the given places. */
function evaluation(id: string, modelId: string, wrong: readonly number[]): { record: unknown; answers: AnswerRecord[] } {
  const answers = SAMPLES.map((sample, index) => {
    const other = sample.label === 'fake' ? 'real' : 'fake';
    const predict = wrong.includes(index) ? other : sample.label;
    return someAnswer({ ...sample, evalId: id, index, predict, text: `### Answer: ${predict}`, pFakeHead: predict === 'fake' ? 0.9 : 0.1 });
  });
  const sampleIds = SAMPLES.map(({ sampleId }) => sampleId);
  const record = someEval({ id, name: id, state: 'done', modelId, modelName: modelId, synthetic: true, sampleIds, ...DATASET });
  return { record, answers };
}

/** Two PRPO runs that differ in the seed, one GRPO run, and an evaluation of a checkpoint of each algorithm. */
export function compareRecords(): Records {
  const before = evaluation('eval-grpo', 'run-grpo1-step-12', [0, 1, 2, 3, 12]);
  const after = evaluation('eval-prpo', 'run-prpo1-step-12', [12, 13]);
  return {
    runs: [run('run-prpo1', 'prpo', 1, 1), run('run-prpo2', 'prpo', 2, 2), run('run-grpo1', 'grpo', 1, 3)],
    steps: [...steps('run-prpo1', 0.04), ...steps('run-prpo2', 0.02), ...steps('run-grpo1', 0.01)],
    checkpoints: [checkpoint('run-prpo1'), checkpoint('run-grpo1')],
    evals: [before.record, after.record],
    answers: [...before.answers, ...after.answers],
  };
}

/** Stores all records in one transaction; the page has opened its database before. */
export function storeRecords(page: Page, records: Records): Promise<void> {
  return page.evaluate(async (byStore) => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('prpo-workbench');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('not opened'));
    });
    await new Promise<void>((resolve, reject) => {
      const transaction = db.transaction(Object.keys(byStore), 'readwrite');
      for (const [store, values] of Object.entries(byStore)) {
        for (const value of values) transaction.objectStore(store).put(value);
      }
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error ?? new Error('not stored'));
    });
    db.close();
  }, records);
}
