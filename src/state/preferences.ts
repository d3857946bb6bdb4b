// How the user wants the page to look and to write numbers. Kept in this browser.
import * as v from 'valibot';
import { createStore } from 'zustand/vanilla';
import type { Database } from '../shared/storage/database.ts';
import { addJournalEntry } from '../shared/storage/journal.ts';
import { updateSetting, getSetting } from '../shared/storage/settings.ts';
import { createStoreContext } from './store-context.tsx';

const SETTING = 'preferences';

export const Preferences = v.object({
  /** `safe`: the Okabe-Ito colours, which people with any colour vision tell apart. */
  palette: v.picklist(['bench', 'safe']),
  motion: v.picklist(['system', 'reduced']),
  decimalMark: v.picklist(['point', 'comma']),
  /** Added to the digits that a figure usually has. */
  extraDigits: v.picklist([-1, 0, 1, 2]),
});
export type Preferences = v.InferOutput<typeof Preferences>;

export const DEFAULT_PREFERENCES: Preferences = { palette: 'bench', motion: 'system', decimalMark: 'point', extraDigits: 0 };

/** The stored choice over the defaults; what cannot be read stays as it is by default. */
function preferencesOf(stored: unknown): Preferences {
  const parsed = v.safeParse(v.partial(Preferences), stored);
  return { ...DEFAULT_PREFERENCES, ...(parsed.success ? parsed.output : {}) };
}

export interface PreferencesState {
  preferences: Preferences;
  /** Reads the stored choice. */
  load: () => Promise<void>;
  /** @throws E-QUOTA, E-STORAGE; the choice holds for this page all the same */
  change: (patch: Partial<Preferences>) => Promise<void>;
}

export const PreferencesStore = createStoreContext<PreferencesState>('preferences');

/** The preferences store. */
export function createPreferencesStore(openDb: () => Promise<Database>) {
  return createStore<PreferencesState>((set, get) => ({
    preferences: DEFAULT_PREFERENCES,
    load: async () => {
      set({ preferences: preferencesOf(await getSetting(await openDb(), SETTING)) });
    },
    change: async (patch) => {
      set({ preferences: { ...get().preferences, ...patch } });
      const db = await openDb();
      await updateSetting(db, SETTING, (stored) => ({ ...preferencesOf(stored), ...patch }));
      for (const [name, value] of Object.entries(patch)) await addJournalEntry(db, 'settings', `${name}: ${value}`);
    },
  }));
}
