// A whole annotation file: a JSON array, JSONL, or an array inside a key. Bad rows are reported and the good ones kept.
import type { ImportProblem } from '../../src/shared/domain/sample.ts';
import type { RecognisedFile } from '../../src/shared/protocol.ts';
import type { JoinedKind, RowKind, TextRow } from './annotation-rows.ts';
import { isRecord, kindOfRow, KNOWN_KEYS, readRow } from './annotation-rows.ts';
import { parseJson } from '../../src/shared/formats/json-text.ts';
import { baseName } from './paths.ts';

export interface AnnotationFile {
  path: string;
  kind: RecognisedFile['kind'];
  /** Rows seen, good or bad. */
  rowCount: number;
  rows: TextRow[];
  problems: ImportProblem[];
}

/** A value with the number by which people find it: index in an array, line in JSONL. */
interface NumberedValue {
  number: number;
  value: unknown;
}

interface FileValues {
  values: NumberedValue[];
  problems: ImportProblem[];
}

/** Reads a file's text. Never throws: what cannot be read becomes a problem. */
export function readAnnotationFile(path: string, text: string): AnnotationFile {
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '')
    return { path, kind: 'unknown', rowCount: 0, rows: [], problems: [leftOut('json-empty', path, 'The file is empty.')] };
  const { values, problems } = isLines(path, content) ? readLines(path, content) : readDocument(path, content);
  const kind = commonKind(values);
  const file: AnnotationFile = { path, kind: fileKind(kind), rowCount: values.length, rows: [], problems };
  if (kind === 'train' || kind === 'question' || kind === 'marks') addRows(file, values, kind, content.includes('\\\\'));
  return file;
}

function addRows(file: AnnotationFile, values: readonly NumberedValue[], kind: JoinedKind, mayHaveBackslashes: boolean): void {
  const unused = new Map<string, number>();
  let backslashPaths = 0;
  for (const { number, value } of values) {
    const source = `${baseName(file.path)}#${number}`;
    const row = readRow(kind, value, source);
    if (typeof row === 'string') {
      file.problems.push(leftOut('row-invalid', source, row));
      continue;
    }
    file.rows.push(row);
    if (!isRecord(value)) continue;
    for (const key of Object.keys(value)) if (!KNOWN_KEYS[kind].has(key)) unused.set(key, (unused.get(key) ?? 0) + 1);
    if (mayHaveBackslashes && typeof value['image'] === 'string' && value['image'].includes('\\')) backslashPaths++;
  }
  for (const [key, count] of unused) {
    file.problems.push({
      code: 'key-unused',
      path: file.path,
      reason: `The key \`${key}\` in ${plural(count, 'row')} is not used.`,
      action: 'kept',
    });
  }
  if (backslashPaths > 0) {
    const reason = `${plural(backslashPaths, 'path')} with Windows separators; read with forward slashes.`;
    file.problems.push({ code: 'windows-paths', path: file.path, reason, action: 'fixed' });
  }
}

/** JSONL by its name, or by a first line that is a whole object while the text goes on. */
function isLines(path: string, content: string): boolean {
  if (/\.(jsonl|ndjson)$/i.test(path)) return !content.trimStart().startsWith('[');
  const lines = content.trim().split('\n', 2);
  return lines.length === 2 && (lines[0] ?? '').startsWith('{') && parseJson(lines[0] ?? '').ok;
}

function readLines(path: string, content: string): FileValues {
  const values: NumberedValue[] = [];
  const problems: ImportProblem[] = [];
  content.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const parsed = parseJson(line, index + 1);
    if (parsed.ok) values.push({ number: index + 1, value: parsed.value });
    else problems.push(leftOut('json-broken', `${baseName(path)}#${index + 1}`, parsed.reason));
  });
  return { values, problems };
}

function readDocument(path: string, content: string): FileValues {
  const parsed = parseJson(content);
  if (!parsed.ok) return { values: [], problems: [leftOut('json-broken', path, parsed.reason)] };
  const rows = rowsIn(parsed.value);
  return { values: rows.map((value, number) => ({ number, value })), problems: [] };
}

/** The array itself, the rows of all arrays inside keys, a single row, or rows by their id. */
function rowsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isRecord(value)) return [];
  if (kindOfRow(value) !== 'unknown') return [value];
  const inner = Object.values(value);
  const lists = inner.filter((list) => Array.isArray(list) && list.some((row) => kindOfRow(row) !== 'unknown'));
  if (lists.length > 0) return lists.flat();
  if (!inner.some((row) => kindOfRow(row) !== 'unknown')) return [];
  return Object.entries(value).map(([id, row]) => (isRecord(row) ? { id, ...row } : row));
}

/** The kind that most rows have. */
function commonKind(values: readonly NumberedValue[]): RowKind {
  const counts: Record<RowKind, number> = { train: 0, question: 0, marks: 0, answer: 0, unknown: 0 };
  for (const { value } of values) counts[kindOfRow(value)]++;
  const known = (['train', 'question', 'answer', 'marks'] as const).filter((kind) => counts[kind] > 0);
  return known.sort((a, b) => counts[b] - counts[a])[0] ?? 'unknown';
}

function fileKind(kind: RowKind): RecognisedFile['kind'] {
  const names = {
    train: 'train-json',
    question: 'question-jsonl',
    answer: 'answers-jsonl',
    marks: 'tags-jsonl',
    unknown: 'unknown',
  } as const;
  return names[kind];
}

function leftOut(code: string, path: string, reason: string): ImportProblem {
  return { code, path, reason, action: 'left-out' };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
