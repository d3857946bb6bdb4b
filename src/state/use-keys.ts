// The one way by which views listen to keys: a table of names, and what each name does now.
import { useEffect, useRef } from 'react';
import type { KeyTable } from './key-tables.ts';
import { KeyboardStore, meantKey } from './keyboard.ts';

/** How long after `g` the second key counts. */
const CHORD_MS = 1200;

/** Inputs that take no letters, so that keys still work on them. */
const KEYLESS_INPUTS = new Set(['checkbox', 'radio', 'range', 'button', 'file', 'submit']);
const OWN_ARROWS = '[role=tab], [role=slider], [role=radiogroup], [role=grid], [role=listbox], [data-own-arrows], input';
const OWN_SPACE = 'button, a, summary, input, [role=slider], [role=tab], [role=option]';

/** `Shift+ArrowLeft`, `P`, ` `; characters carry their shift themselves. */
function keyName({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>): string {
  return shiftKey && key.length > 1 ? `Shift+${key}` : key;
}

/** A single printable character, which WCAG 2.1.4 lets people switch off. Space only presses things. */
function isSingleKey(name: string): boolean {
  return name.length === 1 && name !== ' ';
}

/** Whether the element that has the focus wants this key for itself. */
function isTaken(target: EventTarget | null, name: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('textarea, select, [role=dialog]') !== null) return true;
  if (target instanceof HTMLInputElement && !KEYLESS_INPUTS.has(target.type)) return true;
  if (/Arrow|Home|End/.test(name)) return target.closest(OWN_ARROWS) !== null;
  return (name === ' ' || name === 'Enter') && target.closest(OWN_SPACE) !== null;
}

/** A key waits for its second one until `until` (ms of `timeStamp`). */
interface Chord {
  first: string;
  until: number;
}

/** The name that a key event means in a table, or the chord that it begins. */
export function resolveKey(
  table: KeyTable,
  chord: Chord | null,
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'timeStamp'>,
): { name: string | null; chord: Chord | null } {
  const key = keyName(event);
  const wanted = chord && event.timeStamp < chord.until ? `${chord.first} ${key}` : key;
  const name = Object.keys(table).find((candidate) => table[candidate]?.keys.includes(wanted)) ?? null;
  const begins = wanted === key && key !== ' ' && Object.values(table).some(({ keys }) => keys.some((one) => one.startsWith(`${key} `)));
  return { name, chord: begins ? { first: key, until: event.timeStamp + CHORD_MS } : null };
}

/**
 * Binds names of a table to actions while the component lives. A name without an action lets its key pass.
 * @param first takes keys before all other tables, for the frame of the page
 */
export function useKeys<Name extends string>(table: KeyTable<Name>, actions: Partial<Record<Name, () => void>>, first = false): void {
  const { singleKeys, map } = KeyboardStore.use((state) => state);
  const current = useRef(actions);
  useEffect(() => {
    current.current = actions;
  });
  useEffect(() => {
    let chord: Chord | null = null;
    const onKey = (event: KeyboardEvent) => {
      const key = meantKey(keyName(event), map);
      if (key === null || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event.target, key)) return;
      if (isSingleKey(key) && !singleKeys) return;
      const isSecond = chord !== null && event.timeStamp < chord.until;
      const resolved = resolveKey(table, chord, { key, shiftKey: false, timeStamp: event.timeStamp });
      ({ chord } = resolved);
      const run =
        resolved.name === null
          ? undefined
          : Object.entries<(() => void) | undefined>(current.current).find(([name]) => name === resolved.name)?.[1];
      if (run || isSecond || chord) event.preventDefault();
      run?.();
    };
    window.addEventListener('keydown', onKey, first);
    return () => window.removeEventListener('keydown', onKey, first);
  }, [table, singleKeys, map, first]);
}
