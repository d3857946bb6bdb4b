// How much this site may store. Asking for protection from eviction is page code: client/persistence.ts.
import { WorkbenchError } from '../errors.ts';

export interface StorageStatus {
  usedBytes: number;
  quotaBytes: number;
  /** The browser will not evict the data by itself. */
  persisted: boolean;
}

/** Left free beyond what is asked for: index and transaction overhead, and the rest of the app's writes. */
const HEADROOM_BYTES = 16 * 2 ** 20;

/**
 * Current use and limit; zeros where the browser does not tell. Chromium's estimate is rounded and hides small quotas.
 * @throws E-UNSUPPORTED at addresses that browsers do not trust with storage
 */
export async function readStorageStatus(): Promise<StorageStatus> {
  // The type says it is always there; outside secure contexts it is not.
  const { storage }: { storage?: StorageManager } = navigator;
  if (!storage) {
    throw new WorkbenchError('E-UNSUPPORTED', 'The browser gives this address no lasting storage.', {
      safe: 'Nothing was stored or changed.',
      remedy: 'Open the page through http://localhost or https.',
    });
  }
  const { usage = 0, quota = 0 } = await storage.estimate();
  return { usedBytes: usage, quotaBytes: quota, persisted: await storage.persisted() };
}

/**
 * Refuses work that would not fit.
 * @throws E-QUOTA that says how much is needed and how much there is
 */
export function assertRoom({ usedBytes, quotaBytes }: StorageStatus, neededBytes: number): void {
  const freeBytes = quotaBytes - usedBytes;
  if (quotaBytes === 0 || neededBytes + HEADROOM_BYTES <= freeBytes) return;
  throw new WorkbenchError(
    'E-QUOTA',
    `This needs ${megabytes(neededBytes)} MB, but the browser has ${megabytes(Math.max(0, freeBytes))} MB left for this site.`,
    {
      safe: 'Nothing was stored.',
      remedy: 'Take a smaller folder, delete data on the Device & storage page, or free disk space.',
      details: { neededBytes, freeBytes },
    },
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
