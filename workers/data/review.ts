// Looks at a drop without storing anything: what it is, which text belongs to which image, what is wrong with it. Images cost a few dozen
// bytes each and texts stay in their files, so that memory stays flat.
import type { ImportProblem } from '../../src/shared/domain/sample.ts';
import type { ImportReview } from '../../src/shared/data-api.ts';
import type { StorageStatus } from '../../src/shared/storage/quota.ts';
import { EXTRA_BYTES_PER_IMAGE } from '../../src/shared/stored-bytes.ts';
import { openAnnotationFile, unreadable, type AnnotationFile } from './annotation-file.ts';
import { FacetCounts } from './counts.ts';
import type { DropFiles } from './drop/drop-files.ts';
import { FirstPaths } from './drop/first-paths.ts';
import type { ImageFiles } from './drop/image-files.ts';
import { KeyIndex } from './drop/key-index.ts';
import { unpackText } from './drop/unpack-text.ts';
import { ImportPlan } from './import-plan.ts';
import { joinRows } from './join-rows.ts';
import { recogniseLayout, type FolderPlace } from './layout.ts';
import { isFixable } from './planned-sample.ts';
import { ProblemTally } from './problem-list.ts';
import type { TextEntry } from './source-file.ts';

/** A review with the files behind it, kept by the worker until the import. */
export interface ReviewedDrop {
  /** As the page gets it. */
  review: ImportReview;
  plan: ImportPlan;
  /** Images lie in folders, not loose. */
  hasFolders: boolean;
  /** Annotation, question and answers files with what they turned out to be. */
  texts: { entry: TextEntry; kind: AnnotationFile['kind'] }[];
}

interface ReviewContext {
  signal: AbortSignal;
  progress: (progress: { read: number; total: number }) => void;
  storage: StorageStatus;
}

/** Reviews a drop. Annotation files are read; of images only name and size are looked at. */
export async function reviewDrop(drop: DropFiles, { signal, progress, storage }: ReviewContext): Promise<ReviewedDrop> {
  const { images } = drop;
  const layout = recogniseLayout(images.folders);
  const problems = new ProblemTally();
  problems.addAll(drop.unsupported.rows);
  const chosen = withoutSecondFiles(images, layout.places, problems);
  const texts: AnnotationFile[] = [];
  const entries: TextEntry[] = [];
  for (const packed of drop.texts) {
    const entry = await readable(packed, signal, problems);
    if (!entry) continue;
    entries.push(entry);
    texts.push(await openAnnotationFile(entry, signal));
    progress({ read: texts.length, total: drop.texts.length });
  }
  const plan = new ImportPlan(images, chosen, layout.places, texts);
  const joined = await joinRows(plan, texts, signal);
  for (const text of texts) problems.addAll(text.problems.rows);
  problems.addAll(joined.problems.rows);
  const found = await settle(plan, signal, problems);
  for (const folder of layout.unknownFolders) problems.add(unknownFolder(folder));
  for (const problem of emptinessProblems(drop, plan)) problems.add(problem);

  const review: ImportReview = {
    reviewId: crypto.randomUUID(),
    suggestedName: drop.suggestedName,
    tree: found.counts.rows,
    layout: layout.sentence,
    imagesFound: images.length,
    totalBytes: found.totalBytes,
    files: texts.map(({ path, kind, rowCount }, i) => ({ path, kind, rows: rowCount, matched: joined.matched[i] ?? 0 })),
    matched: plan.length - found.withoutText.count,
    joins: joined.joins,
    textWithoutImage: joined.textWithoutImage.listed,
    imagesWithoutText: found.withoutText.listed,
    problems: problems.rows,
    ignored: drop.ignored.listed,
    totals: {
      textWithoutImage: joined.textWithoutImage.count,
      imagesWithoutText: found.withoutText.count,
      ignored: drop.ignored.count,
    },
    quota: {
      usedBytes: storage.usedBytes,
      quotaBytes: storage.quotaBytes,
      neededBytes: found.totalBytes + plan.length * EXTRA_BYTES_PER_IMAGE,
      thumbnailBytes: plan.length * EXTRA_BYTES_PER_IMAGE,
    },
  };
  const kinds = entries.map((entry, i) => ({ entry, kind: texts[i]?.kind ?? ('unknown' as const) }));
  return { review, plan, hasFolders: images.folders.some((folder) => folder !== ''), texts: kinds };
}

/** The text itself where it was compressed; null where it cannot be unpacked, which is told. */
async function readable(packed: TextEntry, signal: AbortSignal, problems: ProblemTally): Promise<TextEntry | null> {
  try {
    return await unpackText(packed, signal);
  } catch (error) {
    signal.throwIfAborted();
    problems.add(unreadable(packed.path, error));
    return null;
  }
}

/** Leaves out second files of the same path: two folders of one name were dropped together. */
function withoutSecondFiles(images: ImageFiles, places: readonly FolderPlace[], problems: ProblemTally): Uint32Array {
  const pathOf = (image: number) => `${places[images.folderOf(image)]?.path ?? ''}/${images.nameOf(image)}`;
  const index = new KeyIndex(images.length, pathOf);
  return Uint32Array.from({ length: images.length }, (_, image) => image).filter((image) => {
    const isFirst = index.first(pathOf(image)) === image;
    const reason = 'Another file of the drop has the same path; the first one is taken.';
    if (!isFirst) problems.add({ code: 'duplicate-path', path: images.pathOf(image), reason, action: 'left-out' });
    return isFirst;
  });
}

/** What the images come to once their texts are known. */
interface Settled {
  counts: FacetCounts;
  withoutText: FirstPaths;
  totalBytes: number;
}

/** Images whose texts are read together. */
const IMAGES_AT_ONCE = 250;

/** Settles the labels, in the order of the annotations so that their files are read from front to back. */
async function settle(plan: ImportPlan, signal: AbortSignal, problems: ProblemTally): Promise<Settled> {
  const settled: Settled = { counts: new FacetCounts(), withoutText: new FirstPaths(), totalBytes: 0 };
  const withText: number[] = [];
  for (let image = 0; image < plan.length; image++) {
    settled.totalBytes += plan.sizeOf(image);
    if (plan.hasText(image)) withText.push(image);
    else {
      settled.counts.add(plan.placeOf(image));
      settled.withoutText.add(plan.pathOf(image));
    }
  }
  const order = plan.inTextOrder(Uint32Array.from(withText));
  for (let start = 0; start < order.length; start += IMAGES_AT_ONCE) {
    signal.throwIfAborted();
    for (const image of await plan.load([...order.subarray(start, start + IMAGES_AT_ONCE)])) {
      settled.counts.add({ ...image, label: image.finalLabel });
      for (const note of image.notes) problems.add({ ...note, action: isFixable(image, note.code) ? 'fixed' : 'kept' });
    }
  }
  return settled;
}

function unknownFolder(folder: string): ImportProblem {
  return {
    code: 'unknown-folder',
    path: folder,
    reason: 'The folder is no part of the DF-R5 layout; its images come in without label.',
    action: 'kept',
  };
}

function* emptinessProblems(drop: DropFiles, plan: ImportPlan): Generator<ImportProblem> {
  const leftOut = (code: string, path: string, reason: string): ImportProblem => ({ code, path, reason, action: 'left-out' });
  if (drop.count === 0)
    return yield leftOut('empty-folder', '', 'The drop holds no files. Choose the folder that contains the domain folders.');
  if (plan.length === 0)
    return yield leftOut(
      'no-images',
      '',
      'The drop holds no PNG, JPEG, WebP or BMP images, so that nothing can be imported from it. Choose the folder that contains the domain folders. Links (symlinks) inside a folder are not shown to pages by the browser: drop the folder that they point to.',
    );
  for (let image = 0; image < plan.length; image++)
    if (plan.sizeOf(image) === 0) yield leftOut('image-empty', plan.pathOf(image), 'The file has no bytes.');
}
