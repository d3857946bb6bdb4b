// A dataset against the folder it came from, looked at again: what is new, changed or gone, and then the same in storage. Tags and
// notes of changed images stay.
import type { DatasetRecord, ImportSummary, SampleRecord } from '../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import type { RescanDiff } from '../../src/shared/protocol.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getDataset } from '../../src/shared/storage/datasets.ts';
import { noteReplaced } from '../../src/shared/storage/replaced-pictures.ts';
import { editSamples, type SampleEdit } from '../../src/shared/storage/sample-edits.ts';
import { deleteSamplesById, listSamples } from '../../src/shared/storage/samples.ts';
import { importDrop, type ImportContext } from './import-job.ts';
import { mapLimited, throttle } from './pacing.ts';
import { annotationOf } from './planned-sample.ts';
import type { PlannedImage, ReviewedDrop } from './review.ts';

interface CompareContext {
  db: Database;
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
}

const PARALLEL_FILES = 4;

/** Fixes that a re-scan takes: all, as an import does unless told otherwise. */
function allFixes({ review }: ReviewedDrop): string[] {
  return [...new Set(review.problems.flatMap(({ code, action }) => (action === 'fixed' ? [code] : [])))];
}

/** Reads every file whose size is the same, so that no change goes unseen. */
export async function compareDrop(drop: ReviewedDrop, datasetId: string, { db, signal, progress }: CompareContext): Promise<RescanDiff> {
  const stored = new Map((await listSamples(db, datasetId)).map((sample) => [sample.path, sample]));
  const fixes = new Set(allFixes(drop));
  const report = throttle(progress);
  const diff: RescanDiff = { added: [], changed: [], removed: [], unchanged: 0 };
  let done = 0;
  await mapLimited(drop.images, PARALLEL_FILES, async (planned) => {
    signal.throwIfAborted();
    const sample = stored.get(planned.path);
    if (!sample) diff.added.push(planned.path);
    else if (await isChanged(planned, sample, fixes)) diff.changed.push(planned.path);
    else diff.unchanged++;
    done++;
    report({ done, total: drop.images.length });
  });
  const found = new Set(drop.images.map(({ path }) => path));
  diff.removed = [...stored.keys()].filter((path) => !found.has(path));
  return { ...diff, added: diff.added.sort(), changed: diff.changed.sort() };
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
 * Makes the dataset what the folder is.
 * @throws E-MISSING when the dataset is gone; as `importDrop` otherwise
 */
export async function applyDrop(drop: ReviewedDrop, datasetId: string, diff: RescanDiff, context: ImportContext): Promise<ImportSummary> {
  const { db } = context;
  const dataset = await getDataset(db, datasetId);
  if (!dataset) throw new WorkbenchError('E-MISSING', `This browser holds no dataset "${datasetId}".`);
  const changed = new Set(diff.changed);
  const kept = (await listSamples(db, datasetId)).flatMap((sample): SampleEdit[] =>
    changed.has(sample.path) ? [{ id: sample.id, tags: sample.tags, note: sample.note ?? '' }] : [],
  );
  await noteReplaced(db, datasetId, diff.changed);
  const gone = [...diff.removed, ...diff.changed].map((path) => `${datasetId}/${path}`);
  await deleteSamplesById(db, datasetId, gone);
  const options = { reviewId: drop.review.reviewId, name: dataset.name, fixes: allFixes(drop) };
  const { summary } = await importDrop(drop, options, context, dataset satisfies DatasetRecord);
  await editSamples(db, datasetId, kept);
  return summary;
}
