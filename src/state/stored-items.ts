// What takes room in this browser and can be deleted one by one.
import { DatasetsStore } from './datasets.ts';
import { ModelsStore } from './models.ts';

export interface StoredItem {
  id: string;
  kind: 'dataset' | 'checkpoint';
  name: string;
  /** Hash route of its page. */
  to: string;
  sizeBytes: number;
  createdAt: number;
  remove: () => Promise<unknown>;
}

/** Datasets and checkpoints, largest first. */
export function useStoredItems(): StoredItem[] {
  const datasets = DatasetsStore.use((state) => state.datasets);
  const models = ModelsStore.use((state) => state.models);
  const datasetStore = DatasetsStore.useApi();
  const modelStore = ModelsStore.useApi();
  const stored = datasets.map(({ id, name, sizeBytes, createdAt }): StoredItem => {
    const remove = () => datasetStore.getState().remove(id);
    return { id, kind: 'dataset', name, to: `/data/${encodeURIComponent(id)}`, sizeBytes, createdAt, remove };
  });
  const checkpoints = models.flatMap(({ id, name, sizeBytes, checkpoint }): StoredItem[] => {
    if (!checkpoint) return [];
    const remove = () => Promise.resolve(modelStore.getState().remove(id));
    return [{ id, kind: 'checkpoint', name, to: '/models', sizeBytes, createdAt: checkpoint.createdAt, remove }];
  });
  return [...stored, ...checkpoints].sort((a, b) => b.sizeBytes - a.sizeBytes);
}
