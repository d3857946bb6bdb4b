// Saved views of a dataset: a name for a filter and an order, as the address holds them. Stored under one settings key per dataset.
import * as v from 'valibot';
import type { Database } from '../shared/storage/database.ts';
import { VIEWS_SCHEMA, viewsKey } from '../shared/storage/dataset-settings.ts';
import { updateSetting, getSetting } from '../shared/storage/settings.ts';

/** A named view; `query` is the part of the address that makes it. */
export interface SavedView {
  name: string;
  query: string;
}

/** What another version wrote in another form counts as none. */
function viewsOf(stored: unknown): SavedView[] {
  const parsed = v.safeParse(VIEWS_SCHEMA, stored);
  return parsed.success ? parsed.output : [];
}

/** The stored views. */
export async function readViews(db: Database, datasetId: string): Promise<SavedView[]> {
  return viewsOf(await getSetting(db, viewsKey(datasetId)));
}

/** Adds views, replacing those of the same names. @returns all views in the order of their names */
export function addViews(db: Database, datasetId: string, added: readonly SavedView[]): Promise<SavedView[]> {
  const names = new Set(added.map(({ name }) => name));
  return changeViews(db, datasetId, (views) => [...views.filter(({ name }) => !names.has(name)), ...added]);
}

/** Takes a view away. @returns the others */
export function removeView(db: Database, datasetId: string, name: string): Promise<SavedView[]> {
  return changeViews(db, datasetId, (views) => views.filter((view) => view.name !== name));
}

function changeViews(db: Database, datasetId: string, change: (views: SavedView[]) => SavedView[]): Promise<SavedView[]> {
  return updateSetting(db, viewsKey(datasetId), (stored) => change(viewsOf(stored)).sort((a, b) => a.name.localeCompare(b.name)));
}
