import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openZip } from '../../../src/shared/formats/zip-reader.ts';
import { FILES, ModelFolders } from '../../../src/shared/models/model-folder.ts';
import { encodeSafetensors, SafetensorsFile, type HostTensor } from '../../../src/shared/safetensors.ts';
import { getCheckpoint, listCheckpoints, readCheckpointFile, writeCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { compareModels } from '../../../workers/data/exports/compare-models.ts';
import { exportModel } from '../../../workers/data/exports/export-model.ts';
import { mergeModel } from '../../../workers/data/exports/merge-model.ts';
import { loadModel, type LoadedModel } from '../../../workers/engine/load-model.ts';
import { parseLoraConfig } from '../../../workers/ml/model/lora-config.ts';
import { LoraAdapter } from '../../../workers/ml/model/lora.ts';
import { prepareBackends } from '../../support/backends.ts';
import { openTestDatabase } from '../../support/database.ts';
import { TINY_MODEL_ID, tinyModelFiles } from '../../support/tiny-model-folder.ts';

const MODULES = [0, 1].map((layer) => `model.layers.${layer}.self_attn.q_proj`);
const RANK = 2;
const CONFIG = {
  peft_type: 'LORA',
  base_model_name_or_path: 'tiny',
  r: RANK,
  lora_alpha: 6,
  lora_dropout: 0,
  bias: 'none',
  target_modules: ['q_proj'],
};
const TOKENS = [1, 7, 42, 99, 3, 250, 11];
/** The two ways sum in another order; the engine's own limit for logits of a float32 model. */
const LOGITS_TOLERANCE = 1e-4;

const wave = (shape: number[], phase: number): HostTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.3 * Math.sin(0.7 * i + phase)),
});

let files: Map<string, Blob>;
let db: Database;
const fetchFile = async (path: string) => files.get(path) ?? Promise.reject(new Error(`no ${path}`));
const open = async (id: string) => loadModel(await new ModelFolders({ fetchFile }, db).chainOf(id), () => undefined);

function adapterTensors(): Map<string, HostTensor> {
  return new Map(
    MODULES.flatMap((module, i): [string, HostTensor][] => [
      [`base_model.model.${module}.lora_A.weight`, wave([RANK, 24], i)],
      [`base_model.model.${module}.lora_B.weight`, wave([24, RANK], i + 5)],
    ]),
  );
}

async function logitsOf({ detector: { model } }: LoadedModel): Promise<Float32Array> {
  const logits = model.forwardLogits(model.layout([{ ids: TOKENS, image: 0 }]), null);
  return Float32Array.from(await logits.data<'float32'>());
}

const largestGap = (a: Float32Array, b: Float32Array) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);

beforeAll(async () => {
  files = await tinyModelFiles();
  await prepareBackends({ threads: 1 });
});
beforeEach(async () => {
  db = await openTestDatabase();
  const record = { id: 'r-step-3', name: 'run, step 3', kind: 'lora', createdAt: 1, runId: 'r', step: 3, parentId: TINY_MODEL_ID, resumable: true, metrics: { reward: 0.5 }, tiny: true } as const; // prettier-ignore
  await writeCheckpoint(db, record, [
    { path: FILES.adapter, blob: new Blob(encodeSafetensors(adapterTensors())) },
    { path: FILES.adapterConfig, blob: new Blob([JSON.stringify(CONFIG)]) },
  ]);
});

describe('an adapter folded into full weights', () => {
  it('answers as the adapter does when it is on, and not as the base', async () => {
    const { checkpointId } = await mergeModel('r-step-3', { db, fetchFile });
    const [base, merged] = [await open(TINY_MODEL_ID), await open(checkpointId)];
    const without = await logitsOf(base);
    const source = await SafetensorsFile.open(await readCheckpointFile(db, 'r-step-3', FILES.adapter));
    const { adapter } = await LoraAdapter.load(base.config.language, parseLoraConfig(CONFIG), source);
    base.detector.model.language.adapter = adapter;
    const adapterOn = await logitsOf(base);
    expect(largestGap(await logitsOf(merged), adapterOn)).toBeLessThan(LOGITS_TOLERANCE);
    expect(largestGap(without, adapterOn)).toBeGreaterThan(100 * LOGITS_TOLERANCE);
    base.detector.model.language.adapter = null;
    adapter.dispose();
    base.dispose();
    merged.dispose();
  });

  it('is a model of its own whose lineage names the adapter, and leaves in the LLaVA layout', async () => {
    const { checkpointId } = await mergeModel('r-step-3', { db, fetchFile });
    expect(await getCheckpoint(db, checkpointId)).toMatchObject({
      kind: 'full',
      parentId: 'r-step-3',
      runId: null,
      step: 3,
      metrics: { reward: 0.5 },
    });
    expect((await new ModelFolders({ fetchFile }, db).chainOf(checkpointId)).map(({ id }) => id)).toEqual([checkpointId]);
    const zip = await openZip(await exportModel(checkpointId, 'llava', { db, fetchFile }));
    expect([...zip.keys()]).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json', 'README.md']));
  });

  it('needs an adapter, and stores nothing without one', async () => {
    const { checkpointId } = await mergeModel('r-step-3', { db, fetchFile });
    for (const id of [TINY_MODEL_ID, checkpointId])
      await expect(mergeModel(id, { db, fetchFile })).rejects.toMatchObject({ code: 'E-UNSUPPORTED' });
    expect(await listCheckpoints(db)).toHaveLength(2);
  });
});

describe('the difference of two models', () => {
  const context = () => ({ db, fetchFile, signal: new AbortController().signal, progress: vi.fn() });

  it('is that of the adapted tensors alone, with norms that follow from the adapter', async () => {
    const result = await compareModels(TINY_MODEL_ID, 'r-step-3', context());
    expect(result.changed.map(({ name }) => name).sort()).toEqual(MODULES.map((module) => `${module}.weight`).sort());
    expect(result).toMatchObject({ onlyA: [], onlyB: [], shapeClashes: [] });
    // scale 6 / 2 times B A, by hand
    const [a, b] = [wave([RANK, 24], 0).data, wave([24, RANK], 5).data];
    const change = Array.from({ length: 24 * 24 }, (_, i) => {
      const [row, column] = [Math.floor(i / 24), i % 24];
      return 3 * ((b[row * RANK] ?? 0) * (a[column] ?? 0) + (b[row * RANK + 1] ?? 0) * (a[24 + column] ?? 0));
    });
    const first = result.changed.find(({ name }) => name === `${MODULES[0]}.weight`);
    expect(first?.l2).toBeCloseTo(Math.hypot(...change), 4);
    expect(first?.maxAbs).toBeCloseTo(Math.max(...change.map(Math.abs)), 5);
  });

  it('of a model with itself is nothing', async () => {
    const { changed, same } = await compareModels('r-step-3', 'r-step-3', context());
    expect(changed).toEqual([]);
    expect(same).toBeGreaterThan(50);
  });

  it('stops when it is asked to', async () => {
    const stopped = { ...context(), signal: AbortSignal.abort() };
    await expect(compareModels(TINY_MODEL_ID, 'r-step-3', stopped)).rejects.toThrow();
  });
});
