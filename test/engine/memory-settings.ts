// Settings whose memory is estimated and measured, and what a run with them needs: the built-in model, pictures, a stored run.
import { encode } from 'fast-png';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Algorithm, TrainConfig } from '../../src/shared/config/config.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { putRun } from '../../src/shared/storage/runs.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { demoSample } from '../../workers/data/demo/generate.ts';
import { renderPortrait } from '../../workers/data/demo/portrait.ts';
import { demoAnnotation, demoKeys, demoPath } from '../../workers/data/demo/rows.ts';
import { someDataset, someRun, someSample } from '../support/records.ts';
import type { TestEngine } from './support.ts';

export const NANO = 'dx-llava-nano';
/** That of support.ts, which only vitest can load. */
const DATASET_ID = 'd';

/** The built-in model as the server gives it. */
export async function builtInFiles(): Promise<Map<string, Blob>> {
  const read = async (path: string): Promise<[string, Blob]> => {
    return [path, new Blob([await readFile(fileURLToPath(new URL(`../../public/${path}`, import.meta.url)))])];
  };
  const names = ['config.json', 'model.safetensors', 'tokenizer.json', 'open_clip_config.json', 'clip-tokenizer.json'];
  return new Map(await Promise.all(['models/index.json', ...names.map((name) => `models/${NANO}/${name}`)].map(read)));
}

/** Portraits of the demo with the annotations that the built-in model has learnt to write. */
export async function storeDemoSamples(db: Database, count: number): Promise<void> {
  const keys = [...demoKeys(3, 1)].filter(({ split }) => split === 'train').slice(0, count);
  for (const key of keys) {
    const image = new Blob([encode({ ...renderPortrait(demoSample(key).spec), channels: 3, depth: 8 }).slice()]);
    const annotation = { question: '', answer: demoAnnotation(key), source: demoPath(key) };
    const sample = someSample({ datasetId: DATASET_ID, path: demoPath(key), split: 'train', label: key.label, annotation });
    await putSamples(db, [{ sample, image, thumbnail: image }], someDataset({ id: DATASET_ID, imageCount: count }));
  }
}

export interface Changes extends Omit<Partial<TrainConfig>, 'policy' | 'sft'> {
  policy?: Partial<TrainConfig['policy']>;
  sft?: Partial<TrainConfig['sft']>;
}

export function configOf(algorithm: Algorithm, { policy, sft, ...changes }: Changes): TrainConfig {
  const config = presetConfig('tiny-demo', algorithm);
  return { ...config, saveSteps: 100, ...changes, policy: { ...config.policy, ...policy }, sft: { ...config.sft, ...sft } };
}

export async function storeRun({ db }: Pick<TestEngine, 'db'>, config: TrainConfig, baseModelId: string): Promise<void> {
  const { algorithm, maxSteps } = config;
  await putRun(db, someRun({ id: 'r', state: 'queued', algorithm, config, maxSteps, datasetId: DATASET_ID, baseModelId }));
}

const LORA = { r: 16, loraAlpha: 16, loraDropout: 0.1, targetModules: ['q_proj', 'o_proj', 'up_proj', 'down_proj'] };

/** None of these settings was used to find the estimate's terms. */
export const MEMORY_SETTINGS: [string, Algorithm, Changes][] = [
  ['SFT stage 1', 'sft-stage1', { sft: { perDeviceTrainBatchSize: 12 } }],
  ['SFT stage 2', 'sft-stage2', { sft: { perDeviceTrainBatchSize: 5, gradientAccumulationSteps: 2, useBinaryLabels: false } }],
  ['SFT stage 2 with LoRA', 'sft-stage2', { lora: LORA, sft: { perDeviceTrainBatchSize: 6 } }],
  ['SFT stage 2 with checkpointing', 'sft-stage2', { gradientCheckpointing: true, sft: { perDeviceTrainBatchSize: 10 } }],
  [
    'SFT stage 2 with checkpointing and accumulation',
    'sft-stage2',
    { gradientCheckpointing: true, sft: { perDeviceTrainBatchSize: 16, gradientAccumulationSteps: 2 } },
  ],
  ['PRPO', 'prpo', { microBatchSize: 9, policy: { numGenerations: 6, promptsPerStep: 3 } }],
  [
    'PRPO with short answers and checkpointing',
    'prpo',
    { gradientCheckpointing: true, microBatchSize: 12, policy: { numGenerations: 12, promptsPerStep: 1, maxCompletionLength: 60 } },
  ],
  [
    'PRPO with fewer rows in its last micro-batch',
    'prpo',
    { microBatchSize: 4, policy: { numGenerations: 3, promptsPerStep: 2, maxCompletionLength: 90 } },
  ],
  ['GRPO with LoRA', 'grpo', { lora: LORA, microBatchSize: 6, policy: { numGenerations: 6, promptsPerStep: 2, beta: 0 } }],
];
