import { describe, expect, it } from 'vitest';
import { keyConflict } from '../../src/features/settings/key-conflict.ts';
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

describe('a key that has a use already', () => {
  it('is refused with what it does, until that is moved away', () => {
    expect(keyConflict('j', 'x', {})).toContain('Pick for tags');
    expect(keyConflict('j', 'x', { q: 'x' })).toBeNull();
    expect(keyConflict('j', 'n', {})).toContain('Next image');
    expect(keyConflict('j', 'w', {})).toBeNull();
    expect(keyConflict('j', 'w', { w: 'k' })).toContain('stands for k');
  });

  it('is refused as the second key of a chord, and a usual key must do something', () => {
    expect(keyConflict('j', 'd', {})).toContain('Data');
    expect(keyConflict('w', 'q', {})).toContain('does nothing');
  });
});
