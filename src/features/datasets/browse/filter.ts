// Which samples of a dataset are shown and in which order: from and to the address, applied to light rows, counted per facet. Pure.
import type { SampleRow } from '../../../state/samples.ts';
import { columnsOf, type FacetColumn } from './facet-columns.ts';
import { FACETS, type FacetName } from './facet-names.ts';

/** Orders of the gallery; the first is that of the rows. */
export const ORDERS = [
  { value: '', label: 'path' },
  { value: 'bytes', label: 'smallest file' },
  { value: '-bytes', label: 'largest file' },
  { value: 'pixels', label: 'fewest pixels' },
  { value: '-pixels', label: 'most pixels' },
  { value: '-problems', label: 'most problems' },
] as const;

export type Order = (typeof ORDERS)[number]['value'];

/** Chosen values per facet, a search text and an order. Empty sets mean "all". */
export interface RowFilter {
  facets: Record<FacetName, ReadonlySet<string>>;
  search: string;
  order: Order;
}

/** Everything that makes a view; the address holds more (tab, open sample). */
const VIEW_PARAMETERS: readonly string[] = [...FACETS.map(({ name }) => name), 'q', 'sort'];

/** The address as it shall be, made from what it is when the change is made. */
export type AddressChange = (now: URLSearchParams) => URLSearchParams;

/** Reads `?domain=a&domain=b&split=test&tag=review&q=text&sort=-bytes`; unknown parameters are ignored. */
export function readFilter(params: URLSearchParams): RowFilter {
  const values = (name: FacetName) => new Set(params.getAll(name));
  const facets: RowFilter['facets'] = {
    domain: values('domain'),
    split: values('split'),
    label: values('label'),
    predicted: values('predicted'),
    correct: values('correct'),
    tag: values('tag'),
  };
  const sort = params.get('sort') ?? '';
  return { facets, search: params.get('q') ?? '', order: ORDERS.find(({ value }) => value === sort)?.value ?? '' };
}

/** The same parameters with one facet's value switched on or off. */
export function toggleFacet(params: URLSearchParams, name: FacetName, value: string): URLSearchParams {
  const next = new URLSearchParams(params);
  const values = new Set(readFilter(params).facets[name]);
  if (!values.delete(value)) values.add(value);
  next.delete(name);
  for (const kept of [...values].sort()) next.append(name, kept);
  return next;
}

/** The same parameters with one changed; an empty value takes it out. */
export function withParameter(params: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(params);
  if (value) next.set(name, value);
  else next.delete(name);
  return next;
}

/** The part of the address that makes the view, as text. */
export function viewQuery(params: URLSearchParams): string {
  const view = new URLSearchParams();
  for (const name of VIEW_PARAMETERS) for (const value of params.getAll(name)) view.append(name, value);
  return view.toString();
}

/** The parameters with another view in them; tab and the rest stay. */
export function withView(params: URLSearchParams, query: string): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const name of VIEW_PARAMETERS) next.delete(name);
  for (const [name, value] of new URLSearchParams(query)) next.append(name, value);
  return next;
}

export interface FacetCount {
  value: string;
  count: number;
  selected: boolean;
  /** Chosen by the address, and no row has it. */
  isMissing?: true;
}

/** What passes, in order, and how many rows each facet value would show given the other facets. */
export interface FilteredRows {
  shown: SampleRow[];
  /** Of the values that no row has, only chosen ones, so that they can be switched off. */
  counts: Record<FacetName, FacetCount[]>;
}

/** A facet while rows are counted. */
interface Tally {
  name: FacetName;
  chosen: ReadonlySet<string>;
  column: FacetColumn;
  /** Per code: 1 where the choice lets it through. */
  passes: Uint8Array;
  /** Per code: rows that this facet's values would show. */
  counts: Uint32Array;
}

/**
 * Applies a filter in one pass over the rows.
 * @param textHits one byte per row, 1 where its texts match the search; null = search in paths and notes alone
 */
export function applyFilter(rows: readonly SampleRow[], filter: RowFilter, textHits: Uint8Array | null = null): FilteredRows {
  const search = filter.search.trim().toLowerCase();
  const columns = columnsOf(rows);
  const tallies = FACETS.map(({ name }) => startTally(name, columns[name], filter.facets[name]));
  const shown: number[] = [];
  for (let index = 0; index < rows.length; index++) {
    if (search !== '' && textHits?.[index] !== 1 && !rows[index]?.haystack.includes(search)) continue;
    if (countRow(tallies, index)) shown.push(index);
  }
  const counts = Object.fromEntries(tallies.map((tally) => [tally.name, listCounts(tally)])) as FilteredRows['counts'];
  return { shown: inOrder(rows, shown, filter.order).flatMap((index) => rows[index] ?? []), counts };
}

function startTally(name: FacetName, column: FacetColumn, chosen: ReadonlySet<string>): Tally {
  const lets = (values: readonly string[]) => chosen.size === 0 || values.some((value) => chosen.has(value));
  return {
    name,
    chosen,
    column,
    passes: Uint8Array.from(column.values, (values) => Number(lets(values))),
    counts: new Uint32Array(column.values.length),
  };
}

/** Counts a row in every facet whose other facets let it through. Returns whether all do. */
function countRow(tallies: readonly Tally[], index: number): boolean {
  let failures = 0;
  let failed: Tally | undefined;
  for (const tally of tallies) {
    if (tally.passes[tally.column.codes[index] ?? 0] === 1) continue;
    failures++;
    failed = tally;
    if (failures > 1) return false;
  }
  if (failed) addOne(failed, index);
  else for (const tally of tallies) addOne(tally, index);
  return failures === 0;
}

function addOne({ counts, column }: Tally, index: number): void {
  const code = column.codes[index] ?? 0;
  counts[code] = (counts[code] ?? 0) + 1;
}

function listCounts({ chosen, column, counts }: Tally): FacetCount[] {
  const sums = new Map<string, number>();
  for (const [code, values] of column.values.entries()) {
    for (const value of values) sums.set(value, (sums.get(value) ?? 0) + (counts[code] ?? 0));
  }
  const missing = [...chosen].filter((value) => !sums.has(value));
  return [
    ...[...sums].map(([value, count]) => ({ value, count, selected: chosen.has(value) })),
    ...missing.map((value) => ({ value, count: 0, selected: true, isMissing: true as const })),
  ].sort((a, b) => rank(a.value) - rank(b.value) || a.value.localeCompare(b.value));
}

const MEASURES: Record<'bytes' | 'pixels' | 'problems', (row: SampleRow) => number> = {
  bytes: ({ sizeBytes }) => sizeBytes,
  pixels: ({ pixels }) => pixels,
  problems: ({ problems }) => problems,
};

/** Indices in an order, ties in path order. Measure and index are packed into one number, so that the fast numeric sort serves. */
function inOrder(rows: readonly SampleRow[], shown: number[], order: Order): number[] {
  if (order === '') return shown;
  const sign = order.startsWith('-') ? -1 : 1;
  const measure = MEASURES[order.replace('-', '') as keyof typeof MEASURES];
  const count = rows.length;
  const packed = Float64Array.from(shown, (index) => {
    const row = rows[index];
    return sign * (row ? measure(row) : 0) * count + index;
  });
  return Array.from(packed.sort(), (key) => ((key % count) + count) % count);
}

/** Known values in their natural order, domains and tags by name. */
const VALUE_ORDER = ['train', 'val', 'test', 'real', 'fake', 'unparsed', 'correct', 'wrong', 'review'];

function rank(value: string): number {
  if (value === 'none') return VALUE_ORDER.length + 1;
  const index = VALUE_ORDER.indexOf(value);
  return index < 0 ? VALUE_ORDER.length : index;
}
