// The engine in Node: simd backend, in-memory database, a served tiny model and a few stored pictures.
import { encode } from 'fast-png';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { StepRecord } from '../../src/shared/domain/run.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import { RandomStream } from '../../src/shared/random.ts';
import type { CallContext } from '../../src/shared/rpc.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { readCheckpointFile } from '../../src/shared/storage/checkpoints.ts';
import { putRun } from '../../src/shared/storage/runs.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { createEngineHandlers } from '../../workers/engine/engine.ts';
import type { EnginePlatform } from '../../workers/engine/platform.ts';
import { decodeFile } from '../support/decode.ts';
import { prepareBackends } from '../support/backends.ts';
import { openTestDatabase } from '../support/database.ts';
import { someDataset, someRun, someSample } from '../support/records.ts';
import { TINY_ANSWER, TINY_MODEL_ID, tinyModelFiles, withWeights } from '../support/tiny-model-folder.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { SFT_PROMPT } from '../../src/shared/config/prompts.ts';

export const DATASET_ID = 'd';
let files: Promise<Map<string, Blob>> | undefined;
let trained: Promise<Map<string, Blob>> | undefined;
const LEARNING_STEPS = 60;

export interface TestEngine {
  handlers: ReturnType<typeof createEngineHandlers>;
  platform: EnginePlatform;
  db: Database;
  /** Paths that were asked of the server. */
  fetched: string[];
}

/** A fresh engine. @param overrides of the platform; `served` replaces files of the server */
export async function testEngine({
  db,
  served,
  ...overrides
}: Partial<EnginePlatform> & { db?: Database; served?: Map<string, Blob> } = {}): Promise<TestEngine> {
  const simd = await prepareBackends({ threads: 1 });
  const database = db ?? (await openTestDatabase());
  const available = served ?? (await (files ??= tinyModelFiles()));
  const fetched: string[] = [];
  const platform: EnginePlatform = {
    openDb: () => Promise.resolve(database),
    fetchFile: (path) => {
      fetched.push(path);
      const blob = available.get(path);
      return blob ? Promise.resolve(blob) : Promise.reject(new WorkbenchError('E-MISSING', `no ${path}`));
    },
    decode: decodeFile,
    probeAdapter: () => Promise.resolve({ available: false, fallback: false, description: 'No adapter.', architecture: '', f16: false }),
    startWebgpu: () => Promise.reject(new WorkbenchError('E-NO-GPU', 'no GPU in this test')),
    startSimd: () => Promise.resolve({ threads: 1, relaxedSimd: false, reservedBytes: () => simd.stats.reservedBytes }),
    asOnlyWriter: (work) => work(),
    crossOriginIsolated: false,
    cpuDescription: 'test CPU',
    ...overrides,
  };
  return { handlers: createEngineHandlers(platform), platform, db: database, fetched };
}

/** A model that has learnt to write its one answer, so that rewards are not all zero. Trained once per test file. */
export function trainedModelFiles(): Promise<Map<string, Blob>> {
  return (trained ??= learnAnswer());
}

async function learnAnswer(): Promise<Map<string, Blob>> {
  const engine = await testEngine();
  await storeSamples(engine.db, 4);
  const preset = presetConfig('tiny-demo', 'sft-stage2');
  const config = {
    ...preset,
    maxSteps: LEARNING_STEPS,
    saveSteps: LEARNING_STEPS,
    optimizer: { ...preset.optimizer, learningRate: 2e-2 },
    sft: { ...preset.sft, perDeviceTrainBatchSize: 4, binaryLossWeight: 1, augmentBinaryBranch: false },
  };
  const run = someRun({
    id: 'learn',
    algorithm: 'sft-stage2',
    config,
    maxSteps: LEARNING_STEPS,
    datasetId: DATASET_ID,
    baseModelId: TINY_MODEL_ID,
  });
  await putRun(engine.db, run);
  await engine.handlers.train({ runId: run.id }, callContext('train'));
  const weights = await readCheckpointFile(engine.db, `learn-step-${LEARNING_STEPS}`, 'model.safetensors');
  return withWeights(await (files ??= tinyModelFiles()), weights);
}

/** The context of a call; progress values are collected. */
export function callContext<Name extends keyof EngineApi>(
  _name: Name,
  onProgress: (value: EngineApi[Name]['progress']) => void = () => undefined,
): CallContext<EngineApi[Name]['progress']> {
  return { signal: new AbortController().signal, progress: onProgress };
}

/** Stores `count` noisy pictures, every second one fake, with annotations. @param broken indices whose bytes are no picture */
export async function storeSamples(db: Database, count: number, broken: readonly number[] = []): Promise<SampleRecord[]> {
  const dataset = someDataset({ id: DATASET_ID, imageCount: count });
  const stored: SampleRecord[] = [];
  for (let i = 0; i < count; i++) {
    const image = broken.includes(i) ? new Blob(['not a picture']) : picture(i);
    const label = i % 2 === 0 ? 'fake' : 'real';
    const annotation = { question: SFT_PROMPT, answer: TINY_ANSWER.replace('fake', label), source: `train.json#${i}` };
    const sample = someSample({
      datasetId: DATASET_ID,
      path: `aster/train/${label}/${i}.png`,
      split: 'train',
      label,
      sha256: await sha256Hex(image),
      annotation,
    });
    await putSamples(db, [{ sample, image, thumbnail: image }], dataset);
    stored.push(sample);
  }
  return stored;
}

/** A 40 x 36 PNG of noise. */
export function picture(seed: number): Blob {
  const random = RandomStream.fromText(`picture/${seed}`);
  const data = Uint8Array.from({ length: 40 * 36 * 3 }, () => random.integer(256));
  return new Blob([encode({ width: 40, height: 36, data, channels: 3, depth: 8 }).slice()]);
}

/** A short greedy question to the tiny model, as `explain` takes it. */
export function shortQuestion(modelId: string, about: { sampleId: string } | { image: Blob }) {
  const { prompt, reward } = presetConfig('tiny-demo', 'prpo');
  const decoding = { temperature: 0, topP: 1, maxNewTokens: 8, seed: 1 };
  return { modelId, ...about, prompt, reward, decoding, template: 'v1', parser: 'prpo', numGenerations: 1 } as const;
}

const TIMES = new Set(['step_time', 'eval_runtime', 'eval_samples_per_second']);

/** The metrics of a step without what depends on the clock. */
export function timelessMetrics({ metrics }: StepRecord): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => !TIMES.has(name)));
}
