// Brings a model in: a LLaVA folder, a PEFT adapter, or loose tensors that replace parts of a model that is here. Torch files are
// rewritten as safetensors; nothing in them is executed (spec/model.md 7).
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { adapterReport, joinReports, overlayReport } from '../../../src/shared/formats/adapter-report.ts';
import { plainLoraConfig, readLoraScales } from '../../../src/shared/formats/peft-config.ts';
import { convertTorchFile } from '../../../src/shared/formats/torch-file.ts';
import { openZip, unpackedBytes } from '../../../src/shared/formats/zip-reader.ts';
import { FILES, ModelFolders, readJson } from '../../../src/shared/models/model-folder.ts';
import { chainTensors } from '../../../src/shared/models/model-tensors.ts';
import type { ImportEntry } from '../../../src/shared/data-api.ts';
import type { LoadReport } from '../../../src/shared/engine-api.ts';
import { encodeSafetensors, missingTensor, SafetensorsFile, type HostTensor, type TensorSource } from '../../../src/shared/safetensors.ts';
import { writeCheckpoint, type NewFile } from '../../../src/shared/storage/checkpoints.ts';
import { addJournalEntry } from '../../../src/shared/storage/journal.ts';
import { baseName, folderOf, normalisePath } from '../paths.ts';
import type { ModelContext } from './whole-model.ts';
import { splitAdapter, takeModulesToSave } from './whole-modules.ts';

interface ImportContext extends ModelContext {
  /** Throws E-QUOTA when so many bytes do not fit. */
  assertRoom?: (bytes: number) => void;
}

export interface ImportedModel {
  checkpointId: string;
  /** null for a whole model: the engine reports when it loads it. */
  report: LoadReport | null;
}

interface NewModel {
  files: NewFile[];
  parentId: string | null;
  report: LoadReport | null;
}

/** Below this a model is called tiny: 50 million parameters of 4 bytes. */
const TINY_BYTES = 200e6;
const SAFE = { safe: 'Nothing was stored.' };

/**
 * Stores a model under a new id.
 * @param entries the files of a folder, single files, or one zip of them
 * @param baseModelId what an adapter or loose tensors are for
 * @throws E-SHAPE with the load report, E-SCHEMA, E-JSON, E-MISSING, E-UNSUPPORTED; nothing is stored then
 */
export async function importModel(entries: readonly ImportEntry[], baseModelId: string, context: ImportContext): Promise<ImportedModel> {
  const folder = await filesOf(entries, context);
  const model = folder.has(FILES.adapterConfig)
    ? await readAdapter(folder, baseModelId, context)
    : await readWeights(folder, baseModelId, context);
  const sizeBytes = model.files.reduce((sum, { blob }) => sum + blob.size, 0);
  const record = await writeCheckpoint(
    context.db,
    {
      id: `imported-${crypto.randomUUID().slice(0, 8)}`,
      name: nameOf(entries),
      kind: 'imported',
      createdAt: Date.now(),
      runId: null,
      step: 0,
      parentId: model.parentId,
      resumable: false,
      metrics: {},
      tiny: sizeBytes < TINY_BYTES,
    },
    model.files,
  );
  await addJournalEntry(context.db, 'import-model', `${record.name}: ${record.files.length} files, ${sizeBytes} bytes`);
  return { checkpointId: record.id, report: model.report };
}

/** By these a folder is known as that of a model. */
const MODEL_FILES = /^(?:adapter_model|model|model-\d+-of-\d+|pytorch_model)\.(?:safetensors|bin)$/;

/**
 * The folder whose files make the model: the one nearest to the top, because that of a training holds its checkpoints as folders.
 * @returns null where no file says which
 * @throws E-UNSUPPORTED where several are as near: nobody knows which is meant
 */
function modelFolder(paths: readonly string[]): string | null {
  const folders = [...new Set(paths.filter((path) => MODEL_FILES.test(baseName(path))).map(folderOf))];
  const depthOf = (folder: string): number => (folder === '' ? 0 : folder.split('/').length);
  const depth = Math.min(...folders.map(depthOf));
  const nearest = folders.filter((folder) => depthOf(folder) === depth);
  if (nearest.length < 2) return nearest[0] ?? null;
  throw new WorkbenchError(
    'E-UNSUPPORTED',
    `The drop holds several models, in ${nearest.map((folder) => folder || 'its top').join(', ')}.`,
    {
      ...SAFE,
      remedy: 'Choose the folder of one of them.',
    },
  );
}

/** The model's files by base name. */
async function filesOf(entries: readonly ImportEntry[], { assertRoom }: ImportContext): Promise<Map<string, Blob>> {
  const [only] = entries;
  const zipped = entries.length === 1 && only?.path.toLowerCase().endsWith('.zip') ? await openZip(only.file) : null;
  assertRoom?.(zipped ? unpackedBytes(zipped) : entries.reduce((sum, { file }) => sum + file.size, 0));
  const found = zipped
    ? [...zipped].map(([path, entry]) => ({ path, read: () => entry.read() }))
    : entries.map(({ path, file }) => ({ path: normalisePath(path), read: () => Promise.resolve(file) }));
  const folder = modelFolder(found.map(({ path }) => path));
  const files = new Map<string, Blob>();
  for (const { path, read } of found) if (folder === null || folderOf(path) === folder) files.set(baseName(path), await read());
  return files;
}

/** The folder's, archive's or file's name. */
function nameOf(entries: readonly ImportEntry[]): string {
  const path = normalisePath(entries[0]?.path ?? 'model');
  return path.includes('/') ? (path.split('/')[0] ?? path) : path.replace(/\.(?:zip|safetensors|bin|pth)$/i, '');
}

async function readAdapter(folder: ReadonlyMap<string, Blob>, baseModelId: string, context: ModelContext): Promise<NewModel> {
  const written = folder.get(FILES.adapterConfig) ?? new Blob();
  const { modules, plain } = takeModulesToSave(await readJson(written, FILES.adapterConfig));
  readLoraScales(plainLoraConfig(plain)); // throws for a config that is none
  const file = await safetensorsOf(folder, FILES.adapter, ['adapter_model.bin']);
  if (!file)
    throw new WorkbenchError('E-MISSING', 'The folder has adapter_config.json, but no adapter_model.safetensors or .bin.', {
      ...SAFE,
      remedy: 'Add the file that PEFT wrote beside it.',
    });
  const base = await baseTensors(baseModelId, context);
  const { pairs: adapter, whole: modulesToSave } =
    modules.length > 0 ? await splitAdapter(file, modules, base) : { pairs: file, whole: new Map() };
  const config = modules.length > 0 ? new Blob([JSON.stringify(plain)]) : written;
  const report = adapterReport(await SafetensorsFile.open(adapter), base);
  const beside = await trainedBeside(folder, base, modulesToSave);
  const whole = beside ? joinReports(report, beside.report) : report;
  assertFits(whole);
  const files = [
    { path: FILES.adapter, blob: adapter },
    { path: FILES.adapterConfig, blob: config },
  ];
  return { files: beside ? [...files, beside.file] : files, parentId: baseModelId, report: whole };
}

/** A whole model where there is a config, else tensors for the base. */
async function readWeights(folder: ReadonlyMap<string, Blob>, baseModelId: string, context: ModelContext): Promise<NewModel> {
  const config = folder.get(FILES.config);
  if (config && (folder.has(FILES.weights) || folder.has(FILES.shardIndex) || folder.has('pytorch_model.bin')))
    return readWhole(folder, config);
  const loose = await trainedBeside(folder, await baseTensors(baseModelId, context));
  if (!loose) {
    throw new WorkbenchError(
      'E-SCHEMA',
      'These files are no model: neither config.json with weights, nor an adapter, nor a file of tensors.',
      {
        ...SAFE,
        remedy: 'Choose a LLaVA or PEFT folder, its zip, or a .safetensors or .bin file.',
      },
    );
  }
  assertFits(loose.report);
  return { files: [loose.file], parentId: baseModelId, report: loose.report };
}

async function readWhole(folder: ReadonlyMap<string, Blob>, config: Blob): Promise<NewModel> {
  await readJson(config, FILES.config);
  if (!folder.has(FILES.tokenizer)) {
    throw new WorkbenchError('E-MISSING', 'The model folder has no tokenizer.json.', {
      ...SAFE,
      remedy: 'Make one from tokenizer.model: AutoTokenizer.from_pretrained(folder, use_fast=True).save_pretrained(folder).',
    });
  }
  const files: NewFile[] = [];
  const weights = await safetensorsOf(folder, FILES.weights, ['pytorch_model.bin']);
  if (weights) files.push({ path: FILES.weights, blob: weights });
  for (const [path, blob] of folder) {
    const isShard = !weights && (path === FILES.shardIndex || /^model-\d+-of-\d+\.safetensors$/.test(path));
    if (isShard || [FILES.config, FILES.tokenizer, FILES.clipConfig, FILES.clipTokenizer].some((one) => one === path))
      files.push({ path, blob });
  }
  for (const { path, blob } of files) if (path.endsWith('.safetensors')) await SafetensorsFile.open(blob); // throws for a damaged one
  return { files, parentId: null, report: null };
}

/** The safetensors file, or a torch file rewritten. */
async function safetensorsOf(folder: ReadonlyMap<string, Blob>, path: string, torchPaths: readonly string[]): Promise<Blob | null> {
  const own = folder.get(path);
  if (own) return own;
  const torch = torchPaths.map((one) => folder.get(one)).find((blob) => blob);
  return torch ? convertTorchFile(torch) : null;
}

const LOOSE = /\.(?:safetensors|bin|pth|pt)$/i;
/** What a trainer stores beside the weights to go on from. */
const NOT_LOOSE = /^(?:adapter_model|training_args|optimizer|scheduler|scaler|rng_state|random_states|model-\d+-of)/;

/**
 * Tensors outside the adapter: non_lora_trainables, mm_projector, or any loose file. Names lose PEFT's prefix.
 * @param known tensors that are there already; one of a loose file takes the place of its namesake
 */
async function trainedBeside(
  folder: ReadonlyMap<string, Blob>,
  base: TensorSource,
  known: ReadonlyMap<string, HostTensor> = new Map(),
): Promise<{ file: NewFile; report: LoadReport } | null> {
  const loose = [...folder].filter(([path]) => LOOSE.test(path) && !NOT_LOOSE.test(path));
  if (loose.length === 0 && known.size === 0) return null;
  const tensors = new Map(known);
  for (const [path, blob] of loose) {
    const source = await SafetensorsFile.open(path.endsWith('.safetensors') ? blob : await convertTorchFile(blob));
    for (const name of source.names()) tensors.set(plainName(name, base), await source.read(name));
  }
  const report = overlayReport(sourceOf(tensors), base);
  for (const name of report.unexpected) tensors.delete(name);
  return { file: { path: FILES.weights, blob: new Blob(encodeSafetensors(tensors)) }, report };
}

/** `base_model.model.model.x` and `x` are both written for `model.x`. */
function plainName(name: string, base: TensorSource): string {
  const candidates = [name, name.replace(/^base_model\.model\./, ''), name.replace(/^(?:base_model\.)?(?:model\.)?/, 'model.')];
  return candidates.find((one) => base.shapeOf(one) !== undefined) ?? name;
}

function sourceOf(tensors: ReadonlyMap<string, HostTensor>): TensorSource {
  const read = async (name: string): Promise<HostTensor> => {
    const tensor = tensors.get(name);
    if (tensor) return tensor;
    throw missingTensor('The drop', name);
  };
  return { names: () => [...tensors.keys()], shapeOf: (name) => tensors.get(name)?.shape, read };
}

async function baseTensors(modelId: string, { db, fetchFile }: ModelContext): Promise<TensorSource> {
  return chainTensors(await new ModelFolders({ fetchFile }, db).chainOf(modelId));
}

function assertFits(report: LoadReport): void {
  const { matched, missing, shapeClashes } = report;
  if (matched > 0 && missing.length === 0 && shapeClashes.length === 0) return;
  const [clash] = shapeClashes;
  const reason = clash
    ? `${clash.name} has shape [${clash.got.join(', ')}]; the base model needs [${clash.expected.join(', ')}]`
    : ((missing[0] && `${missing[0]} is missing`) ?? 'none of its tensors belongs to the base model');
  throw new WorkbenchError('E-SHAPE', `The tensors do not fit the base model: ${reason}.`, {
    ...SAFE,
    remedy: 'Choose the base model that they were trained for.',
    details: { report },
  });
}
