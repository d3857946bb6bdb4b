// A model as a zip in the layouts of LLaVA (whole, adapters folded in) or PEFT (the adapter alone); spec/model.md 7.
import { downloadZip } from 'client-zip';
import type { RunRecord } from '../../../src/shared/domain/run.ts';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { modelCard } from '../../../src/shared/formats/model-card.ts';
import { writeTrainerState } from '../../../src/shared/formats/trainer-state.ts';
import { FILES, ModelFolders, type ModelChain } from '../../../src/shared/models/model-folder.ts';
import { getCheckpoint, type NewFile } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { getRun, listSteps } from '../../../src/shared/storage/runs.ts';
import { companionFiles, wholeModelFiles, type ModelContext } from './whole-model.ts';

export type ModelLayout = 'llava' | 'peft';

interface ZipFile {
  name: string;
  input: Blob | string;
}

/** LLaVA's name is non_lora_trainables.bin; ours holds no pickle. */
const TRAINED_BESIDE_ADAPTER = 'non_lora_trainables.safetensors';

/** @throws E-MISSING, E-CHECKSUM; E-UNSUPPORTED when the model has no adapter and `peft` is asked for */
export async function exportModel(modelId: string, layout: ModelLayout, { db, fetchFile }: ModelContext): Promise<Blob> {
  const chain = await new ModelFolders({ fetchFile }, db).chainOf(modelId);
  const record = await getCheckpoint(db, modelId);
  const files = await (layout === 'llava' ? wholeModelFiles(chain) : peftFiles(chain));
  const own: ZipFile[] = files.map(({ path, blob }) => ({ name: path, input: blob }));
  const run = record?.runId ? await getRun(db, record.runId) : undefined;
  if (record && run) own.push(...(await recordFiles(db, run, record.step)));
  own.push({ name: 'README.md', input: modelCard({ modelId, layout, record, run }) });
  return downloadZip(own).blob();
}

async function peftFiles(chain: ModelChain): Promise<NewFile[]> {
  const [base] = chain;
  const folder = chain.at(-1) ?? base;
  if (!folder.paths.includes(FILES.adapter)) {
    throw new WorkbenchError('E-UNSUPPORTED', 'This model has no adapter: all its weights were trained.', {
      safe: 'The model is unchanged.',
      remedy: 'Export it whole, in the LLaVA layout.',
    });
  }
  const files = await companionFiles(folder, [FILES.adapter, FILES.adapterConfig]);
  if (folder.paths.includes(FILES.weights)) files.push({ path: TRAINED_BESIDE_ADAPTER, blob: await folder.read(FILES.weights) });
  return [...files, ...(await companionFiles(base, [FILES.config, FILES.tokenizer]))];
}

/** The curves up to the checkpoint, in the Trainer's form; the engine's own counters are not for others, nor the totals of later steps. */
async function recordFiles(db: Database, run: RunRecord, upTo: number): Promise<ZipFile[]> {
  const steps = (await listSteps(db, run.id)).filter(({ step }) => step <= upTo);
  const { summary, ...unfinished } = run;
  const known = summary && run.step <= upTo ? { ...unfinished, summary } : unfinished;
  return [{ name: 'trainer_state.json', input: writeTrainerState(known, steps) }];
}
