// The folder behind a dataset: its handle is stored, so that it can be read again after a reload. The browser asks the user first.
import type { Database } from '../shared/storage/database.ts';
import { folderKey } from '../shared/storage/dataset-settings.ts';
import { getDataset } from '../shared/storage/datasets.ts';
import { linkedFolder, mayNotRead, onlyThumbnail } from '../shared/storage/linked-files.ts';
import { putSetting } from '../shared/storage/settings.ts';

/** Chromium has them; the DOM types do not. */
interface PermissionHandle extends FileSystemDirectoryHandle {
  queryPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
  requestPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
}

/** Remembers the folder of a dataset. */
export function linkFolder(db: Database, datasetId: string, folder: FileSystemDirectoryHandle): Promise<void> {
  return putSetting(db, folderKey(datasetId), folder);
}

/** Asks for the right to read; to be called on a click. @returns whether it was given */
export async function mayRead(folder: PermissionHandle): Promise<boolean> {
  if ((await folder.queryPermission?.({ mode: 'read' })) === 'granted') return true;
  return (await folder.requestPermission?.({ mode: 'read' })) === 'granted' || !folder.requestPermission;
}

/** What a page needs to know of pictures that are not stored here; null where they are. */
export interface FolderAccess {
  /** null: no folder is known, only thumbnails. */
  folder: string | null;
  mayRead: boolean;
}

/** Asks nobody. */
export async function folderAccess(db: Database, datasetId: string): Promise<FolderAccess | null> {
  const dataset = await getDataset(db, datasetId);
  if (!dataset?.pictures) return null;
  const folder: PermissionHandle | null = await linkedFolder(db, datasetId);
  if (!folder) return { folder: null, mayRead: false };
  const state = (await folder.queryPermission?.({ mode: 'read' })) ?? 'granted';
  return { folder: folder.name, mayRead: state === 'granted' };
}

/**
 * Makes sure that the pictures of a dataset can be read, asking for its folder where needed; to be called on a click.
 * @throws E-UNSUPPORTED when reading was refused, E-MISSING when only thumbnails were kept
 */
export async function ensurePictures(db: Database, datasetId: string): Promise<void> {
  const dataset = await getDataset(db, datasetId);
  if (!dataset?.pictures) return;
  const folder = await linkedFolder(db, datasetId);
  if (!folder) throw onlyThumbnail(`Dataset "${dataset.name}"`);
  if (!(await mayRead(folder))) throw mayNotRead(folder.name);
}
