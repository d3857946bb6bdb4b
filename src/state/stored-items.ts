// What takes room in this browser and can be deleted one by one.
import { useEffect } from 'react';
import { storedBytes } from '../shared/stored-bytes.ts';
import { DatasetsStore } from './datasets.ts';
import { InspectionStore } from './inspection.ts';
import { ModelsStore } from './models.ts';

export interface StoredItem {
  id: string;
  kind: 'dataset' | 'checkpoint' | 'answers';
  name: string;
  /** Hash route of its page. */
  to: string;
  sizeBytes: number;
  createdAt: number;
  remove: () => Promise<unknown>;
}

/** The answers kept of the inspector, as one item; none where there are none. */
function useKeptAnswers(): StoredItem[] {
  const store = InspectionStore.useApi();
  const total = InspectionStore.use((state) => state.keptTotal);
  useEffect(() => {
    store
      .getState()
      .loadKeptTotal()
      .catch(() => undefined); // a database that fails says so above the page
  }, [store]);
  if (!total || total.count === 0) return [];
  const { count, bytes, newestAt } = total;
  const name = `${count === 1 ? 'Answer' : `${count} answers`} kept of the inspector`;
  const remove = () => store.getState().forgetAllKept();
  return [{ id: 'kept-answers', kind: 'answers', name, to: '/inspect', sizeBytes: bytes, createdAt: newestAt, remove }];
}

/** Datasets, checkpoints and the answers kept of the inspector, largest first. */
export function useStoredItems(): StoredItem[] {
  const datasets = DatasetsStore.use((state) => state.datasets);
  const models = ModelsStore.use((state) => state.models);
  const answers = useKeptAnswers();
  const datasetStore = DatasetsStore.useApi();
  const modelStore = ModelsStore.useApi();
  const stored = datasets.map((dataset): StoredItem => {
    const { id, name, createdAt } = dataset;
    const remove = () => datasetStore.getState().remove(id);
    return { id, kind: 'dataset', name, to: `/data/${encodeURIComponent(id)}`, sizeBytes: storedBytes(dataset), createdAt, remove };
  });
  const checkpoints = models.flatMap(({ id, name, sizeBytes, checkpoint }): StoredItem[] => {
    if (!checkpoint) return [];
    const remove = () => Promise.resolve(modelStore.getState().remove(id));
    return [{ id, kind: 'checkpoint', name, to: '/models', sizeBytes, createdAt: checkpoint.createdAt, remove }];
  });
  return [...stored, ...checkpoints, ...answers].sort((a, b) => b.sizeBytes - a.sizeBytes);
}
