// Finds the rows of an annotation file of any size without holding it: lines of JSONL, elements of an array, of arrays inside keys, or
// objects by their id. What is kept of a row is where it lies.
import { decodeUtf8, hasByteOrderMark, parseJson, parsePythonJson } from '../../../src/shared/formats/json-text.ts';
import { parseLine } from '../../../src/shared/formats/jsonl.ts';
import { kindOfRow, TELLING_KEYS, type RowKind } from '../annotation-rows.ts';
import type { TextSource } from '../source-file.ts';
import { FileWindow, PIECE_BYTES } from './file-window.ts';
import { describeFault } from './json-fault.ts';
import { OUTER, ValueScanner, type DocumentRange, type FoundKey, type FoundValue, type ScanFault } from './json-values.ts';
import { RowRanges } from './row-ranges.ts';

/** A longer row is a fault: a quote is missing somewhere, or the file is something else. */
const MOST_ROW_BYTES = 2 ** 27;

export type KindCounts = Record<RowKind, number>;

/** What a file holds. */
export interface FoundRows {
  ranges: RowRanges;
  counts: KindCounts;
  /** Each range is a member of an object with its key, which is the row's id. */
  keyed: boolean;
}

/** Is told what a file has that it should not have. */
export interface RowListener {
  /** No JSON. @param line of a JSONL file; null for a whole document */
  onFault: (line: number | null, reason: string) => void;
  /** A line that is good but for a comma at its end. */
  onComma: (line: number) => void;
}

const noRows = (): FoundRows => ({
  ranges: new RowRanges(),
  counts: { train: 0, question: 0, marks: 0, metadata: 0, answer: 0, unknown: 0 },
  keyed: false,
});
const isKnown = ({ counts: { train, question, marks, metadata, answer } }: FoundRows): boolean =>
  train + question + marks + metadata + answer > 0;

/**
 * Reads a file once.
 * @param path its name tells JSONL
 * @param file UTF-8
 * @returns null for a file without content; no rows where the document is broken
 * @throws what reading the file throws
 */
export async function findRows(path: string, file: TextSource, signal: AbortSignal, listener: RowListener): Promise<FoundRows | null> {
  const head = new Uint8Array(await file.slice(0, Math.min(PIECE_BYTES, file.size)).arrayBuffer());
  const start = hasByteOrderMark(head) ? 3 : 0;
  const text = decodeUtf8(head.subarray(start)).text;
  if (file.size <= PIECE_BYTES && text.trim() === '') return null;
  if (!isLines(path, text)) return findInDocument(file, start, signal, listener);
  const lineEnd = text.includes('\r') && !text.includes('\n') ? CARRIAGE_RETURN : LINE_FEED;
  return findLines(file, start, lineEnd, signal, listener);
}

/** JSONL by its name, or by a first line that is a whole object while the text goes on. */
function isLines(path: string, head: string): boolean {
  if (/\.(jsonl|ndjson)$/i.test(path)) return !head.trimStart().startsWith('[');
  const lines = head.trim().split('\n', 2);
  return lines.length === 2 && (lines[0] ?? '').startsWith('{') && parseJson(lines[0] ?? '').ok;
}

const LINE_FEED = 0x0a;
/** Ends the lines of old systems. */
const CARRIAGE_RETURN = 0x0d;

async function findLines(
  file: TextSource,
  start: number,
  lineEnd: number,
  signal: AbortSignal,
  { onFault, onComma }: RowListener,
): Promise<FoundRows> {
  const found = noRows();
  const window = new FileWindow(file, start);
  let lineStart = start;
  let number = 0;
  const take = (end: number) => {
    number++;
    const { text } = decodeUtf8(window.slice(lineStart, end));
    if (text.trim() !== '') {
      const { result, comma } = parseLine(text, number, parseJson);
      if (result.ok && comma > 0) onComma(number);
      if (result.ok) add(found, kindOfRow(result.value), lineStart, end - comma, number);
      else if (isAnswerOfPython(text)) add(found, 'answer', lineStart, end, number);
      else onFault(number, result.reason);
    }
    lineStart = end + 1;
  };
  while (window.end < file.size) {
    signal.throwIfAborted();
    const offset = window.end;
    const piece = await window.next(lineStart);
    for (let at = piece.indexOf(lineEnd); at >= 0; at = piece.indexOf(lineEnd, at + 1)) take(offset + at);
    if (window.end - lineStart > MOST_ROW_BYTES) throw tooLong();
  }
  if (lineStart < file.size) take(file.size);
  return found;
}

/** Python writes scores that are not finite as NaN; those who read answers take them as missing. */
function isAnswerOfPython(line: string): boolean {
  const parsed = parsePythonJson(line);
  return parsed.ok && kindOfRow(parsed.value) === 'answer';
}

function tooLong(): Error {
  return new Error(`A row is longer than ${MOST_ROW_BYTES / 2 ** 20} MB.`);
}

function add({ ranges, counts }: FoundRows, kind: RowKind, start: number, end: number, number: number): void {
  counts[kind]++;
  ranges.add({ start, length: end - start, number });
}

async function findInDocument(file: TextSource, start: number, signal: AbortSignal, { onFault }: RowListener): Promise<FoundRows> {
  const document = new DocumentRows();
  const window = new FileWindow(file, start);
  while (window.end < file.size && !document.fault) {
    signal.throwIfAborted();
    const offset = window.end;
    document.take(await window.next(document.neededFrom), offset, window);
    if (window.end - document.neededFrom > MOST_ROW_BYTES) throw tooLong();
  }
  document.finish(file.size, window);
  if (!document.fault) return document.rows();
  onFault(null, await describeFault(file, start, document.fault, document.rowCount));
  return noRows();
}

/** The values of a document by the list they are in, until its end tells which of them are rows. */
class DocumentRows {
  fault: ScanFault | null = null;
  readonly #scanner = new ValueScanner();
  readonly #lists = new Map<number, FoundRows>();
  /** Of the outermost object: those that tell what it is itself. */
  readonly #keys: Record<string, boolean> = {};

  get neededFrom(): number {
    return this.#scanner.neededFrom;
  }

  take(piece: Uint8Array, offset: number, window: FileWindow): void {
    this.#scanner.push(piece, offset);
    this.#read(window);
  }

  finish(end: number, window: FileWindow): void {
    this.#scanner.finish(end);
    this.#read(window);
  }

  /** Rows of the list that is being read. */
  get rowCount(): number {
    return [...this.#lists].findLast(([list]) => list !== OUTER)?.[1].ranges.length ?? 0;
  }

  /** The array itself, the rows of all arrays inside keys, a single row, or rows by their id. */
  rows(): FoundRows {
    const { document } = this.#scanner;
    if (!document) return noRows();
    const outer = this.#lists.get(OUTER);
    if (document.isList) return this.#lists.get(0) ?? noRows();
    const kind = kindOfRow(this.#keys);
    if (kind !== 'unknown') return singleRow(document, kind);
    const lists = [...this.#lists].flatMap(([list, rows]) => (list !== OUTER && isKnown(rows) ? [rows] : []));
    if (lists.length > 0) return joined(lists);
    return outer && isKnown(outer) ? { ...outer, keyed: true } : noRows();
  }

  #read(window: FileWindow): void {
    const { values, keys, fault } = this.#scanner;
    for (const key of keys.splice(0)) this.#readKey(key, window);
    for (const value of values.splice(0)) {
      if (this.fault) return; // the first one is told
      this.#readValue(value, window);
    }
    this.fault ??= fault;
  }

  #readKey({ start, end }: FoundKey, window: FileWindow): void {
    const parsed = parsedText(window, start, end);
    if (!parsed.ok) this.fault ??= { offset: end, expected: 'key', valueStart: start };
    else if (typeof parsed.value === 'string' && TELLING_KEYS.has(parsed.value)) this.#keys[parsed.value] = true;
  }

  #readValue({ start, end, keyStart, list, isList }: FoundValue, window: FileWindow): void {
    const parsed = isList ? null : parsedText(window, start, end);
    if (parsed && !parsed.ok) {
      this.fault = { offset: end, expected: 'value', valueStart: start };
      return;
    }
    const rows = this.#lists.get(list) ?? noRows();
    this.#lists.set(list, rows);
    add(rows, parsed ? kindOfRow(parsed.value) : 'unknown', keyStart < 0 ? start : keyStart, end, rows.ranges.length);
  }
}

function parsedText(window: FileWindow, start: number, end: number): { ok: true; value: unknown } | { ok: false } {
  try {
    const value: unknown = JSON.parse(decodeUtf8(window.slice(start, end)).text);
    return { ok: true, value };
  } catch {
    return { ok: false };
  }
}

function singleRow({ start, end }: DocumentRange, kind: RowKind): FoundRows {
  const rows = noRows();
  add(rows, kind, start, end, 0);
  return rows;
}

/** Several lists as one, numbered through. */
function joined(lists: readonly FoundRows[]): FoundRows {
  const [only, ...others] = lists;
  if (only && others.length === 0) return only;
  const all = noRows();
  for (const { ranges, counts } of lists) {
    for (let i = 0; i < ranges.length; i++) all.ranges.add({ ...ranges.at(i), number: all.ranges.length });
    for (const kind of ['train', 'question', 'marks', 'metadata', 'answer', 'unknown'] as const) all.counts[kind] += counts[kind];
  }
  return all;
}
