import { beforeAll, describe, it } from 'vitest';
import { prepareBackends } from '../../support/backends.ts';
import { CASES } from './cases.ts';
import { expectSameOnBothBackends } from './compare.ts';

beforeAll(() => prepareBackends({ threads: 1, relaxed: false }));

describe('the build without relaxed SIMD gives the reference results too', () => {
  it.each(CASES)('%s', async (_name, op, shapes) => {
    await expectSameOnBothBackends(op, shapes);
  });
});
