// Documents in pieces against JSON.parse of the whole.
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/shared/random.ts';
import { openAnnotationFile, readRows } from '../../workers/data/annotation-file.ts';
import { OUTER, ValueScanner } from '../../workers/data/drop/json-values.ts';

const random = RandomStream.fromText('json-values');
const TEXTS = ['', 'a', '"', '\\', '{[', ']},:', 'é\u{1F600}', 'line\nfeed', '\\"'];

function randomValue(depth: number): unknown {
  const kind = random.integer(depth > 0 ? 6 : 4);
  if (kind === 0) return random.pick([null, true, false, 0, -1.5e-7, 123456789]);
  if (kind < 4) return random.pick(TEXTS);
  const items = Array.from({ length: random.integer(4) }, () => randomValue(depth - 1));
  return kind === 4 ? items : Object.fromEntries(items.map((item, i) => [`${random.pick(TEXTS)}${i}`, item]));
}

/** What the scanner finds in a text that comes in pieces of a size. */
function scan(text: string, pieceBytes: number) {
  const bytes = new TextEncoder().encode(text);
  const scanner = new ValueScanner();
  for (let start = 0; start < bytes.length; start += pieceBytes) scanner.push(bytes.subarray(start, start + pieceBytes), start);
  scanner.finish(bytes.length);
  const read = ({ start, end }: { start: number; end: number }): unknown =>
    JSON.parse(new TextDecoder().decode(bytes.subarray(start, end)));
  return { scanner, read, ofList: (list: number) => scanner.values.filter((value) => value.list === list).map(read) };
}

describe('values of a document that comes in pieces', () => {
  it('are those of JSON.parse, wherever the pieces end', () => {
    for (let round = 0; round < 150; round++) {
      const indent = random.pick([0, 1, '\t']);
      const list = Array.from({ length: 1 + random.integer(4) }, () => randomValue(3));
      const inObject = { first: randomValue(2), list, 'last "one"': randomValue(2) };
      for (const size of [1, 2, 7, 1000]) {
        const plain = scan(` ${JSON.stringify(list, null, indent)}\n`, size);
        expect(plain.scanner.fault).toBeNull();
        expect(plain.ofList(0)).toEqual(list);
        const object = scan(JSON.stringify(inObject, null, indent), size);
        expect(object.scanner.fault).toBeNull();
        expect(object.scanner.keys.map(object.read)).toEqual(Object.keys(inObject));
        expect(object.ofList(OUTER)).toEqual(Object.values(inObject));
        const lists = Object.values(inObject).filter(Array.isArray);
        expect(lists.map((_, i) => object.ofList(i))).toEqual(lists);
      }
    }
  });

  it('need no more bytes than those of the value that is open', () => {
    const scanner = new ValueScanner();
    const bytes = new TextEncoder().encode('[{"a": 1}, {"b": [1, 2');
    scanner.push(bytes, 0);
    expect(scanner.neededFrom).toBe(11);
    scanner.push(new TextEncoder().encode(']}'), bytes.length);
    expect(scanner.neededFrom).toBe(bytes.length + 2);
  });
});

describe('annotation files of unusual forms', () => {
  const { signal } = new AbortController();
  const row = (id: string, text = 'Waxy.') => ({ id, conversations: [{ from: 'gpt', value: text }], binary_label: 1 });
  const read = async (path: string, content: BlobPart) => {
    const file = await openAnnotationFile({ path, file: new Blob([content]) }, signal);
    const rows = [];
    for await (const batch of readRows(file, signal))
      rows.push(...batch.map(({ row: { id, answer, source } }) => `${source} ${id} ${answer}`));
    return { rows, problems: file.problems.rows.map(({ code, reason }) => `${code}: ${reason}`) };
  };

  it('are read in UTF-16 and with single lines that are Latin-1', async () => {
    const text = JSON.stringify([row('a.png', 'größer'), row('b.png')], null, 1);
    const wide = new Uint8Array(2 * text.length + 2);
    new DataView(wide.buffer).setUint16(0, 0xfeff, true);
    for (let i = 0; i < text.length; i++) new DataView(wide.buffer).setUint16(2 + 2 * i, text.charCodeAt(i), true);
    expect((await read('t.json', wide)).rows).toEqual(['t.json#0 a.png größer', 't.json#1 b.png Waxy.']);
    const latin = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const foreign = await read('t.json', latin);
    expect(foreign.rows[0]).toBe('t.json#0 a.png größer');
    expect(foreign.problems).toEqual([expect.stringMatching(/^encoding-foreign: The row is not UTF-8 .*Windows-1252/)]);
  });

  it('are read with rows under their ids, and with several lists numbered through', async () => {
    const { id: _, ...bare } = row('');
    expect((await read('t.json', JSON.stringify({ 'a "b".png': bare, 'c.png': bare }))).rows).toEqual([
      't.json#0 a "b".png Waxy.',
      't.json#1 c.png Waxy.',
    ]);
    const lists = { info: [1, 2], train: [row('a.png')], val: [row('b.png')] };
    expect((await read('t.json', JSON.stringify(lists))).rows).toEqual(['t.json#0 a.png Waxy.', 't.json#1 b.png Waxy.']);
  });

  it('say where they break, far into the file and after characters of several bytes', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => row(`é${i}.png`, 'Waxy 😀. '.repeat(50)));
    const text = JSON.stringify(many);
    const broken = `${text.slice(0, -3)}],`;
    const { rows, problems } = await read('t.json', broken);
    expect(rows).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      new RegExp(`^json-broken: Line 1, column ${broken.length - 1}, in row 2999 \\(the first is 0\\): expected a value, found "\\]"`),
    );
    const cut = await read('t.json', text.slice(0, 1_500_000));
    expect(cut.problems[0]).toMatch(/the file ends there|expected the closing quote/);
  });

  it.each([
    [
      'a quote that is missing at the end of a line',
      '{"id": "a", "image": "never\n{"id": "b"}',
      /#1: Line 1, column 22: expected the closing quote .* Likely cause: the quote was forgotten/,
    ],
    [
      'a quote that is missing before the next key',
      '{"id": "a.png, "image": "b"}\n',
      /Line 1, column 17: expected "," .* found "i".* Likely cause: a quote is missing before it/,
    ],
    [
      'a lone backslash',
      String.raw`{"id": "a", "image": "C:\data\x.png"}`,
      /Likely cause: a path of Windows .*: write \\\\d instead of \\d/,
    ],
    ['a comma too many', '{"id": "a",}\n', /expected a quoted key, found "}".* Likely cause: the comma before it is one too many/],
    ['single quotes', "{'id': 'a'}\n", /Likely cause: single quotes/],
    ['words of Python', '{"id": "a", "image": None}\n', /Likely cause: written by Python’s print/],
    ['a line that was cut off', '{"id": "a", "conversations": [', /the file ends there.* Likely cause: the file was cut off/],
  ])('say the likely cause: %s', async (_, text, reason) => {
    const file = await openAnnotationFile({ path: 't.jsonl', file: new Blob([text]) }, signal);
    expect(file.problems.rows.map((problem) => `${problem.path}: ${problem.reason}`)[0]).toMatch(reason);
  });

  it('say the row of an array in which a text is not closed, and the comma that is missing after one', async () => {
    const text = JSON.stringify([row('a.png'), row('b.png'), row('c.png')], null, 1);
    const open = (await read('t.json', text.replace('"b.png"', '"b.png'))).problems[0];
    expect(open).toMatch(/in row 1 \(the first is 0\): expected the closing quote of the text that begins here before the end of its line/);
    const missing = (await read('t.json', text.replace('},\n {\n  "id": "c', '}\n {\n  "id": "c'))).problems[0];
    expect(missing).toMatch(/after row 1 .*Likely cause: a comma is missing at the end of the line before/);
  });
});
