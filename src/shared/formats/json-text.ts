// Reads JSON and says where it breaks: line, column, the text around it and the likely cause. JSON.parse's own messages differ by engine.
import { likelyCause, openTextFault } from './json-cause.ts';

export type ParsedJson = { ok: true; value: unknown } | { ok: false; reason: string };

/** Parses a text; on failure `reason` is one sentence with the place. */
export function parseJson(text: string, firstLine = 1): ParsedJson {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return { ok: false, reason: describeFault(text, firstLine) };
  }
}

/**
 * As `parseJson`, for logs: Python's json module writes NaN, Infinity and -Infinity, as transformers does in the trainer_state.json
 * of a run that diverged. They are read as null.
 */
export function parsePythonJson(text: string, firstLine = 1): ParsedJson {
  const parsed = parseJson(text, firstLine);
  if (parsed.ok) return parsed;
  const again = parseJson(
    withoutNonFinite(text, () => 'null'),
    firstLine,
  );
  // Where both fail the place is told with words of the same length.
  return again.ok
    ? again
    : parseJson(
        withoutNonFinite(text, (word) => '0'.padEnd(word.length)),
        firstLine,
      );
}

/** Python's names of what JSON has no number for, outside of strings. */
function withoutNonFinite(text: string, replacement: (word: string) => string): string {
  return text.replace(/"[^"\\]*(?:\\[^][^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
    token.startsWith('"') ? token : replacement(token),
  );
}

export interface DecodedText {
  text: string;
  /** `UTF-8` where nothing is worth saying. */
  encoding: 'UTF-8' | 'UTF-8 with a byte order mark' | 'UTF-16';
  /** Lines (from 1) that are not UTF-8 and were read as Windows-1252, the Latin-1 of Windows. */
  foreignLines: number[];
}

/**
 * Decodes a text file: UTF-16 by its byte order mark or its zero bytes, else UTF-8, and single lines that are not as Windows-1252.
 * The byte order mark is no part of the text.
 */
export function decodeTextFile(bytes: ArrayBuffer): DecodedText {
  const start = new Uint8Array(bytes, 0, Math.min(64, bytes.byteLength));
  const wide = wideEncoding(start);
  if (wide) return { text: new TextDecoder(wide).decode(bytes), encoding: 'UTF-16', foreignLines: [] };
  return { ...decodeUtf8(new Uint8Array(bytes)), encoding: hasByteOrderMark(start) ? 'UTF-8 with a byte order mark' : 'UTF-8' };
}

/** Whether UTF-8 begins with its byte order mark, three bytes. */
export function hasByteOrderMark([first, second, third]: Uint8Array): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf;
}

/** Decodes UTF-8 or a part of it; single lines that are not UTF-8 as Windows-1252. */
export function decodeUtf8(bytes: Uint8Array): Pick<DecodedText, 'text' | 'foreignLines'> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), foreignLines: [] };
  } catch {
    return decodeLines(bytes);
  }
}

/** JSON begins with ASCII: a zero byte beside its first characters says how wide they are. */
export function wideEncoding(start: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = start;
  if ((first === 0xff && second === 0xfe) || (start.length >= 2 && first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (start.length >= 2 && first === 0 && second !== 0)) return 'utf-16be';
  return null;
}

function decodeLines(bytes: Uint8Array): Pick<DecodedText, 'text' | 'foreignLines'> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const latin = new TextDecoder('windows-1252');
  const lines: string[] = [];
  const foreignLines: number[] = [];
  for (let start = 0; start <= bytes.length;) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    const line = bytes.subarray(start, end);
    try {
      lines.push(utf8.decode(line));
    } catch {
      lines.push(latin.decode(line));
      foreignLines.push(lines.length);
    }
    start = end + 1;
  }
  return { text: lines.join('\n'), foreignLines };
}

/** The text alone, for files whose encoding needs no remark. */
export function decodeText(bytes: ArrayBuffer): string {
  return decodeTextFile(bytes).text;
}

/** Characters shown before and after a fault. */
export const EXCERPT_CHARACTERS = 30;

function describeFault(text: string, firstLine: number): string {
  const { offset, expected } = locateFault(text);
  const before = text.slice(0, offset);
  const line = firstLine + before.split('\n').length - 1;
  const column = offset - before.lastIndexOf('\n');
  return faultSentence({ line, column, expected, before, after: text.slice(offset) });
}

export interface JsonFault {
  /** Both from 1. */
  line: number;
  column: number;
  expected: string;
  /** The text up to the fault, or its end. */
  before: string;
  /** The text from the fault on, or its beginning; empty where the file ends. */
  after: string;
  /** Which row it is in or after, as "in row 3"; absent where rows are lines. */
  row?: string | undefined;
}

/** Place, what JSON wants there, what is there, the text around it; then the likely cause. */
export function faultSentence({ line, column, expected, before, after, row }: JsonFault): string {
  const open = openTextFault(after);
  const found = open ? '' : after === '' ? ', the file ends there' : `, found ${quoted(after.charAt(0))}`;
  const around = before.slice(-EXCERPT_CHARACTERS) + after.slice(0, EXCERPT_CHARACTERS);
  const cause = open?.cause ?? likelyCause(before, after);
  const place = `Line ${line}, column ${column}${row ? `, ${row}` : ''}`;
  const sentence = `${place}: expected ${open?.expected ?? expected}${found}, in "${around.replaceAll(/\s+/g, ' ').trim()}".`;
  return cause ? `${sentence} Likely cause: ${cause}.` : sentence;
}

const quoted = (character: string): string => (character === '"' ? `'"'` : JSON.stringify(character));

type Expectation = 'value' | 'first-value' | 'first-key' | 'key' | 'colon' | 'after-value';

/** What JSON wants at a place, in words. */
export const EXPECTED_WORDS: Record<Expectation, string> = {
  value: 'a value',
  'first-value': 'a value or "]"',
  'first-key': 'a quoted key or "}"',
  key: 'a quoted key',
  colon: '":"',
  'after-value': '"," or the end of the list',
};
// oxlint-disable-next-line no-control-regex -- JSON strings may not hold them
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
const SPACE = /[ \t\r\n]*/y;

/** Walks the tokens up to the first one that JSON does not allow. */
export function locateFault(text: string): { offset: number; expected: string } {
  const open: ('{' | '[')[] = [];
  let expectation: Expectation = 'value';
  let at = matchEnd(SPACE, text, 0) ?? 0;
  while (at < text.length) {
    const step = nextToken(text, at, expectation, open);
    if (!step) return { offset: at, expected: EXPECTED_WORDS[expectation] };
    expectation = step.expectation;
    at = matchEnd(SPACE, text, step.end) ?? step.end;
  }
  return { offset: text.length, expected: EXPECTED_WORDS[expectation] };
}

/** Reads one token and changes the stack of open brackets; null where the token is not allowed. */
function nextToken(
  text: string,
  at: number,
  expectation: Expectation,
  open: ('{' | '[')[],
): { end: number; expectation: Expectation } | null {
  const character = text[at];
  const inside = open.at(-1);
  const next = (end: number | null, expected: Expectation) => (end === null ? null : { end, expectation: expected });
  if (expectation === 'colon') return next(character === ':' ? at + 1 : null, 'value');
  if (expectation === 'key' || (expectation === 'first-key' && character !== '}')) return next(matchEnd(STRING, text, at), 'colon');
  const mayClose = expectation === 'after-value' || expectation === 'first-value' || expectation === 'first-key';
  if (mayClose && ((character === ']' && inside === '[') || (character === '}' && inside === '{'))) {
    open.pop();
    return next(at + 1, 'after-value');
  }
  if (expectation === 'after-value') return next(character === ',' && inside ? at + 1 : null, inside === '{' ? 'key' : 'value');
  if (character === '{' || character === '[') {
    open.push(character);
    return next(at + 1, character === '{' ? 'first-key' : 'first-value');
  }
  return next(matchEnd(STRING, text, at) ?? matchEnd(SCALAR, text, at), 'after-value');
}

/** End of a sticky pattern's match at `at`, or null. */
function matchEnd(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}
