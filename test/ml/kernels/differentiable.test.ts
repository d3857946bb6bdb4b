import { beforeAll, describe, it } from 'vitest';
import { prepareBackends } from '../../support/backends.ts';
import { CASES, TINY_CASES } from './cases.ts';
import { expectGradientsMatchDifferences, expectSameOnBothBackends } from './compare.ts';

beforeAll(() => prepareBackends());

describe('every differentiable op gives the reference result and gradients on simd', () => {
  it.each(CASES)('%s', async (_name, op, shapes) => {
    await expectSameOnBothBackends(op, shapes);
  });
});

describe('the reference gradients equal finite differences', () => {
  it.each(TINY_CASES)('%s', async (_name, op, shapes) => {
    await expectGradientsMatchDifferences(op, shapes);
  });
});
