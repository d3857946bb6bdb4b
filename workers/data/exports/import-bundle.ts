// Brings a project bundle in: checked whole first, then stored; a fault on the way takes back what it had added. Records that are
// here already are never touched.
import type { AnswerRecord } from '../../../src/shared/domain/answer.ts';
import type { EvalRecord, RunRecord, StepRecord } from '../../../src/shared/domain/run.ts';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { DAMAGED_BUNDLE } from '../../../src/shared/formats/bundle-manifest.ts';
import { isRecord } from '../../../src/shared/formats/jsonl.ts';
import { checkRecord } from '../../../src/shared/formats/records/check-record.ts';
import { ANSWER_SCHEMA, EVAL_SCHEMA } from '../../../src/shared/formats/records/eval-schemas.ts';
import { CHECKPOINT_SCHEMA, COMPLETION_SCHEMA, RUN_SCHEMA } from '../../../src/shared/formats/records/run-schemas.ts';
import type { BundleSummary } from '../../../src/shared/data-api.ts';
import { deleteCheckpoint, getCheckpoint, writeCheckpoint } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { queue, transact } from '../../../src/shared/storage/database.ts';
import { deleteEval, getEval, putAnswers, putEval } from '../../../src/shared/storage/evals.ts';
import { addJournalEntry } from '../../../src/shared/storage/journal.ts';
import { deleteKeptAnswers, isKeptAnswerOf } from '../../../src/shared/storage/kept-answers.ts';
import { fixRunSamples, RUN_SAMPLES_SCHEMA } from '../../../src/shared/storage/run-samples.ts';
import { deleteRun, getRun, putRun } from '../../../src/shared/storage/runs.ts';
import { throttle } from '../pacing.ts';
import { datasetPart } from './bundle-dataset.ts';
import { keepNewAnswers } from './bundle-extras.ts';
import { assertOwn, batchesOf, type BundlePart, copyOf, optionalJson, recordsOf, whole } from './bundle-part.ts';
import { Bundle } from './open-bundle.ts';

interface BundleContext {
  db: Database;
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
  /** Throws E-QUOTA when so many bytes do not fit. */
  assertRoom?: (bytes: number) => void;
}

/**
 * Stores what a bundle holds.
 * @throws what `Bundle.open` throws; E-SCHEMA for a record of another form; E-QUOTA, E-STORAGE, E-CANCELLED. After any of them
 *   nothing is changed.
 */
export async function importBundle(file: Blob, { db, signal, progress, assertRoom }: BundleContext): Promise<BundleSummary> {
  const report = throttle(progress);
  const bundle = await Bundle.open(file, { signal, assertRoom, onChecked: (done, total) => report({ done, total: 2 * total }) });
  const summary: BundleSummary = {
    added: { datasets: [], evals: [], runs: [], checkpoints: [] },
    alreadyHere: [],
    withoutImages: [],
    picturesLeftOut: 0,
    unknown: [...bundle.paths.filter((path) => !isKnown(path)), ...bundle.unlisted],
  };
  const parts: BundlePart[] = [];
  for (const part of await partsOf(bundle, db, summary)) {
    await part.check();
    if (await part.exists()) summary.alreadyHere.push(part.id);
    else parts.push(part);
  }
  const started: BundlePart[] = [];
  try {
    for (const part of parts) {
      signal.throwIfAborted();
      started.push(part);
      await part.store();
      if (part.list) summary.added[part.list].push(part.id);
      summary.picturesLeftOut += part.picturesLeftOut ?? 0;
      report({ done: parts.length + started.length, total: 2 * parts.length }, true);
    }
  } catch (error) {
    // The first failure is the one to tell; what cannot be taken back now is marked incomplete and goes at the next start.
    for (const part of started.toReversed()) await part.remove().catch(() => undefined);
    throw error;
  }
  const count = Object.values(summary.added).reduce((sum, ids) => sum + ids.length, 0);
  await addJournalEntry(db, 'import-bundle', `${count} added, ${summary.alreadyHere.length} here already`);
  return summary;
}

const KNOWN = [
  /^datasets\/[^/]+\/(?:dataset\.json|samples\.jsonl|train\.json|settings\.json|left-out\.jsonl|images\/.+|thumbnails\/.+)$/,
  /^runs\/[^/]+\/(?:run\.json|samples\.json|metrics\.jsonl|completions\.jsonl|trainer_state\.json)$/,
  /^checkpoints\/[^/]+\/.+$/,
  /^kept-answers\/[^/]+\.jsonl$/,
  /^evals\/[^/]+\/(?:eval\.json|questions\.jsonl|answers\.jsonl|metrics\.json)$/,
];
const isKnown = (path: string): boolean => KNOWN.some((pattern) => pattern.test(path));

/** Folders of one kind that hold the file by which the kind is known. */
function foldersWith(bundle: Bundle, kind: string, file: string): string[] {
  return bundle.paths
    .filter((path) => path.startsWith(`${kind}/`) && path.split('/').length === 3 && path.endsWith(`/${file}`))
    .map((path) => path.slice(0, -file.length - 1));
}

async function partsOf(bundle: Bundle, db: Database, summary: BundleSummary): Promise<BundlePart[]> {
  const parts: BundlePart[] = [];
  for (const folder of foldersWith(bundle, 'datasets', 'dataset.json')) {
    const part = await datasetPart(bundle, db, folder);
    if (part) parts.push(part);
    else summary.withoutImages.push(folder.slice('datasets/'.length));
  }
  for (const folder of foldersWith(bundle, 'checkpoints', 'workbench.json')) parts.push(await checkpointPart(bundle, db, folder));
  for (const folder of foldersWith(bundle, 'runs', 'run.json')) parts.push(await runPart(bundle, db, folder));
  for (const folder of foldersWith(bundle, 'evals', 'eval.json')) parts.push(await evalPart(bundle, db, folder));
  for (const path of bundle.paths.filter((one) => one.startsWith(KEPT_FOLDER))) parts.push(await keptAnswersPart(bundle, db, path));
  return parts;
}

/** Rows in foreign shapes carry the whole record under `workbench`. */
const carried = (row: unknown): unknown => (isRecord(row) && isRecord(row['workbench']) ? row['workbench']['record'] : undefined);

async function checkpointPart(bundle: Bundle, db: Database, folder: string): Promise<BundlePart> {
  const record = checkRecord(CHECKPOINT_SCHEMA, await bundle.json(`${folder}/workbench.json`), `${folder}/workbench.json`);
  const { complete: _, sizeBytes: _size, sha256: _hash, files, ...checkpoint } = record;
  const check = async () => {
    for (const { path } of files) if (!bundle.has(`${folder}/${path}`)) await bundle.read(`${folder}/${path}`); // throws: it is not there
  };
  const store = async () => {
    const contents = files.map(async ({ path }) => ({
      path,
      blob: await copyOf(await bundle.read(`${folder}/${path}`), 'application/octet-stream'),
    }));
    await writeCheckpoint(db, checkpoint, await Promise.all(contents));
  };
  return {
    id: record.id,
    list: 'checkpoints',
    exists: () => getCheckpoint(db, record.id),
    check,
    store,
    remove: () => deleteCheckpoint(db, record.id),
  };
}

async function evalPart(bundle: Bundle, db: Database, folder: string): Promise<BundlePart> {
  const record: EvalRecord = checkRecord(EVAL_SCHEMA, await bundle.json(`${folder}/eval.json`), `${folder}/eval.json`);
  const path = `${folder}/answers.jsonl`;
  const answers = await recordsOf(bundle, path, ANSWER_SCHEMA, carried);
  const check = async () => {
    for (const { evalId, sampleId } of answers) assertOwn(evalId === record.id, `${path}, ${sampleId}`);
  };
  const store = async () => {
    for (const batch of batchesOf(answers)) await putAnswers(db, batch);
    await putEval(db, record);
  };
  return { id: record.id, list: 'evals', exists: () => getEval(db, record.id), check, store, remove: () => deleteEval(db, record.id) };
}

async function runPart(bundle: Bundle, db: Database, folder: string): Promise<BundlePart> {
  const record: RunRecord = checkRecord(RUN_SCHEMA, await bundle.json(`${folder}/run.json`), `${folder}/run.json`);
  const steps = (await bundle.lines(`${folder}/metrics.jsonl`)).map(({ place, value }) => stepOf(record.id, value, place));
  const path = `${folder}/completions.jsonl`;
  const completions = await recordsOf(bundle, path, COMPLETION_SCHEMA, carried);
  const samples = await optionalJson(bundle, `${folder}/samples.json`, RUN_SAMPLES_SCHEMA);
  const check = async () => {
    for (const { runId, step } of completions) assertOwn(runId === record.id, `${path}, step ${step}`);
  };
  const store = async () => {
    for (const batch of batchesOf(steps)) {
      await transact(db, ['steps'], 'readwrite', async (tx) => batch.forEach((step) => queue(tx.objectStore('steps').put(step))));
    }
    for (const batch of batchesOf(completions)) {
      await transact(db, ['completions'], 'readwrite', async (tx) => batch.forEach((row) => queue(tx.objectStore('completions').put(row))));
    }
    await putRun(db, record);
    if (samples) await fixRunSamples(db, record, samples);
  };
  return { id: record.id, list: 'runs', exists: () => getRun(db, record.id), check, store, remove: () => deleteRun(db, record.id) };
}

const KEPT_FOLDER = 'kept-answers/';

/** Answers of the inspector's history to one model; those that are here already stay. */
async function keptAnswersPart(bundle: Bundle, db: Database, path: string): Promise<BundlePart> {
  const modelId = path.slice(KEPT_FOLDER.length, -'.jsonl'.length);
  const answers = await recordsOf(bundle, path, ANSWER_SCHEMA, whole);
  let added: AnswerRecord[] = [];
  return {
    id: modelId,
    list: null,
    exists: () => Promise.resolve(false),
    check: async () => {
      for (const answer of answers) assertOwn(isKeptAnswerOf(modelId, answer), `${path}, ${answer.sampleId}`);
    },
    store: async () => {
      added = await keepNewAnswers(db, answers);
    },
    remove: () => deleteKeptAnswers(db, added),
  };
}

function stepOf(runId: string, row: unknown, place: string): StepRecord {
  const { step, timestamp, workbench, ...metrics } = isRecord(row) ? row : {};
  if (typeof step !== 'number' || typeof timestamp !== 'number') {
    throw new WorkbenchError('E-SCHEMA', `${place}: a step needs the numbers \`step\` and \`timestamp\`.`, DAMAGED_BUNDLE);
  }
  const phases = isRecord(workbench) && isRecord(workbench['phaseMs']) ? workbench['phaseMs'] : {};
  return { runId, step, timestamp, metrics: numbersOf(metrics), phaseMs: numbersOf(phases) };
}

function numbersOf(record: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(Object.entries(record).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value]] : [])));
}
