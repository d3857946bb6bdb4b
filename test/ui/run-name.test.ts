import { expect, it } from 'vitest';
import { freeRunName } from '../../src/state/run-name.ts';

it('a new run has a name that no other run has', () => {
  expect(freeRunName('PRPO on faces', [])).toBe('PRPO on faces');
  const runs = ['PRPO on faces', 'PRPO on faces (2)', 'GRPO on faces'].map((name) => ({ name }));
  expect(freeRunName('PRPO on faces', runs)).toBe('PRPO on faces (3)');
  expect(freeRunName('GRPO on cats', runs)).toBe('GRPO on cats');
});
