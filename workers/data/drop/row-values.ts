// Reads rows again by where they lie. Neighbours are read together: an import in the order of its annotation file reads that file once.
import { decodeUtf8 } from '../../../src/shared/formats/json-text.ts';
import { isRecord } from '../annotation-rows.ts';
import type { TextSource } from '../source-file.ts';
import type { RowRange } from './row-ranges.ts';

/** What is skipped rather than asked for apart. */
const MOST_GAP_BYTES = 2 ** 16;
/** A stretch ends where it would grow beyond this. */
const MOST_STRETCH_BYTES = 2 ** 22;

/** A file with rows. */
export interface RowFile {
  text: TextSource;
  /** Ranges are members of an object, key included. */
  keyed: boolean;
}

interface Stretch {
  start: number;
  end: number;
  /** Indices of the ranges in it. */
  rows: number[];
}

/**
 * The values of rows, in the order asked for.
 * @param onForeign hears the index of a row that is not UTF-8 and was read as Windows-1252
 * @throws what reading the file throws; SyntaxError where the file is no longer what it was
 */
export async function readValues(
  { text, keyed }: RowFile,
  ranges: readonly RowRange[],
  onForeign?: (index: number) => void,
): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const { start, end, rows } of stretchesOf(ranges)) {
    const bytes = new Uint8Array(await text.slice(start, end).arrayBuffer());
    for (const index of rows) {
      const range = ranges[index];
      if (!range) continue;
      const { text: row, foreignLines } = decodeUtf8(bytes.subarray(range.start - start, range.start - start + range.length));
      if (foreignLines.length > 0) onForeign?.(index);
      values[index] = keyed ? withId(JSON.parse(`{${row}}`)) : JSON.parse(row);
    }
  }
  return values;
}

function stretchesOf(ranges: readonly RowRange[]): Stretch[] {
  const order = ranges.map((_, index) => index).sort((a, b) => (ranges[a]?.start ?? 0) - (ranges[b]?.start ?? 0));
  const stretches: Stretch[] = [];
  for (const index of order) {
    const { start, length } = ranges[index] ?? { start: 0, length: 0 };
    const last = stretches.at(-1);
    const end = start + length;
    if (last && start - last.end <= MOST_GAP_BYTES && end - last.start <= MOST_STRETCH_BYTES) {
      last.end = Math.max(last.end, end);
      last.rows.push(index);
    } else stretches.push({ start, end, rows: [index] });
  }
  return stretches;
}

/** `{"a.png": {…}}` as a row with the id `a.png`. */
function withId(member: unknown): unknown {
  const [id, row] = isRecord(member) ? (Object.entries(member)[0] ?? []) : [];
  return isRecord(row) ? { id, ...row } : row;
}
