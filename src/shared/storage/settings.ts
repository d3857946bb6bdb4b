// Small settings of the user by key. Values are unknown until the reader has checked them.
import type { Database } from './database.ts';
import { transact } from './database.ts';

/** The stored value, or undefined; the caller checks its form. */
export async function getSetting(db: Database, key: string): Promise<unknown> {
  const row = await transact(db, ['settings'], 'readonly', (tx) => tx.objectStore('settings').get(key));
  return row?.value;
}

/** Stores a cloneable value under a key. */
export async function putSetting(db: Database, key: string, value: unknown): Promise<void> {
  await transact(db, ['settings'], 'readwrite', (tx) => tx.objectStore('settings').put({ key, value }));
}

/**
 * Makes a new value of the stored one in one transaction, so that what another tab adds at the same time is not lost.
 * @param change gets the stored value, or undefined
 * @returns what is stored now
 */
export async function updateSetting<Value>(db: Database, key: string, change: (stored: unknown) => Value): Promise<Value> {
  return transact(db, ['settings'], 'readwrite', async (tx) => {
    const value = change((await tx.objectStore('settings').get(key))?.value);
    await tx.objectStore('settings').put({ key, value });
    return value;
  });
}

/** Forgets a setting. */
export async function deleteSetting(db: Database, key: string): Promise<void> {
  await transact(db, ['settings'], 'readwrite', (tx) => tx.objectStore('settings').delete(key));
}
