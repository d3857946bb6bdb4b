// Whether keys of one character do something (WCAG 2.1.4). Kept in the browser under the setting `keyboard.singleKeys`.
import { createStore } from 'zustand/vanilla';
import type { Database } from '../shared/storage/database.ts';
import { addJournalEntry } from '../shared/storage/journal.ts';
import { getSetting, putSetting } from '../shared/storage/settings.ts';
import { createStoreContext } from './store-context.tsx';

const SETTING = 'keyboard.singleKeys';

export interface KeyboardState {
  /** Off: only Ctrl+K, arrows, Space and Escape keep their meaning. */
  singleKeys: boolean;
  /** Reads the setting; what cannot be read stays on. */
  load: () => Promise<void>;
  /** @throws E-QUOTA, E-STORAGE; the switch holds for this page all the same */
  setSingleKeys: (on: boolean) => Promise<void>;
}

export const KeyboardStore = createStoreContext<KeyboardState>('keyboard');

/** The keyboard store; on until the setting says otherwise. */
export function createKeyboardStore(openDb: () => Promise<Database>) {
  return createStore<KeyboardState>((set) => ({
    singleKeys: true,
    load: async () => {
      const stored = await getSetting(await openDb(), SETTING);
      if (typeof stored === 'boolean') set({ singleKeys: stored });
    },
    setSingleKeys: async (on) => {
      set({ singleKeys: on });
      const db = await openDb();
      await putSetting(db, SETTING, on);
      await addJournalEntry(db, 'settings', `keys of one character: ${on ? 'on' : 'off'}`);
    },
  }));
}
