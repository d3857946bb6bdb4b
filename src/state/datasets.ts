// The datasets of this browser: list, demo, export, delete. What is inside one: samples.ts. How one comes in: imports.ts.
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { DataApi, WrittenFile, ImportProgress } from '../shared/data-api.ts';
import type { Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import { listDatasets } from '../shared/storage/datasets.ts';
import type { JobsState } from './jobs.ts';
import { createStoreContext } from './store-context.tsx';

export type ExportFormat = DataApi['exportDataset']['params']['format'];

export interface DatasetsState {
  phase: 'loading' | 'ready' | 'failed';
  /** Newest first. */
  datasets: DatasetRecord[];
  error: ErrorRecord | null;
  /** Progress of the demo's installation; null when none runs. */
  demo: ImportProgress | null;
  refresh: () => Promise<void>;
  /** Stores what is missing of `perClass` demo images per domain, split and label; of one domain in a dataset of its own. */
  installDemo: (perClass: number, domain?: string) => Promise<DatasetRecord>;
  /** Takes a dataset out of the list, or back into it, while its deletion can be undone. */
  hide: (datasetId: string, isHidden: boolean) => void;
  /** Whether it is still out of the list: drawing or importing it again puts it back. */
  isHidden: (datasetId: string) => boolean;
  /** Deletes a dataset with its images; returns freed bytes. */
  remove: (datasetId: string) => Promise<number>;
  export: (datasetId: string, format: ExportFormat) => Promise<WrittenFile>;
}

export const DatasetsStore = createStoreContext<DatasetsState>('datasets');

/** The seed of the demo data; the built-in model was not trained on it. */
export const DEMO_SEED = 3;
/** Images per domain, split and label when the demo is whole. */
export const DEMO_PER_CLASS = 12;

/** The domain that the built-in model `dx-llava-nano-without-dahlia` was never trained on. */
export const HELD_OUT_DOMAIN = 'dahlia';

const DEMO_JOB = 'demo';

/** The datasets store. */
export function createDatasetsStore(data: Calls<DataApi>, openDb: () => Promise<Database>, jobs: StoreApi<JobsState>) {
  const reportDemo = ({ done, total }: ImportProgress) =>
    jobs
      .getState()
      .report({ id: DEMO_JOB, kind: 'import', title: 'Drawing demo images', state: 'running', done, total, etaMs: null, to: '/data' });
  const hidden = new Set<string>();
  return createStore<DatasetsState>((set, get) => ({
    phase: 'loading',
    datasets: [],
    error: null,
    demo: null,
    refresh: async () => {
      try {
        const datasets = await listDatasets(await openDb());
        set({ datasets: datasets.filter(({ id }) => !hidden.has(id)), phase: 'ready', error: null });
      } catch (error) {
        set({ phase: 'failed', error: toErrorRecord(error) });
      }
    },
    installDemo: async (perClass, domain) => {
      set({ demo: { done: 0, total: 0, phase: 'generate', imported: 0, failed: 0 } });
      try {
        const onProgress = (demo: ImportProgress) => {
          set({ demo });
          reportDemo(demo);
        };
        const dataset = await data.installDemo({ seed: DEMO_SEED, perClass, domain }, { onProgress });
        hidden.delete(dataset.id);
        await get().refresh();
        return dataset;
      } finally {
        set({ demo: null });
        jobs.getState().remove(DEMO_JOB);
      }
    },
    hide: (datasetId, isHidden) => {
      if (isHidden) hidden.add(datasetId);
      else hidden.delete(datasetId);
      void get().refresh();
    },
    isHidden: (datasetId) => hidden.has(datasetId),
    remove: async (datasetId) => {
      const { freedBytes } = await data.deleteDataset({ datasetId });
      hidden.delete(datasetId); // a demo or a bundle may bring the same id again
      await get().refresh();
      return freedBytes;
    },
    export: (datasetId, format) => data.exportDataset({ datasetId, format }),
  }));
}
