// Opens a fresh in-memory database for a test.
import 'fake-indexeddb/auto';
import { afterEach } from 'vitest';
import type { Database, DatabaseEvents } from '../../src/shared/storage/database.ts';
import { openDatabase } from '../../src/shared/storage/database.ts';

const opened: Database[] = [];
let count = 0;

/** A database that no other test shares; closed after the test. */
export async function openTestDatabase(events: DatabaseEvents = {}, name = `test-${++count}`): Promise<Database> {
  const db = await openDatabase(events, name);
  opened.push(db);
  return db;
}

afterEach(() => {
  for (const db of opened.splice(0)) db.close();
});
