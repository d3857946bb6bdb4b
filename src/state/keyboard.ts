// Whether keys of one character do something (WCAG 2.1.4). Kept in the browser under the setting `keyboard.singleKeys`.
import * as v from 'valibot';
import { createStore } from 'zustand/vanilla';
import type { Database } from '../shared/storage/database.ts';
import { addJournalEntry } from '../shared/storage/journal.ts';
import { getSetting, putSetting } from '../shared/storage/settings.ts';
import { createStoreContext } from './store-context.tsx';

const SETTING = 'keyboard.singleKeys';
const MAP_SETTING = 'keyboard.map';
const KeyMap = v.record(v.string(), v.string());

export interface KeyboardState {
  /** Off: only Ctrl+K, arrows, Space and Escape keep their meaning. */
  singleKeys: boolean;
  /** Keys that the user presses in place of the usual ones: the pressed key, then the usual one it stands for. */
  map: Readonly<Record<string, string>>;
  /** Reads the setting; what cannot be read stays on. */
  load: () => Promise<void>;
  /** @throws E-QUOTA, E-STORAGE; the switch holds for this page all the same */
  setSingleKeys: (on: boolean) => Promise<void>;
  /** @throws E-QUOTA, E-STORAGE; the keys hold for this page all the same */
  setMap: (map: Readonly<Record<string, string>>) => Promise<void>;
}

/** The usual key that a pressed one stands for; null for a usual key that another one has replaced. */
export function meantKey(pressed: string, map: Readonly<Record<string, string>>): string | null {
  return map[pressed] ?? (Object.values(map).includes(pressed) ? null : pressed);
}

export const KeyboardStore = createStoreContext<KeyboardState>('keyboard');

/** The keyboard store; on until the setting says otherwise. */
export function createKeyboardStore(openDb: () => Promise<Database>) {
  return createStore<KeyboardState>((set) => ({
    singleKeys: true,
    map: {},
    load: async () => {
      const stored = await getSetting(await openDb(), SETTING);
      if (typeof stored === 'boolean') set({ singleKeys: stored });
      const map = v.safeParse(KeyMap, await getSetting(await openDb(), MAP_SETTING));
      if (map.success) set({ map: map.output });
    },
    setSingleKeys: async (on) => {
      set({ singleKeys: on });
      const db = await openDb();
      await putSetting(db, SETTING, on);
      await addJournalEntry(db, 'settings', `keys of one character: ${on ? 'on' : 'off'}`);
    },
    setMap: async (map) => {
      set({ map });
      const db = await openDb();
      await putSetting(db, MAP_SETTING, map);
      await addJournalEntry(db, 'settings', 'keys moved');
    },
  }));
}
