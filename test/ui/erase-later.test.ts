import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eraseLater, UNDO_MS } from '../../src/state/erase-later.ts';
import { createNoticesStore } from '../../src/state/notices.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setUp(erase = async () => undefined) {
  const notices = createNoticesStore();
  const calls: string[] = [];
  eraseLater(notices, {
    text: 'Deleted.',
    hide: () => calls.push('hide'),
    restore: () => calls.push('restore'),
    erase: () => {
      calls.push('erase');
      return erase();
    },
  });
  return { notices, calls };
}

describe('a deletion', () => {
  it('hides at once and erases only when the time to take it back is over', async () => {
    const { notices, calls } = setUp();
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(calls).toEqual(['hide']);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toEqual(['hide', 'erase']);
    expect(notices.getState().notices).toEqual([]);
  });

  it('that was taken back never erases', async () => {
    const { notices, calls } = setUp();
    notices.getState().notices[0]?.action?.run();
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS);
    expect(calls).toEqual(['hide', 'restore']);
  });

  it('goes on when only its message was dismissed', async () => {
    const { notices, calls } = setUp();
    notices.getState().dismiss(notices.getState().notices[0]?.id ?? -1);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(calls).toEqual(['hide', 'erase']);
  });

  it('that fails comes back with the reason', async () => {
    const { notices, calls } = setUp(() => Promise.reject(new Error('disk')));
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(calls).toEqual(['hide', 'erase', 'restore']);
    expect(notices.getState().notices[0]?.error?.message).toBe('disk');
  });
});
