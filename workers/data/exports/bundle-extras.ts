// What a bundle holds beside the records themselves: saved views and near copies of a dataset, the samples that a run was started on,
// answers of the inspector's history.
import * as v from 'valibot';
import type { AnswerRecord } from '../../../src/shared/domain/answer.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { transact } from '../../../src/shared/storage/database.ts';
import { NEAR_COPIES_SCHEMA, nearCopiesKey, VIEWS_SCHEMA, viewsKey } from '../../../src/shared/storage/dataset-settings.ts';
import { getSetting, putSetting } from '../../../src/shared/storage/settings.ts';

/** `datasets/<id>/settings.json`. The handle of a linked folder belongs to one browser and stays there. */
export const DATASET_EXTRAS_SCHEMA = v.object({ views: v.optional(VIEWS_SCHEMA), nearCopies: v.optional(NEAR_COPIES_SCHEMA) });
export type DatasetExtras = v.InferOutput<typeof DATASET_EXTRAS_SCHEMA>;

/** null where there are none; what is stored in another form is left out. */
export async function readDatasetExtras(db: Database, datasetId: string): Promise<DatasetExtras | null> {
  const views = v.safeParse(VIEWS_SCHEMA, await getSetting(db, viewsKey(datasetId)));
  const nearCopies = v.safeParse(NEAR_COPIES_SCHEMA, await getSetting(db, nearCopiesKey(datasetId)));
  const extras = { ...(views.success && { views: views.output }), ...(nearCopies.success && { nearCopies: nearCopies.output }) };
  return Object.keys(extras).length > 0 ? extras : null;
}

export async function putDatasetExtras(db: Database, datasetId: string, { views, nearCopies }: DatasetExtras): Promise<void> {
  if (views) await putSetting(db, viewsKey(datasetId), views);
  if (nearCopies) await putSetting(db, nearCopiesKey(datasetId), nearCopies);
}

/** Keeps the answers that are not here yet, all or none. @returns these, for `deleteKeptAnswers` */
export function keepNewAnswers(db: Database, answers: readonly AnswerRecord[]): Promise<AnswerRecord[]> {
  return transact(db, ['answers'], 'readwrite', async (tx) => {
    const store = tx.objectStore('answers');
    const keys = await Promise.all(answers.map(({ evalId, sampleId }) => store.getKey([evalId, sampleId])));
    const added = answers.filter((_, i) => keys[i] === undefined);
    for (const answer of added) await store.put(answer);
    return added;
  });
}
