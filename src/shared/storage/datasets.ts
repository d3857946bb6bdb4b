// Dataset records. Their samples: samples.ts.
import type { DatasetRecord } from '../domain/sample.ts';
import { WorkbenchError } from '../errors.ts';
import { announceChange } from './changes.ts';
import type { Database } from './database.ts';
import { transact } from './database.ts';

/** Stores or replaces a dataset. */
export async function putDataset(db: Database, dataset: DatasetRecord): Promise<void> {
  await transact(db, ['datasets'], 'readwrite', (tx) => tx.objectStore('datasets').put(dataset));
  announceChange('datasets', dataset.id);
}

/** One dataset, or undefined. */
export function getDataset(db: Database, id: string): Promise<DatasetRecord | undefined> {
  return transact(db, ['datasets'], 'readonly', (tx) => tx.objectStore('datasets').get(id));
}

/** One dataset that must be there. @throws E-MISSING */
export async function requireDataset(db: Database, id: string): Promise<DatasetRecord> {
  const dataset = await getDataset(db, id);
  if (dataset) return dataset;
  throw new WorkbenchError('E-MISSING', `This browser holds no dataset "${id}".`, {
    safe: 'Other datasets are unharmed.',
    remedy: 'Import its folder again, or a bundle that holds it.',
  });
}

/** All datasets, newest first. */
export async function listDatasets(db: Database): Promise<DatasetRecord[]> {
  const datasets = await transact(db, ['datasets'], 'readonly', (tx) => tx.objectStore('datasets').index('createdAt').getAll());
  return datasets.reverse();
}

/** Removes the record alone; its samples must be gone already. */
export async function deleteDatasetRecord(db: Database, id: string): Promise<void> {
  await transact(db, ['datasets'], 'readwrite', (tx) => tx.objectStore('datasets').delete(id));
  announceChange('datasets', id);
}

/**
 * Marks imports that a crash or reload cut short as `partial`, so that they can be continued or deleted.
 * Call while no import runs.
 * @returns those it marked
 */
export async function settleInterruptedImports(db: Database): Promise<DatasetRecord[]> {
  const interrupted = (await listDatasets(db)).filter((dataset) => dataset.state === 'importing');
  for (const dataset of interrupted) await putDataset(db, { ...dataset, state: 'partial' });
  return interrupted;
}
