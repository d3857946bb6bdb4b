// How much this site stores, how much it may, and whether the browser promised to keep it.
import { createStore } from 'zustand/vanilla';
import { deleteEverything } from '../client/delete-all.ts';
import { requestPersistence } from '../client/persistence.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { Database } from '../shared/storage/database.ts';
import { readStorageStatus } from '../shared/storage/quota.ts';
import { createStoreContext } from './store-context.tsx';

export interface StorageState {
  usedBytes: number;
  /** 0 while unknown. */
  quotaBytes: number;
  persisted: boolean;
  /** Everything that the page needs without a network is stored. */
  offlineReady: boolean;
  /** IndexedDB cannot be opened (a private window, a policy, a full disk) or was closed from outside. */
  error: ErrorRecord | null;
  refresh: () => Promise<void>;
  /** Asks the browser to keep the data. */
  persist: () => Promise<void>;
  /** Deletes all but settings and the action log. @throws E-LOCKED while something works */
  deleteEverything: () => Promise<void>;
  /** The database was closed or is blocked by another tab. */
  fail: (error: unknown) => void;
}

export const StorageStore = createStoreContext<StorageState>('storage');

/**
 * The storage store.
 * @param openDb opens the database once; rejects when IndexedDB is unusable
 */
export function createStorageStore(openDb: () => Promise<Database>) {
  return createStore<StorageState>((set, get) => ({
    usedBytes: 0,
    quotaBytes: 0,
    persisted: false,
    offlineReady: false,
    error: null,
    refresh: async () => {
      try {
        await openDb();
        set({ ...(await readStorageStatus()), error: null });
      } catch (error) {
        set({ error: toErrorRecord(error) });
      }
    },
    persist: async () => set({ persisted: await requestPersistence() }),
    deleteEverything: async () => {
      await deleteEverything(await openDb());
      await get().refresh();
    },
    fail: (error) => set({ error: toErrorRecord(error) }),
  }));
}
