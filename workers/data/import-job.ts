// Stores a reviewed drop, a few images at a time, so that memory stays flat. Stopping keeps what is whole; dropping the same
// folder again under the same name goes on where it stopped.
import type { DatasetRecord, ImportProblem, ImportSummary, PicturePlace } from '../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import type { ImportOptions, ImportProgress, ImportReview } from '../../src/shared/data-api.ts';
import { RandomStream } from '../../src/shared/random.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { listDatasets } from '../../src/shared/storage/datasets.ts';
import { addJournalEntry } from '../../src/shared/storage/journal.ts';
import { applyEdit, type SampleEdit } from '../../src/shared/storage/sample-edits.ts';
import type { NewSample } from '../../src/shared/storage/samples.ts';
import { DatasetWriter, emptyDataset } from './dataset-writer.ts';
import { mapLimited, throttle, type PauseGate } from './pacing.ts';
import { REMARK_WORDS, type PictureRemark, type ReadPicture } from './picture.ts';
import { unreadable } from './annotation-file.ts';
import type { ImportPlan, PlannedImage } from './import-plan.ts';
import { isFixCode, sampleOf } from './planned-sample.ts';
import { ProblemTally } from './problem-list.ts';
import type { ReviewedDrop } from './review.ts';

/** Images per transaction: large enough that commits cost little, small enough that a stop loses little. */
const BATCH_SIZE = 32;
/** Decoded images in memory at once. */
const PARALLEL_IMAGES = 4;

export interface ImportContext {
  db: Database;
  readPicture: ReadPicture;
  pause: PauseGate;
  signal: AbortSignal;
  progress: (progress: ImportProgress) => void;
}

type Outcome =
  | { kind: 'new'; sample: NewSample; remarks: readonly PictureRemark[] }
  | { kind: 'stored' }
  | { kind: 'failed'; problem: ImportProblem | null }
  | { kind: 'not-reached' };

interface Tally {
  imported: number;
  skipped: number;
  failed: number;
  problems: ProblemTally;
}

/** An existing dataset that becomes what a drop is. */
export interface Renewal {
  dataset: DatasetRecord;
  /** Paths of its samples that are stored anew where the drop has them, and otherwise go once all else is stored. */
  leaving: readonly string[];
  /** Tags, notes and ratings by the id of the sample that takes them. */
  marks: ReadonlyMap<string, SampleEdit>;
}

/**
 * Runs the import.
 * @param into the dataset that takes it; otherwise the unfinished one of this name, or a new one
 * @returns the dataset and exact counts; a stopped import returns too, with what it stored
 * @throws E-SCHEMA when there is nothing to import; E-QUOTA or E-STORAGE, after which the dataset is `partial`
 */
export async function importDrop(
  drop: ReviewedDrop,
  options: ImportOptions,
  context: ImportContext,
  into?: Renewal,
): Promise<{ datasetId: string; summary: ImportSummary }> {
  const { plan } = drop;
  if (plan.length === 0) {
    throw new WorkbenchError('E-SCHEMA', 'There are no images to import.', {
      safe: 'Nothing was stored.',
      remedy: 'Choose the folder that contains the domain folders.',
    });
  }
  const startedMs = performance.now();
  const images = plan.inTextOrder(sampleOfDrop(plan.length, options.sampleSize));
  const target = into?.dataset ?? (await chooseDataset(context.db, drop, options));
  const writer = await DatasetWriter.open(context.db, target, into?.leaving);
  const tally: Tally = { imported: 0, skipped: 0, failed: 0, problems: new ProblemTally() };
  try {
    const keeping = { fixes: new Set(options.fixes), pictures: target.pictures ?? ('copied' as const), marks: into?.marks };
    await storeImages(plan, images, keeping, writer, tally, context);
  } catch (error) {
    await writer.abandon().catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
  if (images.length < plan.length) tally.problems.add(notInSample(plan.length - images.length, images.length));
  const summary = summarise(drop.review, images.length, options, tally, performance.now() - startedMs);
  await writer.close(context.signal.aborted ? 'partial' : 'ready', summary);
  const { imported, skipped, failed } = tally;
  await addJournalEntry(context.db, 'import', `${options.name}: ${imported} imported, ${skipped} skipped, ${failed} failed`);
  return { datasetId: writer.id, summary };
}

/** Seed of the sample; the same folder gives the same images. */
const SAMPLE_SEED = '42/import-sample';

/** The numbers of all images, or of a seeded sample of them, in their order. */
function sampleOfDrop(count: number, size?: number): Uint32Array<ArrayBuffer> {
  const all = Uint32Array.from({ length: count }, (_, image) => image);
  if (size === undefined || size >= count) return all;
  const chosen = RandomStream.fromText(SAMPLE_SEED)
    .shuffle([...all])
    .slice(0, size);
  return Uint32Array.from(chosen).sort();
}

function notInSample(left: number, taken: number): ImportProblem {
  return {
    code: 'not-in-sample',
    path: '',
    reason: `${left} images were left out: a seeded sample of ${taken} was imported.`,
    action: 'left-out',
  };
}

/** The unfinished dataset of this name, or a new one. */
async function chooseDataset(db: Database, drop: ReviewedDrop, { name, pictures }: ImportOptions): Promise<DatasetRecord> {
  const datasets = await listDatasets(db);
  const unfinished = datasets.find(
    (dataset) => dataset.name === name && dataset.state !== 'ready' && dataset.source !== 'demo' && dataset.pictures === pictures,
  );
  const source = drop.hasFolders ? 'folder' : 'files';
  const fresh = emptyDataset({ id: `ds-${crypto.randomUUID().slice(0, 13)}`, name, source, synthetic: false });
  return unfinished ?? { ...fresh, ...(pictures && { pictures }) };
}

/** How files become samples. */
interface Keeping {
  fixes: ReadonlySet<string>;
  /** Where the pictures stay: `copied` stores them, not only their thumbnails. */
  pictures: 'copied' | PicturePlace;
  marks: Renewal['marks'] | undefined;
}

/** A file's path in the folder whose handle is remembered: the drop's path without the folder's own name. */
function pathInFolder(source: string): string {
  const at = source.indexOf('/');
  return at < 0 ? source : source.slice(at + 1);
}

async function storeImages(
  plan: ImportPlan,
  images: Uint32Array,
  keeping: Keeping,
  writer: DatasetWriter,
  tally: Tally,
  context: ImportContext,
): Promise<void> {
  const report = throttle(context.progress);
  const total = images.length;
  let done = 0;
  const send = (isLast: boolean) => report({ done, total, phase: 'read', imported: tally.imported, failed: tally.failed }, isLast);
  const handle = async (planned: PlannedImage): Promise<Outcome> => {
    await context.pause.wait(context.signal);
    if (context.signal.aborted) return { kind: 'not-reached' };
    const outcome = await prepare(planned, writer, keeping, context.readPicture);
    done++;
    send(false);
    return outcome;
  };

  // The next images are read while the last ones are written; a failed write ends the job at the next turn.
  let writing = Promise.resolve();
  for (let start = 0; start < total; start += BATCH_SIZE) {
    const batch = await plan.load([...images.subarray(start, start + BATCH_SIZE)]);
    const outcomes = await mapLimited(batch, PARALLEL_IMAGES, handle);
    await writing;
    writing = store(outcomes, writer, tally);
    writing.catch(() => undefined); // thrown by the await above or below
  }
  await writing;
  if (done < total) tally.problems.add(notReached(total - done));
  send(true);
}

function notReached(count: number): ImportProblem {
  const reason = `${count} images were not read because the import was stopped.`;
  return { code: 'import-stopped', path: '', reason, action: 'left-out' };
}

/** Reads, hashes and decodes one file. A bad file becomes a problem; only faults that are not the file's are thrown. */
async function prepare(
  planned: PlannedImage,
  writer: DatasetWriter,
  { fixes, pictures, marks }: Keeping,
  readPicture: ReadPicture,
): Promise<Outcome> {
  const { file, path } = planned;
  const failed = (code: string, reason: string): Outcome => ({ kind: 'failed', problem: { code, path, reason, action: 'left-out' } });
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    return { kind: 'failed', problem: unreadable(path, error) };
  }
  if (file.size === 0 && bytes.byteLength === 0) return { kind: 'failed', problem: null }; // the review told it
  const sha256 = await sha256Hex(bytes);
  if (writer.storedHash(path) === sha256) return { kind: 'stored' };
  try {
    const { thumbnail, remarks: seen = [], ...picture } = await readPicture(bytes);
    const stored = pictures === 'copied';
    const remarks: PictureRemark[] = [...seen, ...(pictures === 'linked' && !file.isInFolder ? ['image-not-linkable' as const] : [])];
    const found = sampleOf(writer.id, planned, { ...picture, sizeBytes: bytes.byteLength, sha256 }, fixes);
    const known = applyEdit(found, marks?.get(found.id) ?? { id: found.id });
    const sample = { ...known, problems: [...known.problems, ...remarks] };
    const image = stored ? new Blob([bytes], { type: `image/${picture.format}` }) : null;
    const place = stored ? {} : { linkedPath: pathInFolder(planned.source) };
    return { kind: 'new', sample: { sample: { ...sample, ...place }, image, thumbnail }, remarks };
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'E-IMAGE') throw error;
    const fault = error.details?.['fault'];
    return failed(typeof fault === 'string' ? fault : 'image-undecodable', error.message);
  }
}

async function store(outcomes: readonly Outcome[], writer: DatasetWriter, tally: Tally): Promise<void> {
  await writer.write(outcomes.flatMap((outcome) => (outcome.kind === 'new' ? [outcome.sample] : [])));
  for (const outcome of outcomes) count(outcome, tally);
}

function count(outcome: Outcome, tally: Tally): void {
  if (outcome.kind === 'new') {
    tally.imported++;
    const { path } = outcome.sample.sample;
    for (const code of outcome.remarks) tally.problems.add({ code, path, reason: REMARK_WORDS[code], action: 'kept' });
  } else if (outcome.kind === 'failed') {
    tally.failed++;
    if (outcome.problem) tally.problems.add(outcome.problem);
  } else tally.skipped++;
}

/**
 * `duplicate-path` files were seen but never planned: they count as skipped, so that the sum is all image files seen.
 * @param taken images of the plan that were to be imported
 */
function summarise(review: ImportReview, taken: number, { fixes }: ImportOptions, tally: Tally, elapsedMs: number): ImportSummary {
  const accepted = new Set(fixes);
  const { problems } = tally;
  for (const problem of review.problems) {
    const isRefused = problem.action === 'fixed' && isFixCode(problem.code) && !accepted.has(problem.code);
    problems.add(isRefused ? { ...problem, action: 'kept' } : problem);
  }
  return {
    imported: tally.imported,
    skipped: tally.skipped + review.imagesFound - taken,
    failed: tally.failed,
    matchedAnnotations: review.matched,
    textWithoutImage: review.totals?.textWithoutImage ?? review.textWithoutImage.length,
    imagesWithoutText: review.totals?.imagesWithoutText ?? review.imagesWithoutText.length,
    problems: problems.rows,
    elapsedMs,
  };
}
