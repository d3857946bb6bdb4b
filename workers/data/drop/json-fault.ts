// Says where a document breaks, reading of it only what lies around that place.
import { decodeUtf8, EXPECTED_WORDS, faultSentence, locateFault } from '../../../src/shared/formats/json-text.ts';
import type { TextSource } from '../source-file.ts';
import { FileWindow } from './file-window.ts';
import type { ScanFault } from './json-values.ts';

/** Enough for an excerpt of characters of four bytes. */
const AROUND_BYTES = 200;
const LINE_FEED = 0x0a;

/**
 * One sentence with line, column and the text around.
 * @param from where the text begins, after a byte order mark
 * @param rowsBefore whole rows before the fault
 */
export async function describeFault(file: TextSource, from: number, fault: ScanFault, rowsBefore: number): Promise<string> {
  const hasValue = fault.valueStart >= 0;
  const place = hasValue ? fault.valueStart : fault.offset;
  // The fault's own byte belongs to the value that it breaks.
  const end = hasValue ? Math.min(file.size, fault.offset + 1) : place;
  const value = decodeUtf8(new Uint8Array(await file.slice(place, end).arrayBuffer())).text;
  const inside = hasValue ? locateFault(value) : { offset: 0, expected: EXPECTED_WORDS[fault.expected] };
  const start = await lineAndColumn(file, from, place);
  const valueBefore = value.slice(0, inside.offset);
  const lines = valueBefore.split('\n');
  return faultSentence({
    line: start.line + lines.length - 1,
    column: (lines.length === 1 ? start.column : 1) + (lines.at(-1) ?? '').length,
    row: hasValue ? `in row ${rowsBefore} (the first is 0)` : rowsBefore > 0 ? `after row ${rowsBefore - 1} (the first is 0)` : undefined,
    expected: inside.expected,
    before: (await textOf(file, Math.max(from, place - AROUND_BYTES), place)) + valueBefore,
    after: value.slice(inside.offset) + (await textOf(file, end, end + AROUND_BYTES)),
  });
}

async function textOf(file: TextSource, start: number, end: number): Promise<string> {
  return new TextDecoder().decode(await file.slice(start, Math.min(end, file.size)).arrayBuffer());
}

/** Of a place in the file, both from 1; columns are UTF-16 units, as editors count them. */
async function lineAndColumn(file: TextSource, from: number, place: number): Promise<{ line: number; column: number }> {
  const window = new FileWindow(file, from);
  let [line, column] = [1, 1];
  while (window.end < place) {
    const offset = window.end;
    for (const byte of (await window.next(offset)).subarray(0, place - offset)) {
      if (byte === LINE_FEED) [line, column] = [line + 1, 1];
      else column += unitsOf(byte);
    }
  }
  return { line, column };
}

/** UTF-16 units that begin with this byte of UTF-8. */
function unitsOf(byte: number): number {
  if ((byte & 0xc0) === 0x80) return 0;
  return byte >= 0xf0 ? 2 : 1;
}
