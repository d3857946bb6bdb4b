// The action log: what was done to the data, in order. Names and counts only, never what is inside a file. Entries about a record
// are written in the transaction that changes it, so that the log cannot miss or invent a change.
import type { JobState } from '../domain/run.ts';
import { announceChange } from './changes.ts';
import type { Database } from './database.ts';
import { queue, transact } from './database.ts';
import type { JournalEntry } from './schema.ts';

/** Entries that are kept; the oldest go first. */
const MOST_ENTRIES = 20_000;

/** The part of a transaction's object store that writing an entry needs. */
interface JournalWriter {
  add: (entry: JournalEntry) => Promise<unknown>;
}

/** Adds an entry inside a transaction that holds the store `journal`. */
export function noteIn(journal: JournalWriter, action: string, detail: string): void {
  queue(journal.add({ timestamp: Date.now(), action, detail }));
}

/** An evaluation or run as far as the log tells of it. */
interface LoggedJob {
  name: string;
  state: JobState;
  error?: { code: string };
}

/**
 * Adds an entry where a job enters another state.
 * @param before the stored record; undefined for a new one
 * @param place how far it is, such as `step 3 of 60`
 */
export function noteState(journal: JournalWriter, action: string, before: LoggedJob | undefined, after: LoggedJob, place: string): void {
  if (before?.state === after.state) return;
  const reason = after.error ? ` (${after.error.code})` : '';
  noteIn(journal, action, `"${after.name}": ${before ? after.state : 'created'}${reason}, ${place}`);
}

/** Adds a line with the current time, by itself. */
export async function addJournalEntry(db: Database, action: string, detail: string): Promise<void> {
  await transact(db, ['journal'], 'readwrite', async (tx) => noteIn(tx.objectStore('journal'), action, detail));
  announceChange('journal', '');
}

/** The whole log, oldest first. */
export function listJournal(db: Database): Promise<JournalEntry[]> {
  return transact(db, ['journal'], 'readonly', (tx) => tx.objectStore('journal').getAll());
}

/** Lets the oldest entries go. Called once per start. */
export async function trimJournal(db: Database, most = MOST_ENTRIES): Promise<void> {
  await transact(db, ['journal'], 'readwrite', async (tx) => {
    const keys = await tx.objectStore('journal').getAllKeys();
    const last = keys.at(-most - 1);
    if (last !== undefined) await tx.objectStore('journal').delete(IDBKeyRange.upperBound(last));
  });
}
