// Whether what a key does may be put onto another one. Pure.
import { type KeyEntry, KEY_GROUPS } from '../../state/key-tables.ts';

const ENTRIES = KEY_GROUPS.flatMap(({ table }) => Object.values(table));

/** "g d" is pressed as g and d. */
const presses = (entry: KeyEntry, key: string): boolean => entry.keys.some((name) => name === key || name.split(' ').includes(key));

/** What a usual key does, on any page; empty for a key that does nothing. */
export function meaningsOf(key: string): string[] {
  return [...new Set(ENTRIES.filter((entry) => key.trim() !== '' && presses(entry, key)).map(({ meaning }) => meaning))];
}

/**
 * Why what `usual` does cannot be put onto `own`; null where it can.
 * @param map keys moved already: the pressed key, then the usual one
 */
export function keyConflict(usual: string, own: string, map: Readonly<Record<string, string>>): string | null {
  if (meaningsOf(usual).length === 0) return `${usual} does nothing here. The keys are on the sheet that ? opens.`;
  const moved = map[own];
  if (moved !== undefined && moved !== usual) return `${own} stands for ${moved} already. Undo that first, or take another key.`;
  const [meaning] = meaningsOf(own);
  const isFree = meaning === undefined || Object.values(map).includes(own);
  return isFree ? null : `${own} has a use already: ${meaning}. Move that one first, or take another key.`;
}
