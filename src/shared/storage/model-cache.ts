// Built-in model files by URL, so that a second visit needs no network.
import { sha256Hex } from '../hash.ts';
import { assertHash } from './checkpoints.ts';
import type { Database } from './database.ts';
import { transact } from './database.ts';

/** A cached file, checked against its hash; undefined when it is not cached. */
export async function getCachedFile(db: Database, url: string): Promise<Blob | undefined> {
  const row = await transact(db, ['modelCache'], 'readonly', (tx) => tx.objectStore('modelCache').get(url));
  if (row) await assertHash(row.blob, row.sha256, url);
  return row?.blob;
}

/** Caches a fetched file under its URL. */
export async function putCachedFile(db: Database, url: string, blob: Blob): Promise<void> {
  const sha256 = await sha256Hex(blob);
  await transact(db, ['modelCache'], 'readwrite', (tx) => tx.objectStore('modelCache').put({ url, path: url, blob, sha256 }));
}

/** Forgets a file, for example when its hash no longer fits. */
export function deleteCachedFile(db: Database, url: string): Promise<void> {
  return transact(db, ['modelCache'], 'readwrite', (tx) => tx.objectStore('modelCache').delete(url));
}
