// Saved views of a dataset: a name for a filter and an order, as the address holds them. Stored under one settings key per dataset.
import * as v from 'valibot';
import type { Database } from '../shared/storage/database.ts';
import { VIEWS_SCHEMA, viewsKey } from '../shared/storage/dataset-settings.ts';
import { getSetting, putSetting } from '../shared/storage/settings.ts';

/** A named view; `query` is the part of the address that makes it. */
export interface SavedView {
  name: string;
  query: string;
}

/** The stored views; what another version wrote in another form counts as none. */
export async function readViews(db: Database, datasetId: string): Promise<SavedView[]> {
  const parsed = v.safeParse(VIEWS_SCHEMA, await getSetting(db, viewsKey(datasetId)));
  return parsed.success ? parsed.output : [];
}

/** Adds views, replacing those of the same names. @returns all views in the order of their names */
export async function addViews(db: Database, datasetId: string, added: readonly SavedView[]): Promise<SavedView[]> {
  const names = new Set(added.map(({ name }) => name));
  const kept = (await readViews(db, datasetId)).filter(({ name }) => !names.has(name));
  return putViews(db, datasetId, [...kept, ...added]);
}

/** Takes a view away. @returns the others */
export async function removeView(db: Database, datasetId: string, name: string): Promise<SavedView[]> {
  return putViews(
    db,
    datasetId,
    (await readViews(db, datasetId)).filter((view) => view.name !== name),
  );
}

async function putViews(db: Database, datasetId: string, views: readonly SavedView[]): Promise<SavedView[]> {
  const sorted = views.toSorted((a, b) => a.name.localeCompare(b.name));
  await putSetting(db, viewsKey(datasetId), sorted);
  return sorted;
}
