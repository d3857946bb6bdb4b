// Deletes a dataset: samples first, its record last, so that a crash on the way leaves it in the list to be deleted again.
import type { Database } from '../../src/shared/storage/database.ts';
import { deleteDatasetSettings } from '../../src/shared/storage/dataset-settings.ts';
import { deleteDatasetRecord, getDataset, putDataset } from '../../src/shared/storage/datasets.ts';
import { addJournalEntry } from '../../src/shared/storage/journal.ts';
import { deleteKeptAnswersOfDataset } from '../../src/shared/storage/kept-answers.ts';
import { countSamples, deleteSamples } from '../../src/shared/storage/samples.ts';

/** Deletes everything of a dataset and what the inspector kept about its images; evaluations and runs that used it stay. Returns freed bytes. */
export async function deleteDataset(
  db: Database,
  datasetId: string,
  progress: (progress: { done: number; total: number }) => void,
): Promise<{ freedBytes: number }> {
  const dataset = await getDataset(db, datasetId);
  if (dataset) await putDataset(db, { ...dataset, state: 'partial' });
  const total = await countSamples(db, datasetId);
  const freedBytes = await deleteSamples(db, datasetId, (done) => progress({ done, total }));
  await deleteKeptAnswersOfDataset(db, datasetId);
  await deleteDatasetSettings(db, datasetId);
  await deleteDatasetRecord(db, datasetId);
  await addJournalEntry(db, 'delete-dataset', `${dataset?.name ?? datasetId}: ${total} images, ${freedBytes} bytes`);
  return { freedBytes };
}
