// The project bundle: one zip with everything that is stored here, every file with its SHA-256 (spec/formats.md 7).
import type { EvalRecord, RunRecord } from '../../../src/shared/domain/run.ts';
import type { LeftOutPictures, WrittenFile } from '../../../src/shared/data-api.ts';
import type { DatasetRecord, SampleRecord } from '../../../src/shared/domain/sample.ts';
import { answerRow, writeQuestions } from '../../../src/shared/formats/answers-jsonl.ts';
import {
  BUNDLE_FORMAT,
  LEFT_OUT_PATH,
  MANIFEST_PATH,
  type BundleItem,
  type BundleManifest,
} from '../../../src/shared/formats/bundle-manifest.ts';
import { completionRow } from '../../../src/shared/formats/completions-jsonl.ts';
import { writeLines } from '../../../src/shared/formats/jsonl.ts';
import { writeMetrics } from '../../../src/shared/formats/metrics-json.ts';
import { reportRequest } from '../../../src/shared/formats/metrics-measured.ts';
import { writeTrainerState } from '../../../src/shared/formats/trainer-state.ts';
import { sha256Hex } from '../../../src/shared/hash.ts';
import { computeIntervals } from '../../../src/shared/metrics/interval-job.ts';
import { listCheckpoints, readCheckpointFile } from '../../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { listDatasets } from '../../../src/shared/storage/datasets.ts';
import { listAnswers, listEvals } from '../../../src/shared/storage/evals.ts';
import { listKeptAnswers, listModelsWithKeptAnswers } from '../../../src/shared/storage/kept-answers.ts';
import { getRunSamples } from '../../../src/shared/storage/run-samples.ts';
import { listCompletions, listRuns, listSteps } from '../../../src/shared/storage/runs.ts';
import { getThumbnails, listSamples } from '../../../src/shared/storage/samples.ts';
import { trainJson } from '../dataset-export.ts';
import { throttle } from '../pacing.ts';
import { readDatasetExtras } from './bundle-extras.ts';
import { PictureFiles } from './picture-files.ts';
import { zipBlob } from '../zip-blob.ts';

interface BundleContext {
  db: Database;
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
}

interface BundleFile {
  path: string;
  content: Blob;
}

const json = (value: unknown): Blob => new Blob([`${JSON.stringify(value, null, 2)}\n`]);

/**
 * Builds the bundle, one file in memory at a time. Progress counts images, evaluations, runs and checkpoint files. A picture that
 * cannot be read is left out and named; its texts and its thumbnail are there.
 * @throws E-CANCELLED; E-CHECKSUM when a stored checkpoint is damaged
 */
export async function exportBundle(options: { images: boolean; appVersion: string }, context: BundleContext): Promise<WrittenFile> {
  const items: BundleItem[] = [];
  const leftOut: LeftOutPictures = { count: 0, named: [] };
  const entries = async function* () {
    for await (const { path, content } of bundleFiles(options.images, leftOut, context)) {
      context.signal.throwIfAborted();
      items.push({ path, bytes: content.size, sha256: await sha256Hex(content) });
      yield { name: path, input: content };
    }
    const created = new Date().toISOString();
    const manifest: BundleManifest = { format: BUNDLE_FORMAT, app: options.appVersion, created, images: options.images, items };
    yield { name: MANIFEST_PATH, input: json(manifest) };
  };
  const file = await zipBlob(entries());
  return { file, leftOut };
}

/** @param leftOut grows with the pictures that cannot be read */
async function* bundleFiles(
  images: boolean,
  leftOut: LeftOutPictures,
  { db, signal, progress }: BundleContext,
): AsyncGenerator<BundleFile> {
  const [datasets, evals, runs, checkpoints] = await Promise.all([listDatasets(db), listEvals(db), listRuns(db), listCheckpoints(db)]);
  const pictures = images ? datasets.reduce((sum, { imageCount }) => sum + imageCount, 0) : 0;
  const total = pictures + evals.length + runs.length + checkpoints.reduce((sum, { files }) => sum + files.length, 0);
  const report = throttle(progress);
  let done = 0;
  const step = () => report({ done: ++done, total }, done === total);
  for (const dataset of datasets) {
    const samples = await listSamples(db, dataset.id);
    yield* datasetFiles(db, dataset, samples);
    if (images && dataset.pictures !== 'thumbnails') yield* pictureFiles(db, dataset, samples, leftOut, step);
  }
  for (const run of runs) {
    yield* runFiles(db, run);
    step();
  }
  for (const checkpoint of checkpoints) {
    const folder = `checkpoints/${checkpoint.id}`;
    for (const { path } of checkpoint.files) {
      yield { path: `${folder}/${path}`, content: await readCheckpointFile(db, checkpoint.id, path) };
      step();
    }
    yield { path: `${folder}/workbench.json`, content: json(checkpoint) };
  }
  for (const evaluation of evals) {
    yield* evalFiles(db, evaluation, signal);
    step();
  }
  for (const modelId of await listModelsWithKeptAnswers(db)) {
    yield { path: `kept-answers/${modelId}.jsonl`, content: new Blob([writeLines(await listKeptAnswers(db, modelId))]) };
  }
}

async function* datasetFiles(db: Database, dataset: DatasetRecord, samples: readonly SampleRecord[]): AsyncGenerator<BundleFile> {
  const folder = `datasets/${dataset.id}`;
  yield { path: `${folder}/dataset.json`, content: json(dataset) };
  yield { path: `${folder}/samples.jsonl`, content: new Blob([writeLines(samples)]) };
  yield { path: `${folder}/train.json`, content: new Blob([trainJson(samples)]) };
  const extras = await readDatasetExtras(db, dataset.id);
  if (extras) yield { path: `${folder}/settings.json`, content: json(extras) };
}

/** Of exactly the samples that the bundle lists: one that is deleted meanwhile is left out and named. */
async function* pictureFiles(
  db: Database,
  { id: datasetId, name }: DatasetRecord,
  samples: readonly SampleRecord[],
  leftOut: LeftOutPictures,
  step: () => void,
): AsyncGenerator<BundleFile> {
  const folder = `datasets/${datasetId}`;
  const pictures = new PictureFiles(db);
  for (const sample of samples) {
    const bytes = await pictures.read(sample);
    if (bytes) yield { path: `${folder}/images/${sample.path}`, content: new Blob([bytes]) };
    const [thumbnail] = await getThumbnails(db, [sample.id]);
    if (thumbnail) yield { path: `${folder}/thumbnails/${sample.path}`, content: thumbnail };
    step();
  }
  const { faults } = pictures;
  if (faults.length > 0) yield { path: `${folder}/${LEFT_OUT_PATH}`, content: new Blob([writeLines(faults)]) };
  leftOut.count += faults.length;
  leftOut.named.push(...pictures.leftOut.named.map(({ path, reason }) => ({ path: `${name}/${path}`, reason })));
}

async function* runFiles(db: Database, run: RunRecord): AsyncGenerator<BundleFile> {
  const folder = `runs/${run.id}`;
  const steps = await listSteps(db, run.id);
  const rows = steps.map(({ step, timestamp, metrics, phaseMs }) => ({ step, timestamp, ...metrics, workbench: { phaseMs } }));
  const completions: string[] = [];
  for (const { step } of steps) {
    const records = await listCompletions(db, run.id, step);
    completions.push(writeLines(records.map((record) => ({ ...completionRow(run, record), workbench: { record } }))));
  }
  const samples = await getRunSamples(db, run.id);
  yield { path: `${folder}/run.json`, content: json(run) };
  if (samples) yield { path: `${folder}/samples.json`, content: json(samples) };
  yield { path: `${folder}/metrics.jsonl`, content: new Blob([writeLines(rows)]) };
  yield { path: `${folder}/completions.jsonl`, content: new Blob(completions) };
  yield { path: `${folder}/trainer_state.json`, content: new Blob([writeTrainerState(run, steps)]) };
}

/** The metrics file has its intervals, as the one that the report saves: about a second of work per thousand images. */
async function* evalFiles(db: Database, evaluation: EvalRecord, signal: AbortSignal): AsyncGenerator<BundleFile> {
  const folder = `evals/${evaluation.id}`;
  const answers = await listAnswers(db, evaluation.id);
  const source = answers.some(({ pFakeHead }) => pFakeHead !== null) ? 'head' : 'token';
  yield { path: `${folder}/eval.json`, content: json(evaluation) };
  yield { path: `${folder}/questions.jsonl`, content: new Blob([writeQuestions(evaluation, answers)]) };
  const rows = answers.map((answer) => answerRow(evaluation, answer, { record: answer }));
  yield { path: `${folder}/answers.jsonl`, content: new Blob([writeLines(rows)]) };
  const request = reportRequest(evaluation, answers, source);
  const found = await computeIntervals(request, { signal, progress: () => undefined });
  const intervals = { found, images: request.samples.length };
  yield { path: `${folder}/metrics.json`, content: new Blob([writeMetrics(evaluation, answers, source, { intervals })]) };
}
