// Looks into the database of an open page, past the app: what is really stored, and whether it is whole.
import type { Page } from '@playwright/test';

/** A stored file as it is, beside what was recorded of it. */
export interface FoundFile {
  checkpointId: string;
  path: string;
  recordedSha256: string;
  actualSha256: string;
  /** Shapes by tensor name; null for what is no safetensors file. */
  shapes: Record<string, number[]> | null;
  /** Bytes that the header promises and that there are, without the header; null as above. */
  tensorBytes: { promised: number; actual: number } | null;
}

/** All records of one store, in key order. */
export function readStore<Value>(page: Page, store: string): Promise<Value[]> {
  return page.evaluate(async (name) => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('prpo-workbench');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('not opened'));
    });
    const values = await new Promise<unknown[]>((resolve, reject) => {
      const request = db.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('not read'));
    });
    db.close();
    return values as never[];
  }, store);
}

/** Stores one record whose key is inside it. */
export function putRecord(page: Page, store: string, value: unknown): Promise<void> {
  return page.evaluate(
    async ([name, record]) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('prpo-workbench');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('not opened'));
      });
      await new Promise<void>((resolve, reject) => {
        const transaction = db.transaction(name, 'readwrite');
        transaction.objectStore(name).put(record);
        transaction.oncomplete = () => resolve();
        transaction.onerror = () => reject(transaction.error ?? new Error('not stored'));
      });
      db.close();
    },
    [store, value] as const,
  );
}

/** Every file of every checkpoint and resume state: hashed anew, safetensors headers read. */
export function inspectFiles(page: Page): Promise<FoundFile[]> {
  return page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('prpo-workbench');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('not opened'));
    });
    interface Row {
      checkpointId: string;
      path: string;
      sha256: string;
      blob: Blob;
    }
    const rows = await new Promise<Row[]>((resolve, reject) => {
      const request: IDBRequest<Row[]> = db.transaction('checkpointFiles').objectStore('checkpointFiles').getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('not read'));
    });
    db.close();
    const headerOf = (bytes: ArrayBuffer) => {
      const length = Number(new DataView(bytes).getBigUint64(0, true));
      const entries: Record<string, { shape: number[]; data_offsets: [number, number] }> = JSON.parse(
        new TextDecoder().decode(new Uint8Array(bytes, 8, length)),
      );
      const tensors = Object.entries(entries).filter(([name]) => name !== '__metadata__');
      return {
        shapes: Object.fromEntries(tensors.map(([name, { shape }]) => [name, shape])),
        tensorBytes: {
          promised: Math.max(0, ...tensors.map(([, entry]) => entry.data_offsets[1])),
          actual: bytes.byteLength - 8 - length,
        },
      };
    };
    return Promise.all(
      rows.map(async ({ checkpointId, path, sha256, blob }) => {
        const bytes = await blob.arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
        const actualSha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const header = path.endsWith('.safetensors') ? headerOf(bytes) : { shapes: null, tensorBytes: null };
        return { checkpointId, path, recordedSha256: sha256, actualSha256, ...header };
      }),
    );
  });
}
