// The browser's side of the data worker: database, quota and the lock against other tabs.
import { WorkbenchError } from '../../src/shared/errors.ts';
import { fetchFile } from '../../src/shared/models/fetch-file.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { openDatabase } from '../../src/shared/storage/database.ts';
import { settleInterruptedImports } from '../../src/shared/storage/datasets.ts';
import { DATA_WRITER_LOCK } from '../../src/shared/storage/locks.ts';
import { readStorageStatus } from '../../src/shared/storage/quota.ts';
import type { DataPlatform } from './platform.ts';
import { readPicture, readPixels } from './read-picture.ts';

/** Everything that the handlers need, from the worker's own globals. */
export function browserPlatform(): DataPlatform {
  let opening: Promise<Database> | null = null;
  const openDb = () => {
    opening ??= openDatabase({ onClosed: () => (opening = null) }).catch((error: unknown) => {
      opening = null; // so that the next call tries again
      throw error;
    });
    return opening;
  };
  const asOnlyWriter = async <Result>(work: () => Promise<Result>): Promise<Result> =>
    navigator.locks.request(DATA_WRITER_LOCK, { ifAvailable: true }, async (lock) => {
      if (!lock) {
        throw new WorkbenchError('E-LOCKED', 'Another import, export or delete is running, here or in another tab.', {
          safe: 'Nothing was changed.',
          remedy: 'Wait until it is done, or stop it there.',
        });
      }
      await settleInterruptedImports(await openDb());
      return work();
    });
  return { openDb, readPicture, readPixels, fetchFile, storageStatus: readStorageStatus, asOnlyWriter };
}
