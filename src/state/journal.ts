// The action log as the Device page shows it: newest first, read anew when something was done while it is open.
import { createStore } from 'zustand/vanilla';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { Database } from '../shared/storage/database.ts';
import { addJournalEntry, listJournal } from '../shared/storage/journal.ts';
import type { JournalEntry } from '../shared/storage/schema.ts';
import { createStoreContext } from './store-context.tsx';

export interface JournalState {
  /** Newest first; null until it was asked for. */
  entries: readonly JournalEntry[] | null;
  error: ErrorRecord | null;
  refresh: () => Promise<void>;
  /** Notes what the page itself did, such as an export. A log that cannot be written stops nobody. */
  note: (action: string, detail: string) => Promise<void>;
}

export const JournalStore = createStoreContext<JournalState>('journal');

/** What an entry is about, for the filter: the first word of `import-bundle`, `delete-run`. */
export function topicOf({ action }: Pick<JournalEntry, 'action'>): string {
  return action.split('-')[0] ?? action;
}

/** The journal store. */
export function createJournalStore(database: () => Promise<Database>) {
  return createStore<JournalState>((set, get) => ({
    entries: null,
    error: null,
    refresh: async () => {
      try {
        set({ entries: (await listJournal(await database())).reverse(), error: null });
      } catch (error) {
        set({ error: toErrorRecord(error) });
      }
    },
    note: async (action, detail) => {
      try {
        await addJournalEntry(await database(), action, detail);
      } catch (error) {
        set({ error: toErrorRecord(error) });
      }
      if (get().entries) await get().refresh();
    },
  }));
}
