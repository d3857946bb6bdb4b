// A model as a zip in the layouts of LLaVA (whole, adapters folded in) or PEFT (the adapter alone); spec/model.md 7.
import { downloadZip } from 'client-zip';
import type { CheckpointRecord } from '../../../src/shared/domain/run.ts';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { readAll } from '../../../src/shared/formats/merged-tensors.ts';
import { writeTrainerState } from '../../../src/shared/formats/trainer-state.ts';
import type { FetchFile } from '../../../src/shared/models/fetch-file.ts';
import { FILES, ModelFolders, type ModelFolder } from '../../../src/shared/models/model-folder.ts';
import { chainTensors } from '../../../src/shared/models/model-tensors.ts';
import { encodeSafetensors } from '../../../src/shared/safetensors.ts';
import { getCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { getRun, listSteps } from '../../../src/shared/storage/runs.ts';

export type ModelLayout = 'llava' | 'peft';

interface ModelContext {
  db: Database;
  fetchFile: FetchFile;
}

interface ZipFile {
  name: string;
  input: Blob | string;
}

/** Files that a whole model has beside config and weights. */
const COMPANIONS = [FILES.tokenizer, FILES.clipConfig, FILES.clipTokenizer];
/** LLaVA's name is non_lora_trainables.bin; ours holds no pickle. */
const TRAINED_BESIDE_ADAPTER = 'non_lora_trainables.safetensors';

/** @throws E-MISSING, E-CHECKSUM; E-UNSUPPORTED when the model has no adapter and `peft` is asked for */
export async function exportModel(modelId: string, layout: ModelLayout, { db, fetchFile }: ModelContext): Promise<Blob> {
  const [base, ...later] = await new ModelFolders({ fetchFile }, db).chainOf(modelId);
  if (!base) throw new WorkbenchError('E-MISSING', `The model "${modelId}" is not in this browser.`);
  const record = await getCheckpoint(db, modelId);
  const own = layout === 'llava' ? await llavaFiles([base, ...later]) : await peftFiles(base, later.at(-1) ?? base);
  return downloadZip([...own, ...(await recordFiles(db, record)), { name: 'README.md', input: modelCard(modelId, layout, record) }]).blob();
}

async function llavaFiles(chain: readonly [ModelFolder, ...ModelFolder[]]): Promise<ZipFile[]> {
  const [base] = chain;
  const weights = new Blob(encodeSafetensors(await readAll(await chainTensors(chain))));
  return [
    { name: FILES.config, input: await base.read(FILES.config) },
    { name: FILES.weights, input: weights },
    ...(await companions(base, COMPANIONS)),
  ];
}

async function peftFiles(base: ModelFolder, folder: ModelFolder): Promise<ZipFile[]> {
  if (!folder.paths.includes(FILES.adapter)) {
    throw new WorkbenchError('E-UNSUPPORTED', 'This model has no adapter: all its weights were trained.', {
      remedy: 'Export it whole, in the LLaVA layout.',
    });
  }
  const files = await companions(folder, [FILES.adapter, FILES.adapterConfig]);
  if (folder.paths.includes(FILES.weights)) files.push({ name: TRAINED_BESIDE_ADAPTER, input: await folder.read(FILES.weights) });
  return [...files, ...(await companions(base, [FILES.config, FILES.tokenizer]))];
}

async function companions(folder: ModelFolder, paths: readonly string[]): Promise<ZipFile[]> {
  const there = paths.filter((path) => folder.paths.includes(path));
  return Promise.all(there.map(async (name) => ({ name, input: await folder.read(name) })));
}

/** The curves up to the checkpoint, in the Trainer's form; the engine's own counters are not for others. */
async function recordFiles(db: Database, record: CheckpointRecord | undefined): Promise<ZipFile[]> {
  const run = record?.runId ? await getRun(db, record.runId) : undefined;
  if (!run || !record) return [];
  const steps = (await listSteps(db, run.id)).filter(({ step }) => step <= record.step);
  return [{ name: 'trainer_state.json', input: writeTrainerState(run, steps) }];
}

function modelCard(modelId: string, layout: ModelLayout, record: CheckpointRecord | undefined): string {
  const figures = Object.entries(record?.metrics ?? {}).map(([name, value]) => `- ${name}: ${value}`);
  return [
    `# ${record?.name ?? modelId}`,
    '',
    layout === 'peft'
      ? 'A LoRA adapter in the PEFT layout, made in PRPO Workbench.'
      : 'A DX-LLaVA model in the LLaVA layout, made in PRPO Workbench.',
    ...(record?.parentId ? [`It started from \`${record.parentId}\` and was trained for ${record.step} steps.`] : []),
    'Its answers are estimates of a model, not proof. Models trained on the synthetic demo benchmark say nothing about real photographs.',
    ...(figures.length > 0 ? ['', 'Training metrics at that step:', '', ...figures] : []),
    '',
  ].join('\n');
}
