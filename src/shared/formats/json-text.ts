// Reads JSON and says where it breaks: line, column and the text around it. JSON.parse's own messages differ by engine.

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

/** Decodes a text file: UTF-16 or UTF-8 by its byte order mark, else UTF-8, else Latin-1 (as Windows writes it) where it is not valid UTF-8. */
export function decodeText(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const EXCERPT_CHARACTERS = 30;

function describeFault(text: string, firstLine: number): string {
  const { offset, expected } = locateFault(text);
  const before = text.slice(0, offset);
  const line = firstLine + before.split('\n').length - 1;
  const column = offset - before.lastIndexOf('\n');
  const found = offset < text.length ? `found ${JSON.stringify(text[offset])}` : 'the file ends there';
  const excerpt = text.slice(Math.max(0, offset - EXCERPT_CHARACTERS), offset + EXCERPT_CHARACTERS).replaceAll(/\s+/g, ' ');
  return `Line ${line}, column ${column}: expected ${expected}, ${found}, in "${excerpt.trim()}".`;
}

type Expectation = 'value' | 'first-value' | 'first-key' | 'key' | 'colon' | 'after-value';

const NAMES: Record<Expectation, string> = {
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
function locateFault(text: string): { offset: number; expected: string } {
  const open: ('{' | '[')[] = [];
  let expectation: Expectation = 'value';
  let at = matchEnd(SPACE, text, 0) ?? 0;
  while (at < text.length) {
    const step = nextToken(text, at, expectation, open);
    if (!step) return { offset: at, expected: NAMES[expectation] };
    expectation = step.expectation;
    at = matchEnd(SPACE, text, step.end) ?? step.end;
  }
  return { offset: text.length, expected: NAMES[expectation] };
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
