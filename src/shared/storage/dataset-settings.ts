// What is stored beside a dataset's records under settings keys, and goes away with it.
import * as v from 'valibot';
import type { Database } from './database.ts';
import { deleteSetting } from './settings.ts';

/** Saved views of the gallery. */
export const viewsKey = (datasetId: string): string => `views/${datasetId}`;

/** What lies under `viewsKey`: a name for a filter and an order, as the address holds them. */
export const VIEWS_SCHEMA = v.array(v.object({ name: v.string(), query: v.string() }));

/** Confirmed near copies. */
export const nearCopiesKey = (datasetId: string): string => `near-copies/${datasetId}`;

/** What lies under `nearCopiesKey`: links of a dataset as it was; the hash tells whether it still is. */
export const NEAR_COPIES_SCHEMA = v.object({
  contentHash: v.string(),
  comparedAt: v.number(),
  links: v.array(v.looseObject({ a: v.string(), b: v.string(), bits: v.number() })),
});

/** Handle of the folder it was imported from. */
export const folderKey = (datasetId: string): string => `folder/${datasetId}`;

/** Pictures that a re-scan replaced (replaced-pictures.ts). */
export const replacedKey = (datasetId: string): string => `replaced/${datasetId}`;

/** Every key that a dataset has. */
export const DATASET_KEYS = [viewsKey, nearCopiesKey, folderKey, replacedKey] as const;

/** Forgets all of them. */
export async function deleteDatasetSettings(db: Database, datasetId: string): Promise<void> {
  for (const keyOf of DATASET_KEYS) await deleteSetting(db, keyOf(datasetId));
}
