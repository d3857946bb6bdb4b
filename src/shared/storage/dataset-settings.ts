// What is stored beside a dataset's records under settings keys, and goes away with it.
import type { Database } from './database.ts';
import { deleteSetting } from './settings.ts';

/** Saved views of the gallery. */
export const viewsKey = (datasetId: string): string => `views/${datasetId}`;

/** Confirmed near copies. */
export const nearCopiesKey = (datasetId: string): string => `near-copies/${datasetId}`;

/** Handle of the folder it was imported from. */
export const folderKey = (datasetId: string): string => `folder/${datasetId}`;

/** Forgets all of them. */
export async function deleteDatasetSettings(db: Database, datasetId: string): Promise<void> {
  for (const key of [viewsKey(datasetId), nearCopiesKey(datasetId), folderKey(datasetId)]) await deleteSetting(db, key);
}
