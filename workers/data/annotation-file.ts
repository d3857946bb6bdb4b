// An annotation file: a JSON array, JSONL, or an array inside a key, of any size. Bad rows are reported and the good ones kept. The
// texts stay in the file: only where each row lies is remembered.
import type { ImportProblem } from '../../src/shared/domain/sample.ts';
import { wideEncoding } from '../../src/shared/formats/json-text.ts';
import { COMMA } from '../../src/shared/formats/jsonl.ts';
import type { RecognisedFile } from '../../src/shared/data-api.ts';
import { isRecord, KNOWN_KEYS, readRow, type JoinedKind, type RowKind, type TextRow } from './annotation-rows.ts';
import { PIECE_BYTES } from './drop/file-window.ts';
import { findRows, type KindCounts } from './drop/find-rows.ts';
import { RowRanges, type RowRange } from './drop/row-ranges.ts';
import { readValues } from './drop/row-values.ts';
import { baseName, folderOf } from './paths.ts';
import { ProblemTally } from './problem-list.ts';
import type { TextEntry, TextSource } from './source-file.ts';

export interface AnnotationFile {
  path: string;
  kind: RecognisedFile['kind'];
  /** null where its rows are not joined to images. */
  rowKind: JoinedKind | null;
  /** Rows that are JSON, usable or not. */
  rowCount: number;
  rows: RowRanges;
  /** Each range is a member of an object with its key, which is the row's id. */
  keyed: boolean;
  /** The file in UTF-8. */
  text: TextSource;
  problems: ProblemTally;
}

/** Looks through a file. What cannot be read becomes a problem; thrown is only that it was stopped. */
export async function openAnnotationFile({ path, file }: TextEntry, signal: AbortSignal): Promise<AnnotationFile> {
  const problems = new ProblemTally();
  const nothing: AnnotationFile = {
    path,
    kind: 'unknown',
    rowKind: null,
    rowCount: 0,
    rows: new RowRanges(),
    keyed: false,
    text: file,
    problems,
  };
  try {
    const text = await asUtf8(file);
    const found = await findRows(path, text, signal, {
      onFault: (line, reason) => problems.add(leftOut('json-broken', line === null ? path : `${baseName(path)}#${line}`, reason)),
      onComma: (line) => problems.add({ code: 'json-comma', path: `${baseName(path)}#${line}`, reason: COMMA, action: 'kept' }),
    });
    if (!found) problems.add(leftOut('json-empty', path, 'The file is empty.'));
    if (!found) return nothing;
    const kind = commonKind(found.counts);
    const rowKind = kind === 'answer' || kind === 'unknown' ? null : kind;
    return {
      ...nothing,
      kind: FILE_KINDS[kind],
      rowKind,
      rowCount: found.ranges.length,
      rows: rowKind ? found.ranges : nothing.rows,
      keyed: found.keyed,
      text,
    };
  } catch (error) {
    signal.throwIfAborted();
    problems.add(unreadable(path, error));
    return nothing;
  }
}

/** A file that was moved, changed or locked since it was dropped. */
export function unreadable(path: string, error: unknown): ImportProblem {
  const cause = error instanceof Error ? error.message : 'unknown reason';
  return leftOut('file-unreadable', path, `The browser cannot read the file: ${cause}`);
}

/** The file itself, or a copy of one in UTF-16, which the browser keeps outside of the page's memory. */
async function asUtf8(file: TextSource): Promise<TextSource> {
  const wide = wideEncoding(new Uint8Array(await file.slice(0, 64).arrayBuffer()));
  if (!wide) return file;
  const decoder = new TextDecoder(wide);
  const parts: Blob[] = [];
  for (let start = 0; start < file.size; start += PIECE_BYTES) {
    const piece = await file.slice(start, Math.min(start + PIECE_BYTES, file.size)).arrayBuffer();
    parts.push(new Blob([decoder.decode(piece, { stream: true })]));
  }
  return new Blob([...parts, decoder.decode()]);
}

/** A row with the place of its text. */
export interface PlacedRow {
  row: TextRow;
  range: RowRange;
}

/** Rows read at once. */
const ROWS_AT_ONCE = 500;

/** The usable rows of a file, some at a time; what is wrong with others goes to the file's problems. */
export async function* readRows(file: AnnotationFile, signal: AbortSignal): AsyncGenerator<PlacedRow[]> {
  const { rows, rowKind } = file;
  if (!rowKind) return;
  const habits = new RowHabits(rowKind);
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    signal.throwIfAborted();
    const ranges = rows.from(start, ROWS_AT_ONCE);
    const values = await readValues(file, ranges, (index) => file.problems.add(foreignRow(sourceOf(file, ranges[index]?.number ?? 0))));
    yield ranges.flatMap((range, i) => {
      const row = rowOf(file, rowKind, values[i], range.number);
      if (typeof row === 'string') file.problems.add(leftOut('row-invalid', sourceOf(file, range.number), row));
      else habits.note(values[i]);
      return typeof row === 'string' ? [] : [{ row, range }];
    });
  }
  file.problems.addAll(habits.problems(file.path));
}

/** `train.json#12`: how people find a row. */
export function sourceOf({ path }: Pick<AnnotationFile, 'path'>, number: number): string {
  return `${baseName(path)}#${number}`;
}

/** Checks a value; the sentence says why it cannot be used. */
export function rowOf(file: AnnotationFile, kind: JoinedKind, value: unknown, number: number): TextRow | string {
  return readRow(kind, value, sourceOf(file, number), folderOf(file.path));
}

/** What rows of a file have in common that is worth a remark. */
class RowHabits {
  readonly #unused = new Map<string, number>();
  #backslashPaths = 0;

  constructor(private readonly kind: JoinedKind) {}

  note(value: unknown): void {
    if (!isRecord(value)) return;
    for (const key of Object.keys(value)) if (!KNOWN_KEYS[this.kind].has(key)) this.#unused.set(key, (this.#unused.get(key) ?? 0) + 1);
    if (typeof value['image'] === 'string' && value['image'].includes('\\')) this.#backslashPaths++;
  }

  *problems(path: string): Generator<ImportProblem> {
    for (const [key, count] of this.#unused)
      yield { code: 'key-unused', path, reason: `The key \`${key}\` in ${plural(count, 'row')} is not used.`, action: 'kept' };
    if (this.#backslashPaths === 0) return;
    const reason = `${plural(this.#backslashPaths, 'path')} with Windows separators; read with forward slashes.`;
    yield { code: 'windows-paths', path, reason, action: 'fixed' };
  }
}

/** The kind that most rows have. */
function commonKind(counts: KindCounts): RowKind {
  const known = (['train', 'question', 'answer', 'marks', 'metadata'] as const).filter((kind) => counts[kind] > 0);
  return known.sort((a, b) => counts[b] - counts[a])[0] ?? 'unknown';
}

const FILE_KINDS: Record<RowKind, RecognisedFile['kind']> = {
  train: 'train-json',
  question: 'question-jsonl',
  answer: 'answers-jsonl',
  marks: 'tags-jsonl',
  metadata: 'metadata-jsonl',
  unknown: 'unknown',
};

function foreignRow(path: string): ImportProblem {
  const reason = 'The row is not UTF-8 and was read as Windows-1252 (Latin-1): look whether its special characters are right.';
  return { code: 'encoding-foreign', path, reason, action: 'kept' };
}

function leftOut(code: string, path: string, reason: string): ImportProblem {
  return { code, path, reason, action: 'left-out' };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
