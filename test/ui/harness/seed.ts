// Fills a database with the demo images and invented evaluations and runs, so that pages can be looked at without an engine.
import { DEFAULT_EVAL, presetConfig } from '../../../src/shared/config/presets.ts';
import type { AnswerRecord } from '../../../src/shared/domain/answer.ts';
import type { EvalRecord, RunRecord } from '../../../src/shared/domain/run.ts';
import type { DatasetRecord, SampleRecord } from '../../../src/shared/domain/sample.ts';
import { writeCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { putAnswers, putEval } from '../../../src/shared/storage/evals.ts';
import { putRun } from '../../../src/shared/storage/runs.ts';
import { listSamples } from '../../../src/shared/storage/samples.ts';
import { installDemo } from '../../../workers/data/demo-install.ts';
import { appendStep } from '../../support/append-step.ts';
import { someEval, someRun } from '../../support/records.ts';
import { fakeAnswer, fakeCompletions, fakeMetrics } from './fake-answers.ts';

const ENGINE = { backend: 'simd', adapter: '2 threads, relaxed SIMD', threads: 2 } as const;
const MODEL = { id: 'dx-llava-nano', name: 'dx-llava-nano' };

export function toAnswer(
  record: EvalRecord,
  sample: SampleRecord,
  index: number,
  others: readonly SampleRecord[],
  skill: number,
): AnswerRecord {
  const { completion, pFakeHead, pFakeToken } = fakeAnswer(sample, others, record.id, skill);
  const { path, domain, label } = sample;
  return {
    ...completion,
    evalId: record.id,
    sampleId: sample.id,
    index,
    path,
    domain,
    label,
    pFakeHead,
    pFakeToken,
    elapsedMs: 900 + 7 * index,
  };
}

interface EvalSeed {
  id: string;
  name: string;
  state: EvalRecord['state'];
  answered: number;
  skill: number;
  modelId: string;
}

async function seedEval(db: Database, dataset: DatasetRecord, samples: readonly SampleRecord[], seed: EvalSeed): Promise<void> {
  const test = samples.filter(({ split }) => split === 'test');
  const record = someEval({
    ...seed,
    createdAt: Date.now() - 3_600_000,
    config: DEFAULT_EVAL,
    datasetId: dataset.id,
    datasetName: dataset.name,
    datasetHash: dataset.contentHash,
    modelName: seed.modelId === MODEL.id ? MODEL.name : 'PRPO step 40',
    synthetic: true,
    sampleIds: test.map(({ id }) => id),
    engine: ENGINE,
    codeVersion: '0.1.0',
  });
  await putEval(db, record);
  const answers = test.slice(0, seed.answered).map((sample, index) => toAnswer(record, sample, index, samples, seed.skill));
  const last = answers.at(-1);
  if (last) last.failure = { code: 'E-IMAGE', message: 'The image cannot be decoded: the file ends early.' };
  await putAnswers(db, answers);
}

async function seedRun(
  db: Database,
  dataset: DatasetRecord,
  samples: readonly SampleRecord[],
  fields: Partial<RunRecord> & { id: string },
  pace: number,
): Promise<void> {
  const config = presetConfig('tiny-demo', fields.algorithm ?? 'prpo');
  const train = samples.filter(({ split }) => split === 'train');
  const run = someRun({
    createdAt: Date.now() - 1_800_000,
    config: { ...config, policy: { ...config.policy, numGenerations: 4, promptsPerStep: 2 } },
    datasetId: dataset.id,
    datasetName: dataset.name,
    datasetHash: dataset.contentHash,
    baseModelId: MODEL.id,
    baseModelName: MODEL.name,
    engine: ENGINE,
    codeVersion: '0.1.0',
    maxSteps: 60,
    ...fields,
  });
  await putRun(db, run);
  for (let step = 1; step <= run.step; step++) {
    const chosen = [train[(2 * step) % train.length], train[(2 * step + 7) % train.length]].flatMap((sample) => sample ?? []);
    const phaseMs = { generate: 1900, reward: 240, logprobs: 420, update: 800 };
    const completions = step > run.step - 6 || step < 4 ? fakeCompletions(run.id, step, chosen, 4, samples) : [];
    await appendStep(
      db,
      run,
      { runId: run.id, step, timestamp: Date.now(), metrics: fakeMetrics(step, run.id, pace), phaseMs },
      completions,
    );
  }
  if (run.step >= 40) {
    const checkpoint = {
      id: `${run.id}-40`,
      name: `${run.name}, step 40`,
      kind: 'full',
      createdAt: Date.now(),
      runId: run.id,
      step: 40,
      parentId: MODEL.id,
      resumable: true,
      metrics: {},
      tiny: true,
    } as const;
    await writeCheckpoint(db, checkpoint, [{ path: 'model.safetensors', blob: new Blob([new Uint8Array(1000)]) }]);
  }
}

/** Seeds once; a second start finds everything there. */
export async function seedDatabase(db: Database): Promise<void> {
  const dataset = await installDemo({ seed: 1, perClass: 6 }, { db, signal: new AbortController().signal, progress: () => undefined });
  const samples = await listSamples(db, dataset.id);
  await seedEval(db, dataset, samples, {
    id: 'eval-done',
    name: 'dx-llava-nano on the test split',
    state: 'done',
    answered: 60,
    skill: 0.75,
    modelId: MODEL.id,
  });
  await seedEval(db, dataset, samples, {
    id: 'eval-after',
    name: 'PRPO step 40 on the test split',
    state: 'done',
    answered: 60,
    skill: 0.9,
    modelId: 'run-prpo-40',
  });
  await seedEval(db, dataset, samples, {
    id: 'eval-part',
    name: 'Interrupted evaluation',
    state: 'running',
    answered: 37,
    skill: 0.8,
    modelId: MODEL.id,
  });
  await seedRun(
    db,
    dataset,
    samples,
    { id: 'run-prpo', name: 'PRPO on the demo', state: 'done', algorithm: 'prpo', step: 60, pairedRunId: 'run-grpo' },
    1.3,
  );
  await seedRun(
    db,
    dataset,
    samples,
    { id: 'run-grpo', name: 'GRPO on the demo', state: 'paused', algorithm: 'grpo', step: 44, pairedRunId: 'run-prpo' },
    0.7,
  );
  await seedRun(db, dataset, samples, { id: 'run-new', name: 'PRPO just started', state: 'running', algorithm: 'prpo', step: 3 }, 1);
}
