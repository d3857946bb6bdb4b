import { expect, it } from 'vitest';
import { unknownValues } from '../../src/components/link-values.ts';
import { OFFICIAL_CHOICE, readSubset, subsetRules, withSubset } from '../../src/features/datasets/splits/subset-address.ts';
import type { CountRow } from '../../src/shared/domain/sample.ts';

const COUNTS: CountRow[] = [
  { domain: 'aster', split: 'test', label: 'fake', count: 3 },
  { domain: 'birch', split: 'train', label: 'real', count: 3 },
];

it('reads back the subset that it wrote, beside the other parameters', () => {
  const choice = { domain: 'birch', split: 'train', size: 12, seed: 7 } as const;
  const params = withSubset(new URLSearchParams('tab=splits&of=aster'), choice);
  expect(params.toString()).toBe('tab=splits&of=birch&subset=12&seed=7&part=train');
  expect(readSubset(params, COUNTS)).toEqual(choice);
  expect(readSubset(withSubset(params, OFFICIAL_CHOICE), COUNTS)).toEqual(OFFICIAL_CHOICE);
});

it('asks for no subset where the number is none, and says which values of a link are not here', () => {
  expect(readSubset(new URLSearchParams('tab=splits'), COUNTS)).toBeNull();
  expect(readSubset(new URLSearchParams('subset=many'), COUNTS)).toBeNull();
  const link = new URLSearchParams('subset=5&seed=-1&of=elder&part=val');
  expect(readSubset(link, COUNTS)).toEqual({ ...OFFICIAL_CHOICE, size: 5 });
  expect(unknownValues(link, subsetRules(COUNTS)).map(({ parameter, value }) => `${parameter} ${value}`)).toEqual([
    'seed -1',
    'of elder',
    'part val',
  ]);
});
