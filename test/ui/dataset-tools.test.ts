import { describe, expect, it } from 'vitest';
import { idsToExclude, openGroups } from '../../src/features/datasets/health/copies.ts';
import { formLinks, heldOutSplits, viewsOf } from '../../src/features/datasets/splits/splits.ts';
import { tagFrom } from '../../src/features/datasets/browse/tags.ts';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import type { GroupMember } from '../../src/shared/domain/health.ts';
import type { CountRow } from '../../src/shared/domain/sample.ts';
import { distributionOf } from '../../src/shared/domain/text-statistics.ts';
import { filterFromAddress, passesFilter } from '../../src/shared/sample-choice.ts';

const member = (id: string, split: GroupMember['split'], label: GroupMember['label'] = 'fake'): GroupMember => ({
  id,
  path: id,
  split,
  label,
});

describe('groups of copies', () => {
  const leak = { kind: 'exact' as const, bits: 0, members: [member('a', 'train'), member('b', 'test'), member('c', 'val')] };
  const conflict = { kind: 'near' as const, bits: 2, members: [member('d', 'train'), member('e', 'train', 'real')] };
  const twice = { kind: 'exact' as const, bits: 0, members: [member('f', 'train'), member('g', 'train')] };

  it('put two labels before a leak and a leak before mere copies', () => {
    const open = openGroups([twice, leak, conflict], new Set());
    expect(open.map(({ members, isLeak, isConflict }) => `${members[0]?.id} ${isLeak} ${isConflict}`)).toEqual([
      'd false true',
      'a true false',
      'f false false',
    ]);
  });

  it('keep the copy of the test split, and none where the label is in doubt', () => {
    expect(idsToExclude(openGroups([leak, conflict, twice], new Set())).toSorted()).toEqual(['a', 'c', 'd', 'e', 'g']);
  });

  it('are gone once what was excluded leaves a single one', () => {
    const excluded = new Set(idsToExclude(openGroups([leak, conflict, twice], new Set())));
    expect(openGroups([leak, conflict, twice], excluded)).toEqual([]);
    expect(openGroups([leak], new Set(['b']))).toMatchObject([{ isLeak: true, members: [{ id: 'a' }, { id: 'c' }] }]);
  });

  it('do not take a missing label for another one', () => {
    expect(openGroups([{ ...twice, members: [member('f', 'train'), member('g', 'train', null)] }], new Set())[0]?.isConflict).toBe(false);
  });
});

describe('held-out splits', () => {
  const row = (domain: string, split: CountRow['split'], label: CountRow['label'], count: number): CountRow => ({
    domain,
    split,
    label,
    count,
  });
  const counts = [
    row('a', 'train', 'real', 5),
    row('a', 'test', 'real', 2),
    row('a', 'test', 'fake', 3),
    row('b, c', 'train', 'fake', 7),
    row('b, c', 'train', 'real', 1),
  ];

  it('count the train images of the others and the test images of the one', () => {
    expect(
      heldOutSplits(counts).map(({ heldOut, trainCount, testCount, testSplit }) => [heldOut, trainCount, testCount, testSplit]),
    ).toEqual([
      ['a', 8, 5, 'test'],
      ['b, c', 5, 8, 'all'],
    ]);
  });

  it('warn where there is nothing to train on or one label to test on', () => {
    expect(heldOutSplits(counts.filter(({ domain, split }) => domain === 'a' || split === 'test'))).toEqual([]);
    const [, second] = heldOutSplits([row('a', 'train', 'real', 5), row('b', 'test', 'real', 5)]);
    expect(second?.warning).toContain('both labels');
  });

  it('become views and addresses that the form of an evaluation reads back', () => {
    const [, second] = heldOutSplits(counts);
    if (!second) throw new Error('no plan');
    expect(viewsOf(second).map(({ query }) => query)).toEqual(['domain=a&split=train', 'domain=b%2C+c']);
    const { train, test } = formLinks('ds/1', second);
    expect(train).toBe('/train/new?dataset=ds%2F1&domain=a');
    const filter = filterFromAddress(new URLSearchParams(test.split('?')[1]), DEFAULT_EVAL.filter);
    expect(filter).toMatchObject({ domains: ['b, c'], splits: [] });
  });
});

describe('a filter from an address', () => {
  it('keeps what the address does not name, and looks at tags where a sample has them', () => {
    const filter = filterFromAddress(new URLSearchParams('tag=odd&tag=new'), DEFAULT_EVAL.filter);
    expect(filter).toEqual({ ...DEFAULT_EVAL.filter, tags: ['odd', 'new'] });
    const facets = { domain: 'a', split: 'test', label: 'real' } as const;
    expect([
      passesFilter({ ...facets, tags: ['new'] }, filter),
      passesFilter({ ...facets, tags: [] }, filter),
      passesFilter(facets, filter),
    ]).toEqual([true, false, true]);
  });
});

describe('a tag', () => {
  it('is one lower-case word, in any script', () => {
    expect(tagFrom('  Odd  ear! ')).toBe('odd-ear');
    expect(tagFrom('Ünsicher / später')).toBe('ünsicher-später');
    expect(tagFrom(' / ')).toBe('');
  });
});

describe('a distribution', () => {
  it('counts whole numbers in at most 20 equal bins, the largest value included', () => {
    const values = Array.from({ length: 101 }, (_, i) => i);
    const found = distributionOf(values);
    expect(found).toMatchObject({ min: 0, max: 100, median: 50, mean: 50, p95: 95 });
    expect(found?.bins).toHaveLength(17);
    expect(found?.bins.reduce((sum, { count }) => sum + count, 0)).toBe(101);
    expect(distributionOf([7, 7])?.bins).toEqual([{ from: 7, to: 8, count: 2 }]);
    expect(distributionOf([])).toBeNull();
  });
});
