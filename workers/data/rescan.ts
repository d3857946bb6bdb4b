// A dataset against the folder it came from, looked at again: what is new, changed, moved or gone, and then the same in storage. Tags,
// notes and ratings of changed and moved images stay.
import type { ImportSummary, SampleRecord } from '../../src/shared/domain/sample.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import type { ImportReview, RescanDiff } from '../../src/shared/data-api.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { requireDataset } from '../../src/shared/storage/datasets.ts';
import { noteReplaced } from '../../src/shared/storage/replaced-pictures.ts';
import type { SampleEdit } from '../../src/shared/storage/sample-edits.ts';
import { getSamples, listSampleIds } from '../../src/shared/storage/samples.ts';
import { importDrop, type ImportContext } from './import-job.ts';
import { KeyIndex } from './drop/key-index.ts';
import { mapLimited, throttle } from './pacing.ts';
import { annotationOf } from './planned-sample.ts';
import type { PlannedImage } from './import-plan.ts';
import type { ReviewedDrop } from './review.ts';
import type { SourceFile } from './source-file.ts';

interface CompareContext {
  db: Database;
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
}

const PARALLEL_FILES = 4;
/** Images whose texts and records are read together. */
const IMAGES_AT_ONCE = 100;

/** Fixes that a re-scan takes: all, as an import does unless told otherwise. */
function allFixes({ problems }: ImportReview): string[] {
  return [...new Set(problems.flatMap(({ code, action }) => (action === 'fixed' ? [code] : [])))];
}

/** Reads every file whose size is the same, so that no change goes unseen. */
export async function compareDrop(
  { plan, review }: ReviewedDrop,
  datasetId: string,
  { db, signal, progress }: CompareContext,
): Promise<RescanDiff> {
  const fixes = new Set(allFixes(review));
  const report = throttle(progress);
  const diff: RescanDiff = { added: [], changed: [], removed: [], unchanged: 0 };
  const order = plan.inTextOrder(Uint32Array.from({ length: plan.length }, (_, image) => image));
  for (let start = 0; start < order.length; start += IMAGES_AT_ONCE) {
    const images = await plan.load([...order.subarray(start, start + IMAGES_AT_ONCE)]);
    const samples = await getSamples(
      db,
      images.map(({ path }) => `${datasetId}/${path}`),
    );
    const pairs = images.map((planned, i) => ({ planned, sample: samples[i] }));
    await mapLimited(pairs, PARALLEL_FILES, async ({ planned, sample }) => {
      signal.throwIfAborted();
      if (!sample) diff.added.push(planned.path);
      else if (await isChanged(planned, sample, fixes)) diff.changed.push(planned.path);
      else diff.unchanged++;
    });
    report({ done: start + images.length, total: plan.length });
  }
  const found = new KeyIndex(plan.length, (image) => plan.pathOf(image));
  const stored = (await listSampleIds(db, datasetId)).map((id) => id.slice(datasetId.length + 1));
  diff.removed = stored.filter((path) => found.first(path) === undefined);
  const moved = await findMoved(diff, datasetId, db, signal, (path) => plan.fileOf(found.first(path) ?? 0));
  return withMoved({ ...diff, added: diff.added.sort(), changed: diff.changed.sort() }, moved);
}

/** New files that are gone ones under another path. Of copies nobody knows which went where: they are new and gone. */
async function findMoved(
  { added, removed }: RescanDiff,
  datasetId: string,
  db: Database,
  signal: AbortSignal,
  fileOf: (path: string) => SourceFile,
): Promise<{ from: string; to: string }[]> {
  if (added.length === 0) return [];
  const gone = new Map<string, string[]>();
  const sizes = new Set<number>();
  for (let start = 0; start < removed.length; start += IMAGES_AT_ONCE) {
    const ids = removed.slice(start, start + IMAGES_AT_ONCE).map((path) => `${datasetId}/${path}`);
    for (const sample of await getSamples(db, ids)) {
      if (!sample) continue;
      sizes.add(sample.sizeBytes);
      gone.set(sample.sha256, [...(gone.get(sample.sha256) ?? []), sample.path]);
    }
  }
  const arrived = new Map<string, string[]>();
  await mapLimited(
    added.filter((path) => sizes.has(fileOf(path).size)),
    PARALLEL_FILES,
    async (path) => {
      signal.throwIfAborted();
      const sha256 = await sha256Hex(await fileOf(path).arrayBuffer());
      arrived.set(sha256, [...(arrived.get(sha256) ?? []), path]);
    },
  );
  return [...arrived].flatMap(([sha256, [to, ...copies]]) => {
    const [from, ...others] = gone.get(sha256) ?? [];
    return from !== undefined && to !== undefined && copies.length + others.length === 0 ? [{ from, to }] : [];
  });
}

function withMoved(diff: RescanDiff, moved: { from: string; to: string }[]): RescanDiff {
  if (moved.length === 0) return diff;
  const [from, to] = [new Set(moved.map((one) => one.from)), new Set(moved.map((one) => one.to))];
  return {
    ...diff,
    added: diff.added.filter((path) => !to.has(path)),
    removed: diff.removed.filter((path) => !from.has(path)),
    moved: moved.toSorted((a, b) => (a.from < b.from ? -1 : 1)),
  };
}

async function isChanged(planned: PlannedImage, sample: SampleRecord, fixes: ReadonlySet<string>): Promise<boolean> {
  const { file, annotation, finalLabel } = planned;
  if (file.size !== sample.sizeBytes || finalLabel !== sample.label) return true;
  const answer = sample.annotation?.answer ?? '';
  const found = annotation ? annotationOf(annotation, planned, fixes).answer : '';
  if (found !== answer && (annotation?.answer ?? '') !== answer) return true; // with the fixes or without them
  return (await sha256Hex(await file.arrayBuffer())) !== sample.sha256;
}

/**
 * Makes the dataset what the folder is. Nothing goes before what takes its place is stored: stopped or failed on the way, the samples
 * that were not reached are as they were.
 * @throws E-MISSING when the dataset is gone; as `importDrop` otherwise
 */
export async function applyDrop(drop: ReviewedDrop, datasetId: string, diff: RescanDiff, context: ImportContext): Promise<ImportSummary> {
  const { db } = context;
  const dataset = await requireDataset(db, datasetId);
  const moved = new Map(diff.moved?.map(({ from, to }) => [`${datasetId}/${from}`, `${datasetId}/${to}`]));
  const movedFrom = diff.moved?.map(({ from }) => from) ?? [];
  const marks = await marksOf(db, datasetId, [...diff.changed, ...movedFrom]);
  const kept = marks.map((edit) => [moved.get(edit.id) ?? edit.id, edit] as const);
  await noteReplaced(db, datasetId, diff.changed);
  const options = { reviewId: drop.review.reviewId, name: dataset.name, fixes: allFixes(drop.review) };
  const leaving = [...diff.removed, ...diff.changed, ...movedFrom];
  return (await importDrop(drop, options, context, { dataset, leaving, marks: new Map(kept) })).summary;
}

/** Tags, notes and ratings of samples that will be stored anew. */
async function marksOf(db: Database, datasetId: string, paths: readonly string[]): Promise<SampleEdit[]> {
  const marks: SampleEdit[] = [];
  for (let start = 0; start < paths.length; start += IMAGES_AT_ONCE) {
    const ids = paths.slice(start, start + IMAGES_AT_ONCE).map((path) => `${datasetId}/${path}`);
    for (const sample of await getSamples(db, ids))
      if (sample) marks.push({ id: sample.id, tags: sample.tags, note: sample.note ?? '', rating: sample.rating ?? null });
  }
  return marks;
}
