// The rows of an answers file before their fields are read: lines of JSON, or the elements of a list in one document. Pure.
import type { ImportProblem } from '../domain/sample.ts';
import { TEXT_NAMES } from './answer-names.ts';
import { parsePythonJson } from './json-text.ts';
import { isRecord, parseLine, readLines, type JsonLines } from './jsonl.ts';

export interface AnswerRows extends JsonLines {
  /** What `#12` of a place counts. */
  unit: 'line' | 'row';
}

/** A list, or the first list of objects in a document: `{"results": [...]}`. */
function listIn(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (!isRecord(value)) return null;
  return Object.values(value).find((part): part is unknown[] => Array.isArray(part) && part.some(isRecord)) ?? null;
}

/** An object without an answer of its own around a list. */
function isWrapper(value: unknown): boolean {
  return isRecord(value) && !['text', ...TEXT_NAMES].some((name) => name in value) && listIn(value) !== null;
}

/** Whether the text is one document, not lines: a list, or an object that goes on after its first line or holds all rows in it. */
function isDocument(text: string): boolean {
  const whole = text.trim();
  if (whole.startsWith('[')) return true;
  const [first = ''] = whole.split(/[\r\n]/, 1);
  const { result } = parseLine(first, 1);
  if (result.ok) return first === whole && isWrapper(result.value);
  return /^\{\s*(?:"[^"]*"\s*:\s*\[?\s*)?$/.test(first);
}

/** Reads lines, or a document where the text is one. What is broken becomes problems. Never throws. */
export function readAnswerRows(fileName: string, text: string): AnswerRows {
  const own = text.replace(/^\uFEFF/, '');
  if (!isDocument(own)) return { ...readLines(fileName, own), unit: 'line' };
  const parsed = parsePythonJson(own);
  const fault = (reason: string): ImportProblem => ({ code: 'json-broken', path: `${fileName}#1`, reason, action: 'left-out' });
  const empty = { rows: [], commas: [], unit: 'row' } as const;
  if (!parsed.ok) return { ...empty, rows: [], commas: [], problems: [fault(parsed.reason)] };
  const list = listIn(parsed.value);
  if (!list) return { ...empty, rows: [], commas: [], problems: [fault('The document holds no list of answers.')] };
  return {
    rows: list.map((value, position) => ({ place: `${fileName}#${position + 1}`, position, value })),
    problems: [],
    commas: [],
    unit: 'row',
  };
}

/** Models of which one file holds answers to the same questions. */
export interface MixedModels {
  names: string[];
}

/**
 * The models of a file, where two of them answered the same question: then each needs a report of its own. Else one report holds all,
 * for shards of one evaluation may carry names of their own.
 * @returns null where one report is enough
 */
export function mixedModels({ rows }: Pick<AnswerRows, 'rows'>): MixedModels | null {
  const modelOf = new Map<string, string>();
  const names = new Set<string>();
  let isMixed = false;
  for (const { value } of rows) {
    const [id, model] = isRecord(value) ? [value['question_id'], value['model_id']] : [];
    if (typeof model !== 'string') continue;
    names.add(model);
    if (typeof id !== 'number' && typeof id !== 'string') continue;
    const first = modelOf.get(String(id));
    if (first === undefined) modelOf.set(String(id), model);
    else if (first !== model) isMixed = true;
  }
  return isMixed ? { names: [...names] } : null;
}

/** Rows of one model, and those that name none. */
export function rowsOfModel(file: AnswerRows, name: string): AnswerRows {
  const isOther = (value: unknown): boolean => isRecord(value) && typeof value['model_id'] === 'string' && value['model_id'] !== name;
  return { ...file, rows: file.rows.filter(({ value }) => !isOther(value)) };
}
