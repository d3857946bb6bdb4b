import { describe, expect, it } from 'vitest';
import type { FacetName } from '../../src/features/datasets/browse/facet-names.ts';
import { applyFilter, readFilter, toggleFacet, viewQuery, withParameter, withView } from '../../src/features/datasets/browse/filter.ts';
import { toRow, type SampleRow } from '../../src/state/samples.ts';
import { someSample } from '../support/records.ts';

const row = (
  path: string,
  label: SampleRow['label'],
  predicted: SampleRow['predicted'] = 'none',
  fields: { tags?: string[]; note?: string; sizeBytes?: number } = {},
): SampleRow => {
  const [domain = '', split = ''] = path.split('/');
  return toRow(someSample({ datasetId: 'd', path, domain, split: split === 'train' ? 'train' : 'test', label, ...fields }), predicted);
};

const ROWS = [
  row('aster/train/real/1.png', 'real', 'real'),
  row('aster/test/fake/2.png', 'fake', 'real'),
  row('birch/test/fake/3.png', 'fake', 'fake'),
  row('birch/test/real/4.png', 'real', 'unparsed'),
  row('birch/test/5.png', null),
];

const names = (rows: readonly SampleRow[]) => rows.map(({ path }) => path.slice(-5, -4));
const shown = (query: string, hits: Uint8Array | null = null) =>
  names(applyFilter(ROWS, readFilter(new URLSearchParams(query)), hits).shown);
const countsOf = (rows: readonly SampleRow[], query: string, name: FacetName) =>
  applyFilter(rows, readFilter(new URLSearchParams(query))).counts[name];

describe('the filter of a dataset', () => {
  it('shows everything without parameters and ignores unknown ones', () => {
    expect(shown('')).toEqual(['1', '2', '3', '4', '5']);
    expect(shown('colour=green')).toEqual(['1', '2', '3', '4', '5']);
  });

  it('joins values of one facet with or, facets with and', () => {
    expect(shown('domain=aster&domain=birch&label=fake')).toEqual(['2', '3']);
    expect(shown('domain=birch&label=fake')).toEqual(['3']);
    expect(shown('predicted=unparsed')).toEqual(['4']);
  });

  it('finds images without a label under none', () => {
    expect(shown('label=none')).toEqual(['5']);
  });

  it('searches in the path without regard to case', () => {
    expect(shown('q=ASTER/test')).toEqual(['2']);
  });

  it('counts a facet as if it had no choice of its own, so that another value can be added', () => {
    const counts = countsOf(ROWS, 'label=fake&domain=aster', 'label');
    expect(counts).toEqual([
      { value: 'real', count: 1, selected: false },
      { value: 'fake', count: 1, selected: true },
      { value: 'none', count: 0, selected: false },
    ]);
  });

  it('switches one value on and off again and keeps the other parameters', () => {
    const on = toggleFacet(new URLSearchParams('tab=health&domain=birch'), 'domain', 'aster');
    expect(on.getAll('domain')).toEqual(['aster', 'birch']);
    const off = toggleFacet(on, 'domain', 'birch');
    expect(off.toString()).toBe('tab=health&domain=aster');
  });

  it('takes an empty parameter out of the address', () => {
    expect(withParameter(new URLSearchParams('q=x&tab=health'), 'q', '').toString()).toBe('tab=health');
  });

  it('keeps a domain whose name holds a comma in one piece', () => {
    const params = toggleFacet(new URLSearchParams(), 'domain', 'sd, v2');
    expect([...readFilter(new URLSearchParams(params.toString())).facets.domain]).toEqual(['sd, v2']);
  });

  it('filters and counts 100,000 rows', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => row(`d${index % 7}/test/${index}.png`, index % 2 === 0 ? 'real' : 'fake'));
    const { shown, counts } = applyFilter(many, readFilter(new URLSearchParams('domain=d3&label=fake')));
    expect(shown).toHaveLength(7143);
    expect(counts.domain).toHaveLength(7);
  });

  it('finds what the texts hold beside what the path holds, and counts both', () => {
    const hits = Uint8Array.from([0, 0, 1, 0, 0]);
    expect(shown('q=aster', hits)).toEqual(['1', '2', '3']);
    expect(shown('q=waxy', hits)).toEqual(['3']);
    expect(shown('q=waxy')).toEqual([]);
  });

  it('tells right answers from wrong ones, and unanswered images from both', () => {
    expect(shown('correct=correct')).toEqual(['1', '3']);
    expect(shown('correct=wrong')).toEqual(['2', '4']);
    expect(shown('correct=none')).toEqual(['5']);
  });
});

describe('tags, notes and views', () => {
  const TAGGED = [
    row('a/test/1.png', 'real', 'none', { tags: ['odd', 'review'], sizeBytes: 30 }),
    row('a/test/2.png', 'real', 'none', { tags: ['odd'], note: 'Strange EAR', sizeBytes: 10 }),
    row('a/test/3.png', 'real', 'none', { sizeBytes: 20 }),
  ];
  const tagged = (query: string) => names(applyFilter(TAGGED, readFilter(new URLSearchParams(query))).shown);

  it('counts an image under each of its tags, and untagged ones under none', () => {
    expect(countsOf(TAGGED, '', 'tag')).toEqual([
      { value: 'review', count: 1, selected: false },
      { value: 'odd', count: 2, selected: false },
      { value: 'none', count: 1, selected: false },
    ]);
    expect(tagged('tag=review&tag=none')).toEqual(['1', '3']);
  });

  it('searches notes', () => {
    expect(tagged('q=strange+ear')).toEqual(['2']);
  });

  it('orders by a measure, and ignores an order that it does not know', () => {
    expect(tagged('sort=bytes')).toEqual(['2', '3', '1']);
    expect(tagged('sort=-bytes')).toEqual(['1', '3', '2']);
    expect(tagged('sort=colour')).toEqual(['1', '2', '3']);
  });

  it('takes the view out of the address and puts another in, leaving the rest alone', () => {
    const params = new URLSearchParams('tab=browse&tag=odd&sort=bytes&sample=a');
    expect(viewQuery(params)).toBe('tag=odd&sort=bytes');
    expect(withView(params, 'domain=x&q=ear').toString()).toBe('tab=browse&sample=a&domain=x&q=ear');
  });
});
