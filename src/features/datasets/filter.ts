// Which samples of a dataset are shown: from and to the address, applied to light rows, counted per facet. Pure.
import type { SampleRow } from '../../state/samples.ts';

/** The four facets; their names are the address parameters. */
export const FACETS = [
  { name: 'domain', title: 'Domain' },
  { name: 'split', title: 'Split' },
  { name: 'label', title: 'Label' },
  { name: 'predicted', title: 'Model answer' },
] as const;

export type FacetName = (typeof FACETS)[number]['name'];

/** A chosen value per facet and a search text. Empty sets mean "all". */
export interface RowFilter {
  facets: Record<FacetName, ReadonlySet<string>>;
  search: string;
}

/** Reads `?domain=a&domain=b&split=test&label=fake&predicted=real&q=text`; unknown parameters are ignored. */
export function readFilter(params: URLSearchParams): RowFilter {
  const values = (name: FacetName) => new Set(params.getAll(name));
  return {
    facets: { domain: values('domain'), split: values('split'), label: values('label'), predicted: values('predicted') },
    search: params.get('q') ?? '',
  };
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

/** A row's value in a facet. */
export function facetValue(row: SampleRow, name: FacetName): string {
  return name === 'label' ? (row.label ?? 'none') : row[name];
}

/** Rows that every facet and the search let through, in their order. */
export function filterRows(rows: readonly SampleRow[], filter: RowFilter): SampleRow[] {
  return rows.filter((row) => matchesSearch(row, filter.search) && FACETS.every(({ name }) => matchesFacet(row, filter, name)));
}

export interface FacetCount {
  value: string;
  count: number;
  selected: boolean;
}

/** For each value of a facet: how many rows it would show, given the other facets. Values with no rows at all are left out. */
export function countFacet(rows: readonly SampleRow[], filter: RowFilter, name: FacetName): FacetCount[] {
  const counts = new Map<string, number>();
  const others = FACETS.filter((facet) => facet.name !== name);
  for (const row of rows) {
    const value = facetValue(row, name);
    const shown = matchesSearch(row, filter.search) && others.every((facet) => matchesFacet(row, filter, facet.name));
    counts.set(value, (counts.get(value) ?? 0) + (shown ? 1 : 0));
  }
  const selected = filter.facets[name];
  return [...counts]
    .map(([value, count]) => ({ value, count, selected: selected.has(value) }))
    .sort((a, b) => rank(a.value) - rank(b.value) || a.value.localeCompare(b.value));
}

/** Known values in their natural order, domains by name. */
const ORDER = ['train', 'val', 'test', 'real', 'fake', 'unparsed'];

function rank(value: string): number {
  if (value === 'none') return ORDER.length + 1;
  const index = ORDER.indexOf(value);
  return index < 0 ? ORDER.length : index;
}

function matchesFacet(row: SampleRow, { facets }: RowFilter, name: FacetName): boolean {
  return facets[name].size === 0 || facets[name].has(facetValue(row, name));
}

function matchesSearch({ path }: SampleRow, search: string): boolean {
  return search === '' || path.toLowerCase().includes(search.toLowerCase());
}
