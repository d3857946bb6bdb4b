import { expect, test } from 'vitest';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { createNoticesStore } from '../../src/state/notices.ts';

test('an error that is on screen is not shown again; once dismissed it may come back, and the log keeps both', () => {
  const notices = createNoticesStore();
  const { raise, dismiss } = notices.getState();
  const died = () => new WorkbenchError('E-WORKER', 'The engine worker stopped: out of reach.');
  raise(died()); // by the worker's watcher
  raise(died()); // by the run that waited for it
  expect(notices.getState().notices).toHaveLength(1);
  dismiss(notices.getState().notices[0]?.id ?? NaN);
  raise(died());
  raise(new WorkbenchError('E-CANCELLED', 'Stopped.'));
  expect(notices.getState().notices).toHaveLength(1);
  expect(notices.getState().errors.map(({ error }) => error.code)).toEqual(['E-WORKER', 'E-WORKER']);
});
