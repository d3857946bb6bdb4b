// The folder behind a dataset: its handle is stored, so that it can be read again after a reload. The browser asks the user first.
import type { Database } from '../shared/storage/database.ts';
import { folderKey } from '../shared/storage/dataset-settings.ts';
import { getSetting, putSetting } from '../shared/storage/settings.ts';

/** Chromium has them; the DOM types do not. */
interface PermissionHandle extends FileSystemDirectoryHandle {
  queryPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
  requestPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
}

/** Remembers the folder of a dataset. */
export function linkFolder(db: Database, datasetId: string, folder: FileSystemDirectoryHandle): Promise<void> {
  return putSetting(db, folderKey(datasetId), folder);
}

/** The remembered folder, or null. */
export async function linkedFolder(db: Database, datasetId: string): Promise<FileSystemDirectoryHandle | null> {
  const stored = await getSetting(db, folderKey(datasetId));
  return stored instanceof FileSystemDirectoryHandle ? stored : null;
}

/** Asks for the right to read; to be called on a click. @returns whether it was given */
export async function mayRead(folder: PermissionHandle): Promise<boolean> {
  if ((await folder.queryPermission?.({ mode: 'read' })) === 'granted') return true;
  return (await folder.requestPermission?.({ mode: 'read' })) === 'granted' || !folder.requestPermission;
}
