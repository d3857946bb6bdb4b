import { describe, expect, it } from 'vitest';
import { balanceWarnings, tabulateCounts } from '../../src/features/datasets/counts.ts';
import { moveInGrid } from '../../src/features/datasets/browse/grid-keys.ts';
import { groupProblems } from '../../src/features/datasets/problems.ts';

describe('keys in the gallery', () => {
  it('moves by one image and by one row', () => {
    expect(moveInGrid('ArrowRight', 0, 4, 10)).toBe(1);
    expect(moveInGrid('ArrowDown', 1, 4, 10)).toBe(5);
    expect(moveInGrid('ArrowUp', 5, 4, 10)).toBe(1);
  });

  it('stays inside at both ends and keeps the column when there is no row further', () => {
    expect(moveInGrid('ArrowLeft', 0, 4, 10)).toBe(0);
    expect(moveInGrid('ArrowRight', 9, 4, 10)).toBe(9);
    expect(moveInGrid('ArrowDown', 7, 4, 10)).toBe(7);
    expect(moveInGrid('PageDown', 3, 4, 10)).toBe(9);
  });

  it('jumps to the first and the last image', () => {
    expect(moveInGrid('End', 3, 4, 100_000)).toBe(99_999);
    expect(moveInGrid('Home', 99_999, 4, 100_000)).toBe(0);
  });

  it('leaves other keys and an empty gallery alone', () => {
    expect(moveInGrid('a', 3, 4, 10)).toBeNull();
    expect(moveInGrid('End', 0, 4, 0)).toBeNull();
  });
});

describe('balance of a dataset', () => {
  const rows = [
    { domain: 'b', split: 'test', label: 'fake', count: 30 },
    { domain: 'a', split: 'train', label: 'real', count: 90 },
    { domain: 'a', split: 'train', label: 'fake', count: 10 },
    { domain: 'c', split: 'test', label: 'real', count: 4 },
    { domain: 'c', split: 'test', label: 'fake', count: 4 },
    { domain: 'd', split: 'none', label: null, count: 5 },
  ] as const;

  it('sums cells, orders domains by name and splits by use', () => {
    const table = tabulateCounts(rows);
    expect(table.domains).toEqual(['a', 'b', 'c', 'd']);
    expect(table.splits).toEqual(['train', 'test', 'none']);
    expect(table.cells.get('a/train')).toEqual({ real: 90, fake: 10, none: 0 });
    expect(table.largest).toBe(100);
  });

  it('warns of lopsided, one-class, small and unlabelled cells, each in its own words', () => {
    expect(balanceWarnings(rows)).toEqual([
      { text: '10 % fake. Read F1 and the confusion matrix, not accuracy alone.', cells: ['a / train'] },
      { text: 'Only fake images. AUC is undefined and F1 misleads.', cells: ['b / test'] },
      { text: '8 images. One image moves accuracy by 12.5 points.', cells: ['c / test'] },
      { text: 'No labels, so accuracy cannot be computed.', cells: ['d / no split'] },
    ]);
  });

  it('says the same trouble of several cells once, and finds few training images no trouble for accuracy', () => {
    const small = (domain: string, split: 'train' | 'test') => [
      { domain, split, label: 'real' as const, count: 2 },
      { domain, split, label: 'fake' as const, count: 2 },
    ];
    expect(balanceWarnings([...small('a', 'test'), ...small('b', 'test'), ...small('b', 'train')])).toEqual([
      { text: '4 images. One image moves accuracy by 25.0 points.', cells: ['a / test', 'b / test'] },
    ]);
  });

  it('is silent about a balanced dataset', () => {
    expect(
      balanceWarnings([
        { domain: 'a', split: 'test', label: 'real', count: 50 },
        { domain: 'a', split: 'test', label: 'fake', count: 50 },
      ]),
    ).toEqual([]);
  });
});

describe('problems of an import', () => {
  it('groups them by code, what was left out first', () => {
    const groups = groupProblems([
      { code: 'label-contradicts-folder', path: 'a', reason: '', action: 'kept' },
      { code: 'image-empty', path: 'b', reason: '', action: 'left-out' },
      { code: 'image-empty', path: 'c', reason: '', action: 'left-out' },
      { code: 'bad-json-row', path: 'd', reason: '', action: 'fixed' },
    ]);
    expect(groups.map(({ title, action, problems }) => [title, action, problems.length])).toEqual([
      ['Image empty', 'left-out', 2],
      ['Bad JSON row', 'fixed', 1],
      ['Label contradicts folder', 'kept', 1],
    ]);
  });
});
