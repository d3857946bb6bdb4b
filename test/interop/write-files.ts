// npx tsx test/interop/write-files.ts OUT_DIR: writes every exported format once, with the values that read_files.py expects.
// Never part of npm test: it is one half of a check with Python's own packages, see README.md.
import 'fake-indexeddb/auto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { writeCurveCsv } from '../../src/shared/formats/curves-csv.ts';
import { writeCurveJsonl } from '../../src/shared/formats/curves-jsonl.ts';
import { eventFileName, writeEventFile } from '../../src/shared/formats/tfevents.ts';
import { writeTrainerState } from '../../src/shared/formats/trainer-state.ts';
import { openZip } from '../../src/shared/formats/zip-reader.ts';
import { FILES, ModelFolders } from '../../src/shared/models/model-folder.ts';
import { encodeSafetensors, type HostTensor } from '../../src/shared/safetensors.ts';
import { writeCheckpoint } from '../../src/shared/storage/checkpoints.ts';
import { openDatabase, type Database } from '../../src/shared/storage/database.ts';
import { exportModel } from '../../workers/data/exports/export-model.ts';
import { loadModel } from '../../workers/engine/load-model.ts';
import { prepareBackends } from '../support/backends.ts';
import { TINY_MODEL_ID, tinyModelFiles } from '../support/tiny-model-folder.ts';

const CREATED_AT = 1_700_000_000_000;
const STEPS = 50;
const TOKENS = [1, 7, 42, 99, 3, 250, 11];
const ADAPTED = [0, 1].flatMap((layer) =>
  ['self_attn.q_proj', 'mlp.down_proj'].map((name) => ({ name: `model.layers.${layer}.${name}`, isDown: name.startsWith('mlp') })),
);
const [WIDTH, INNER, RANK] = [24, 32, 4];

const points = Array.from({ length: STEPS }, (_, i) => ({
  step: i + 1,
  timestamp: CREATED_AT + 1000 * (i + 1),
  metrics: { loss: 1 / (i + 1), reward: i / STEPS, 'rewards/vcr_reward/mean': 0.5, 'eval/acc': i % 10 === 9 ? 0.75 : Number.NaN },
})).map((point) => ({ ...point, metrics: Object.fromEntries(Object.entries(point.metrics).filter(([, value]) => !Number.isNaN(value))) }));

/** Values that are the same on every machine. */
function wave(shape: [number, number], phase: number): HostTensor {
  return { shape, data: Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => 0.3 * Math.sin(i * 0.7 + phase)) };
}

async function storeAdapter(db: Database): Promise<void> {
  const tensors = ADAPTED.flatMap(({ name, isDown }, i): [string, HostTensor][] => [
    [`base_model.model.${name}.lora_A.weight`, wave([RANK, isDown ? INNER : WIDTH], i)],
    [`base_model.model.${name}.lora_B.weight`, wave([WIDTH, RANK], i + 10)],
  ]);
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: TINY_MODEL_ID,
    r: RANK,
    lora_alpha: 8,
    lora_dropout: 0,
    bias: 'none',
  };
  const record = {
    id: 'adapter',
    name: 'adapter',
    kind: 'lora',
    createdAt: 1,
    runId: null,
    step: STEPS,
    parentId: TINY_MODEL_ID,
    resumable: false,
    metrics: {},
    tiny: true,
  } as const;
  await writeCheckpoint(db, record, [
    { path: FILES.adapter, blob: new Blob(encodeSafetensors(new Map(tensors))) },
    { path: FILES.adapterConfig, blob: new Blob([JSON.stringify({ ...config, target_modules: ['q_proj', 'down_proj'] })]) },
  ]);
}

async function unzipTo(folder: string, zip: Blob): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, entry] of await openZip(zip))
    await writeFile(join(folder, path), Buffer.from(await (await entry.read()).arrayBuffer()));
}

/** Logits of the engine over base and adapter, for a text without an image. */
async function engineLogits(folders: ModelFolders): Promise<HostTensor> {
  await prepareBackends({ threads: 1 });
  const model = await loadModel(await folders.chainOf('adapter'), () => undefined);
  const { model: dxLlava } = model.detector;
  const logits = dxLlava.forwardLogits(dxLlava.layout([{ ids: TOKENS, image: 0 }]), null);
  const [, length = 0, vocabulary = 0] = logits.shape;
  return { shape: [length, vocabulary], data: Float32Array.from(await logits.data<'float32'>()) };
}

async function main(outDir: string): Promise<void> {
  const files = await tinyModelFiles();
  const fetchFile = async (path: string) => files.get(path) ?? Promise.reject(new Error(`no ${path}`));
  const db = await openDatabase({}, 'interop');
  await storeAdapter(db);
  await unzipTo(join(outDir, 'base'), await exportModel(TINY_MODEL_ID, 'llava', { db, fetchFile }));
  await unzipTo(join(outDir, 'adapter-llava-lora'), await exportModel('adapter', 'peft', { db, fetchFile }));
  await unzipTo(join(outDir, 'merged'), await exportModel('adapter', 'llava', { db, fetchFile }));
  const logits = await engineLogits(new ModelFolders({ fetchFile }, db));
  const tokens: HostTensor = { shape: [TOKENS.length], data: Int32Array.from(TOKENS) };
  await writeFile(
    join(outDir, 'logits.safetensors'),
    Buffer.concat(
      encodeSafetensors(
        new Map([
          ['logits', logits],
          ['tokens', tokens],
        ]),
      ),
    ),
  );
  await mkdir(join(outDir, 'logs'), { recursive: true });
  await writeFile(join(outDir, 'logs', eventFileName(CREATED_AT)), writeEventFile(points, CREATED_AT));
  await writeFile(
    join(outDir, 'trainer_state.json'),
    writeTrainerState({ maxSteps: STEPS, config: presetConfig('tiny-demo', 'prpo') }, points),
  );
  await writeFile(join(outDir, 'curve.csv'), writeCurveCsv(points));
  await writeFile(join(outDir, 'curve.jsonl'), writeCurveJsonl(points, 'trl'));
  console.log(`Written to ${outDir}. Now: python test/interop/read_files.py ${outDir}`);
}

const [outDir] = process.argv.slice(2);
if (outDir === undefined) throw new Error('Use: npx tsx test/interop/write-files.ts OUT_DIR');
await main(outDir);
process.exit(0);
