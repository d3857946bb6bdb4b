import { describe, expect, it } from 'vitest';
import { countFacet, filterRows, readFilter, toggleFacet, withParameter } from '../../src/features/datasets/filter.ts';
import type { SampleRow } from '../../src/state/samples.ts';

const row = (path: string, label: SampleRow['label'], predicted: SampleRow['predicted'] = 'none'): SampleRow => {
  const [domain = '', split = ''] = path.split('/');
  return { id: `d/${path}`, path, domain, split: split === 'train' ? 'train' : 'test', label, predicted, problems: 0 };
};

const ROWS = [
  row('aster/train/real/1.png', 'real', 'real'),
  row('aster/test/fake/2.png', 'fake', 'real'),
  row('birch/test/fake/3.png', 'fake', 'fake'),
  row('birch/test/real/4.png', 'real', 'unparsed'),
  row('birch/test/5.png', null),
];

const shown = (query: string) => filterRows(ROWS, readFilter(new URLSearchParams(query))).map(({ path }) => path.slice(-5, -4));

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
    const counts = countFacet(ROWS, readFilter(new URLSearchParams('label=fake&domain=aster')), 'label');
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
    const filter = readFilter(new URLSearchParams('domain=d3&label=fake'));
    expect(filterRows(many, filter)).toHaveLength(7143);
    expect(countFacet(many, filter, 'domain')).toHaveLength(7);
  });
});
