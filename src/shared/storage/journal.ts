// The action log: what was done to the data, in order.
import type { Database } from './database.ts';
import { transact } from './database.ts';
import type { JournalEntry } from './schema.ts';

/** Adds a line with the current time. */
export async function addJournalEntry(db: Database, action: string, detail: string): Promise<void> {
  await transact(db, ['journal'], 'readwrite', (tx) => tx.objectStore('journal').add({ timestamp: Date.now(), action, detail }));
}

/** The whole log, oldest first. */
export function listJournal(db: Database): Promise<JournalEntry[]> {
  return transact(db, ['journal'], 'readonly', (tx) => tx.objectStore('journal').getAll());
}
