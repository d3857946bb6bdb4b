// The facets of all rows as columns of small numbers, made once per list of rows, so that 100,000 rows are filtered and counted
// in a few milliseconds. A code stands for what a row shows in a facet: one value, or a set of tags.
import type { SampleRow } from '../../../state/samples.ts';
import type { FacetName } from './facet-names.ts';

/** One facet of all rows. */
export interface FacetColumn {
  /** Per row. */
  codes: Uint16Array;
  /** Values behind each code. */
  values: readonly (readonly string[])[];
}

export type FacetColumns = Record<FacetName, FacetColumn>;

const CACHE = new WeakMap<readonly SampleRow[], FacetColumns>();

/** The columns of a list; the list must not change afterwards. */
export function columnsOf(rows: readonly SampleRow[]): FacetColumns {
  const known = CACHE.get(rows);
  if (known) return known;
  const columns: FacetColumns = {
    domain: encode(rows, ({ domain }) => domain),
    split: encode(rows, ({ split }) => split),
    label: encode(rows, ({ label }) => label ?? 'none'),
    predicted: encode(rows, ({ predicted }) => predicted),
    correct: encode(rows, correctness),
    tag: encodeSets(rows),
  };
  CACHE.set(rows, columns);
  return columns;
}

function encode(rows: readonly SampleRow[], valueOf: (row: SampleRow) => string): FacetColumn {
  return encodeBy(rows, valueOf, (row) => [valueOf(row)]);
}

function encodeSets(rows: readonly SampleRow[]): FacetColumn {
  return encodeBy(
    rows,
    ({ tags }) => (tags.length === 0 ? '' : tags.join('\n')),
    ({ tags }) => (tags.length === 0 ? ['none'] : tags),
  );
}

function encodeBy(
  rows: readonly SampleRow[],
  keyOf: (row: SampleRow) => string,
  valuesOf: (row: SampleRow) => readonly string[],
): FacetColumn {
  const codes = new Uint16Array(rows.length);
  const values: (readonly string[])[] = [];
  const codeOf = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const key = keyOf(row);
    let code = codeOf.get(key);
    if (code === undefined) {
      code = values.length;
      codeOf.set(key, code);
      values.push(valuesOf(row));
    }
    codes[index] = code;
  }
  return { codes, values };
}

function correctness({ label, predicted }: SampleRow): string {
  if (label === null || predicted === 'none') return 'none';
  return predicted === label ? 'correct' : 'wrong';
}
