// Looks at a drop without storing anything: what it is, which text belongs to which image, what is wrong with it.
import type { ImportProblem, Label } from '../../src/shared/domain/sample.ts';
import type { ImportReview, JoinRule } from '../../src/shared/protocol.ts';
import type { StorageStatus } from '../../src/shared/storage/quota.ts';
import type { AnnotationFile } from './annotation-file.ts';
import { readAnnotationFile } from './annotation-file.ts';
import type { Marks, TextRow } from './annotation-rows.ts';
import { readAnswerLabel } from './answer-label.ts';
import { ImageIndex } from './join.ts';
import { decodeText } from '../../src/shared/formats/json-text.ts';
import { countRows } from './counts.ts';
import { recogniseLayout, type PlacedPath } from './layout.ts';
import { isFixable } from './planned-sample.ts';
import type { SourceEntry, SourceFile } from './source-file.ts';
import { extensionOf, isSystemFile, normalisePath } from './paths.ts';

/** An image of the drop with everything that will be stored about it. */
export interface PlannedImage extends PlacedPath {
  file: SourceFile;
  annotation: TextRow | undefined;
  question: TextRow | undefined;
  /** Of an earlier export of this project. */
  marks?: Marks | undefined;
  /** After `binary_label`, answer and folder, in this order. */
  finalLabel: Label | null;
  /** Codes of problems that do not keep the image out. */
  problems: string[];
}

/** A review with the files behind it, kept by the worker until the import. */
export interface ReviewedDrop {
  review: ImportReview;
  images: PlannedImage[];
  /** Annotation, question and answers files with what they turned out to be. */
  texts: { entry: SourceEntry; kind: AnnotationFile['kind'] }[];
}

const IMAGE_EXTENSIONS = new Set(['png', 'jpg', 'jpeg', 'webp', 'bmp']);
/** Pictures that the model's reader does not take: they are told, not silently set aside as "no image". */
const OTHER_IMAGES = new Set(['gif', 'tif', 'tiff', 'heic', 'heif', 'avif', 'jfif', 'jxl', 'svg']);
const TEXT_EXTENSIONS = new Set(['json', 'jsonl', 'ndjson']);
/** Measured sizes of 160 px thumbnails and sample records, rounded up. */
const EXTRA_BYTES_PER_IMAGE = 12_000;

interface ReviewContext {
  signal: AbortSignal;
  progress: (progress: { read: number; total: number }) => void;
  storage: StorageStatus;
}

/** Reviews the entries of a drop. Annotation files are read; of images only name and size are looked at. */
export async function reviewEntries(entries: readonly SourceEntry[], { signal, progress, storage }: ReviewContext): Promise<ReviewedDrop> {
  const problems: ImportProblem[] = [];
  const { images: imageEntries, texts, ignored, unsupported } = sortEntries(entries);
  problems.push(...unsupported.map(unsupportedImage));
  const layout = recogniseLayout(imageEntries.map((entry) => entry.path));
  const images = planImages(imageEntries, layout.images, problems);

  const files: AnnotationFile[] = [];
  for (const entry of texts) {
    signal.throwIfAborted();
    files.push(await readText(entry));
    progress({ read: files.length, total: texts.length });
  }
  for (const file of files) problems.push(...file.problems);
  const { textWithoutImage, matchedByFile, joins } = joinRows(images, files, problems);
  for (const image of images) settleLabel(image, problems);
  problems.push(...layout.unknownFolders.map(unknownFolder), ...emptinessProblems(entries, images));

  const matched = images.filter((image) => image.annotation ?? image.question);
  const totalBytes = images.reduce((sum, image) => sum + image.file.size, 0);
  const review: ImportReview = {
    reviewId: crypto.randomUUID(),
    suggestedName: suggestName(entries),
    tree: countRows(images.map(({ domain, split, finalLabel }) => ({ domain, split, label: finalLabel }))),
    layout: layout.sentence,
    imagesFound: imageEntries.length,
    totalBytes,
    files: files.map((file) => ({ path: file.path, kind: file.kind, rows: file.rowCount, matched: matchedByFile.get(file) ?? 0 })),
    matched: matched.length,
    joins,
    textWithoutImage,
    imagesWithoutText: images.filter((image) => !image.annotation && !image.question).map((image) => image.path),
    problems,
    ignored,
    quota: {
      usedBytes: storage.usedBytes,
      quotaBytes: storage.quotaBytes,
      neededBytes: totalBytes + images.length * EXTRA_BYTES_PER_IMAGE,
      thumbnailBytes: images.length * EXTRA_BYTES_PER_IMAGE,
    },
  };
  return { review, images, texts: texts.map((entry, i) => ({ entry, kind: files[i]?.kind ?? 'unknown' })) };
}

async function readText({ path, file }: SourceEntry): Promise<AnnotationFile> {
  try {
    return readAnnotationFile(path, decodeText(await file.arrayBuffer()));
  } catch (error) {
    return { path, kind: 'unknown', rowCount: 0, rows: [], problems: [unreadable(path, error)] };
  }
}

/** A file that was moved, changed or locked since it was dropped. */
export function unreadable(path: string, error: unknown): ImportProblem {
  const cause = error instanceof Error ? error.message : 'unknown reason';
  return { code: 'file-unreadable', path, reason: `The browser cannot read the file: ${cause}`, action: 'left-out' };
}

interface SortedEntries {
  images: SourceEntry[];
  texts: SourceEntry[];
  ignored: string[];
  unsupported: string[];
}

function sortEntries(entries: readonly SourceEntry[]): SortedEntries {
  const sorted: SortedEntries = { images: [], texts: [], ignored: [], unsupported: [] };
  for (const { path: found, file } of entries) {
    const path = normalisePath(found);
    if (isSystemFile(path)) continue;
    const extension = extensionOf(path);
    if (IMAGE_EXTENSIONS.has(extension)) sorted.images.push({ path, file });
    else if (TEXT_EXTENSIONS.has(extension)) sorted.texts.push({ path, file });
    else if (OTHER_IMAGES.has(extension)) sorted.unsupported.push(path);
    else sorted.ignored.push(path);
  }
  return sorted;
}

function unsupportedImage(path: string): ImportProblem {
  const reason = `${extensionOf(path).toUpperCase()} files are not read; save the picture as PNG, JPEG, WebP or BMP.`;
  return { code: 'image-format-unsupported', path, reason, action: 'left-out' };
}

/** Drops second files of the same path: two folders of one name were dropped together. */
function planImages(entries: readonly SourceEntry[], placed: readonly PlacedPath[], problems: ImportProblem[]): PlannedImage[] {
  const images = new Map<string, PlannedImage>();
  placed.forEach((place, index) => {
    const file = entries[index]?.file;
    if (!file) return;
    if (images.has(place.path)) {
      problems.push({
        code: 'duplicate-path',
        path: place.source,
        reason: 'Another file of the drop has the same path; the first one is taken.',
        action: 'left-out',
      });
    } else {
      images.set(place.path, { ...place, file, annotation: undefined, question: undefined, finalLabel: place.label, problems: [] });
    }
  });
  return [...images.values()];
}

interface JoinedRows {
  textWithoutImage: string[];
  matchedByFile: Map<AnnotationFile, number>;
  joins: ImportReview['joins'];
}

/** Attaches every row to its image, or says why not. */
function joinRows(images: readonly PlannedImage[], files: readonly AnnotationFile[], problems: ImportProblem[]): JoinedRows {
  const byPath = new Map(images.map((image) => [image.path, image]));
  const index = new ImageIndex([...byPath.keys()]);
  const joins = { image: 0, id: 0, name: 0, extension: 0 };
  const joined: JoinedRows = { textWithoutImage: [], matchedByFile: new Map(), joins };
  const firstWithId = new Map<string, TextRow>();
  for (const file of files) {
    for (const row of file.rows) {
      const result = joinRow(row, index, byPath, firstWithId);
      if (result.orphan !== undefined) joined.textWithoutImage.push(`${row.source}: ${result.orphan}`);
      if (result.problem) problems.push(result.problem);
      if (!result.rule) continue;
      joins[result.rule]++;
      joined.matchedByFile.set(file, (joined.matchedByFile.get(file) ?? 0) + 1);
    }
  }
  return joined;
}

/** What became of a row: joined by a rule, without an image, or left out; a problem may come with any of them. */
interface RowJoin {
  rule?: JoinRule;
  orphan?: string;
  problem?: ImportProblem;
}

function joinRow(row: TextRow, index: ImageIndex, byPath: ReadonlyMap<string, PlannedImage>, firstWithId: Map<string, TextRow>): RowJoin {
  const leftOut = (code: string, reason: string): RowJoin => ({ problem: { code, path: row.source, reason, action: 'left-out' } });
  const first = row.kind === 'train' && row.id ? firstWithId.get(row.id) : undefined;
  const isRepeated = first && (row.image === undefined || row.image === first.image);
  if (isRepeated) return leftOut('duplicate-id', `The id \`${row.id}\` was used before, in ${first.source}; the first row is taken.`);
  if (row.kind === 'train' && row.id && !first) firstWithId.set(row.id, row);
  const found = index.find(row);
  const name = row.image ?? row.id;
  if (found.status === 'absent') return { orphan: name ?? 'names no image' };
  if (found.status === 'ambiguous-extension')
    return { orphan: `${name}, and ${found.count} images have this name with another extension, so that none is taken` };
  if (found.status === 'ambiguous')
    return leftOut('ambiguous-image', `${found.count} images fit \`${name}\`; write the path with its folders.`);
  const image = byPath.get(found.path);
  if (image && row.marks) image.marks ??= row.marks;
  if (row.kind === 'marks') return { rule: found.rule };
  const slot = row.kind === 'train' ? 'annotation' : 'question';
  const earlier = image?.[slot];
  if (earlier)
    return leftOut('duplicate-annotation', `\`${found.path}\` has text already, from ${earlier.source}; the first row is taken.`);
  if (image) image[slot] = row;
  if (first) {
    const reason = `The id \`${row.id}\` was used before, in ${first.source}, for another image; both rows are taken.`;
    return { rule: found.rule, problem: { code: 'duplicate-id-of-two-images', path: row.source, reason, action: 'kept' } };
  }
  if (found.rule !== 'extension') return { rule: found.rule };
  const reason = `\`${name}\` is not in the drop; \`${found.path}\`, the only image of that name, is taken.`;
  return { rule: found.rule, problem: { code: 'other-extension', path: row.source, reason, action: 'kept' } };
}

/** Compares the label sources, in the order that decides: `binary_label`, answer, folder; a question's label comes last. */
function settleLabel(image: PlannedImage, problems: ImportProblem[]): void {
  const { annotation, question, label: folder } = image;
  const answer = annotation?.answer === undefined ? null : readAnswerLabel(annotation.answer);
  const binary = annotation?.binaryLabel === undefined ? null : annotation.binaryLabel === 1 ? 'fake' : 'real';
  image.finalLabel = binary ?? answer?.label ?? folder ?? question?.label ?? null;

  const note = (code: string, reason: string, path = annotation?.source ?? image.path) => {
    image.problems.push(code);
    problems.push({ code, path, reason, action: isFixable(image, code) ? 'fixed' : 'kept' });
  };
  for (const { code, reason } of annotation?.remarks ?? []) note(code, reason);
  for (const { code, reason } of question?.remarks ?? []) note(code, reason, question?.source);
  if (answer && !answer.exact) {
    note(
      'answer-not-exact',
      'The text after `### Answer:` is not exactly `real` or `fake`; the official question builder would lose this row.',
    );
  }
  if (binary && answer?.label && answer.label !== binary)
    note('label-contradicts-answer', `\`binary_label\` says ${binary}, the answer says ${answer.label}; ${binary} is taken.`);
  const text = binary ?? answer?.label;
  if (text && folder && text !== folder)
    note('label-contradicts-folder', `The annotation says ${text}, the folder says ${folder} (${image.path}); ${text} is taken.`);
  if (question?.label && image.finalLabel && question.label !== image.finalLabel)
    note('label-contradicts-question', `The question file says ${question.label}; ${image.finalLabel} is taken.`, question.source);
}

function unknownFolder(folder: string): ImportProblem {
  return {
    code: 'unknown-folder',
    path: folder,
    reason: 'The folder is no part of the DF-R5 layout; its images come in without label.',
    action: 'kept',
  };
}

function emptinessProblems(entries: readonly SourceEntry[], images: readonly PlannedImage[]): ImportProblem[] {
  const leftOut = (code: string, path: string, reason: string): ImportProblem => ({ code, path, reason, action: 'left-out' });
  if (entries.length === 0)
    return [leftOut('empty-folder', '', 'The drop holds no files. Choose the folder that contains the domain folders.')];
  if (images.length === 0) return [leftOut('no-images', '', 'The drop holds no PNG, JPEG, WebP or BMP images.')];
  return images.filter((image) => image.file.size === 0).map((image) => leftOut('image-empty', image.path, 'The file has no bytes.'));
}

/** The one folder that holds everything, or the only file, or a plain name. */
function suggestName(entries: readonly SourceEntry[]): string {
  const tops = new Set(entries.map((entry) => normalisePath(entry.path).split('/')[0] ?? ''));
  const [top] = tops;
  return tops.size === 1 && top ? top : 'Dropped images';
}
