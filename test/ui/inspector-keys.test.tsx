// @vitest-environment happy-dom
import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { describeKey } from '../../src/app/describe-key.ts';
import { GALLERY_KEYS, GLOBAL_KEYS, INSPECT_KEYS, QUIZ_KEYS, RUN_KEYS, type KeyTable } from '../../src/state/key-tables.ts';
import { createKeyboardStore, KeyboardStore } from '../../src/state/keyboard.ts';
import { resolveKey, useKeys } from '../../src/state/use-keys.ts';
import { openTestDatabase } from '../support/database.ts';
import { render } from './render.tsx';

const TABLE = {
  next: { keys: ['j', 'ArrowRight'], meaning: 'next' },
  data: { keys: ['g d'], meaning: 'data' },
  dull: { keys: ['d'], meaning: 'd alone' },
} satisfies KeyTable;

function Listener({ actions }: { actions: Parameters<typeof useKeys<keyof typeof TABLE>>[1] }) {
  useKeys(TABLE, actions);
  return (
    <>
      <input aria-label="text" />
      <button type="button">button</button>
      <div role="tab" tabIndex={0}>
        tab
      </div>
    </>
  );
}

async function show(actions: Parameters<typeof Listener>[0]['actions']) {
  const store = createKeyboardStore(() => openTestDatabase());
  const { container } = await render(
    <KeyboardStore.Provider store={store}>
      <Listener actions={actions} />
    </KeyboardStore.Provider>,
  );
  const press = (key: string, on: Element = document.body, more: KeyboardEventInit = {}) =>
    act(async () => {
      on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
    });
  const at = (selector: string) => container.querySelector(selector) ?? document.body;
  return { store, press, at };
}

describe('the keys of a view', () => {
  it('run what is bound to them, and leave fields alone', async () => {
    const next = vi.fn();
    const { press, at } = await show({ next });
    await press('j');
    await press('ArrowRight');
    expect(next).toHaveBeenCalledTimes(2);
    await press('j', at('input'));
    await press('ArrowRight', at('[role=tab]'));
    await press('j', document.body, { ctrlKey: true });
    expect(next).toHaveBeenCalledTimes(2);
    await press('j', at('button'));
    expect(next).toHaveBeenCalledTimes(3);
  });

  it('take two keys in turn for one, and then not the second alone', async () => {
    const [data, dull] = [vi.fn(), vi.fn()];
    const { press } = await show({ data, dull });
    await press('g');
    await press('d');
    expect(data).toHaveBeenCalledTimes(1);
    expect(dull).not.toHaveBeenCalled();
    await press('d');
    expect(dull).toHaveBeenCalledTimes(1);
  });

  it('fall silent when keys of one character are off; arrows stay', async () => {
    const next = vi.fn();
    const { press, store } = await show({ next });
    await act(() => store.getState().setSingleKeys(false));
    await press('j');
    expect(next).not.toHaveBeenCalled();
    await press('ArrowRight');
    expect(next).toHaveBeenCalledTimes(1);
  });

  it('wait for the second key only for a while', () => {
    const chord = { first: 'g', until: 1000 };
    const event = { key: 'd', shiftKey: false };
    expect(resolveKey(TABLE, chord, { ...event, timeStamp: 999 }).name).toBe('data');
    expect(resolveKey(TABLE, chord, { ...event, timeStamp: 1001 }).name).toBe('dull');
  });
});

describe('the setting of the keys', () => {
  it('is kept in the browser', async () => {
    const db = await openTestDatabase();
    await createKeyboardStore(() => Promise.resolve(db))
      .getState()
      .setSingleKeys(false);
    const later = createKeyboardStore(() => Promise.resolve(db));
    expect(later.getState().singleKeys).toBe(true);
    await later.getState().load();
    expect(later.getState().singleKeys).toBe(false);
  });
});

describe('the key tables', () => {
  it('give no key two meanings on one page, with the keys of the frame counted in', () => {
    for (const table of [INSPECT_KEYS, RUN_KEYS, GALLERY_KEYS, QUIZ_KEYS]) {
      const keys = Object.values<{ keys: readonly string[] }>({ ...GLOBAL_KEYS, ...table }).flatMap((entry) => entry.keys);
      expect(new Set([...keys, 'g']).size).toBe(keys.length + 1);
    }
  });

  it('are written as people read keys', () => {
    const shown = ['Shift+ArrowLeft', 'P', ' ', 'g d', 'ArrowUp', 'Escape', 'Control+k', '?', 'Home', 'g ,', '['].map(describeKey);
    expect(shown).toEqual(['Shift ←', 'Shift P', 'Space', 'g d', '↑', 'Esc', 'Ctrl K', '?', 'Home', 'g ,', '[']);
  });
});
