// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { watchFailures } from '../../src/app/watch-failures.ts';
import { createNoticesStore } from '../../src/state/notices.ts';

function watched() {
  const notices = createNoticesStore();
  watchFailures(notices);
  const told = () => notices.getState().notices.map(({ error }) => error?.message);
  const reject = (reason: unknown) => window.dispatchEvent(Object.assign(new Event('unhandledrejection'), { reason }));
  const fail = (error: unknown) => window.dispatchEvent(Object.assign(new Event('error'), { error }));
  return { told, reject, fail };
}

it('work that fails behind a click that caught nothing is told, once', () => {
  const { told, reject } = watched();
  reject(new Error('The tag could not be stored.'));
  reject(new Error('The tag could not be stored.'));
  expect(told()).toEqual(['The tag could not be stored.']);
});

it('what the user stopped and what the browser only remarks on stay silent', () => {
  const { told, reject, fail } = watched();
  reject(new DOMException('The user aborted a request.', 'AbortError'));
  fail(null);
  expect(told()).toEqual([]);
  fail(new Error('A listener failed.'));
  expect(told()).toEqual(['A listener failed.']);
});
