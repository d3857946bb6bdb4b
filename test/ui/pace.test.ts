import { expect, it } from 'vitest';
import { createPaceMeter } from '../../src/state/pace.ts';

it('the pace of a job is that of its last seconds, unknown at the start and after a pause', () => {
  let atMs = 0;
  const meter = createPaceMeter(() => atMs);
  expect(meter.add(0, 1000)).toBeNull();
  atMs = 1000;
  expect(meter.add(500, 1000)).toBeNull();
  for (let second = 2; second <= 30; second++) {
    atMs = second * 1000;
    meter.add(500 + 10 * (second - 1), 1000);
  }
  expect(meter.add(790, 1000)).toEqual({ perSecond: 10, etaMs: 21_000 });
  meter.reset();
  expect(meter.add(790, 1000)).toBeNull();
});
