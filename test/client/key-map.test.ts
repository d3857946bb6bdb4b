import { describe, expect, it } from 'vitest';
import { createKeyboardStore, meantKey } from '../../src/state/keyboard.ts';
import { openTestDatabase } from '../support/database.ts';

describe('moved keys', () => {
  it('do what the usual key did, which itself does nothing any more', () => {
    const map = { n: 'j', J: 'k' };
    expect(meantKey('n', map)).toBe('j');
    expect(meantKey('J', map)).toBe('k');
    expect(meantKey('j', map)).toBeNull();
    expect(meantKey('p', map)).toBe('p');
  });

  it('may swap two keys', () => {
    expect(['j', 'k'].map((key) => meantKey(key, { j: 'k', k: 'j' }))).toEqual(['k', 'j']);
  });

  it('are kept', async () => {
    const db = await openTestDatabase();
    await createKeyboardStore(() => Promise.resolve(db))
      .getState()
      .setMap({ n: 'j' });
    const later = createKeyboardStore(() => Promise.resolve(db));
    await later.getState().load();
    expect(later.getState().map).toEqual({ n: 'j' });
  });
});
