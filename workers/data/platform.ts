// What the data worker needs of its surroundings. The browser's side is browser-platform.ts; tests give their own.
import type { FetchFile } from '../../src/shared/models/fetch-file.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import type { StorageStatus } from '../../src/shared/storage/quota.ts';
import type { ReadPicture, ReadPixels } from './picture.ts';

export interface DataPlatform {
  openDb: () => Promise<Database>;
  readPicture: ReadPicture;
  readPixels: ReadPixels;
  fetchFile: FetchFile;
  storageStatus: () => Promise<StorageStatus>;
  /** Runs `work` while no other tab writes datasets; throws E-LOCKED at once when one does. */
  asOnlyWriter: <Result>(work: () => Promise<Result>) => Promise<Result>;
}
