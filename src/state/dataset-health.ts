// The checks of the open dataset: what is known, and the job that finds out more. The data worker does the work.
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { HealthReport } from '../shared/domain/health.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { DataApi } from '../shared/protocol.ts';
import type { Calls } from '../shared/rpc.ts';
import type { JobsState } from './jobs.ts';
import { createStoreContext } from './store-context.tsx';

export interface DatasetHealthState {
  datasetId: string | null;
  /** null while it is read. */
  report: HealthReport | null;
  /** Of the running check; null when none runs. */
  progress: DataApi['runChecks']['progress'] | null;
  error: ErrorRecord | null;
  /** Reads what is known; a running check of another dataset is stopped. */
  open: (datasetId: string) => Promise<void>;
  /** Checks the open dataset; what was checked before is not read again. */
  run: (name: string) => Promise<void>;
  /** Stops the check; what was read stays. */
  cancel: () => void;
}

export const DatasetHealthStore = createStoreContext<DatasetHealthState>('dataset health');

const JOB_ID = 'checks';

/** The health store. */
export function createDatasetHealthStore(data: Pick<Calls<DataApi>, 'runChecks' | 'healthReport'>, jobs: StoreApi<JobsState>) {
  let abort = new AbortController();
  return createStore<DatasetHealthState>((set, get) => {
    const settle = (datasetId: string, state: Partial<DatasetHealthState>) => get().datasetId === datasetId && set(state);
    const read = async (datasetId: string) => {
      try {
        settle(datasetId, { report: await data.healthReport({ datasetId }), error: null });
      } catch (error) {
        settle(datasetId, { error: toErrorRecord(error) });
      }
    };
    return {
      datasetId: null,
      report: null,
      progress: null,
      error: null,
      open: async (datasetId) => {
        if (get().datasetId !== datasetId) {
          abort.abort(); // a check goes on where it stopped when its dataset is opened again
          set({ datasetId, report: null, error: null });
        }
        await read(datasetId);
      },
      run: async (name) => {
        const { datasetId } = get();
        if (!datasetId || get().progress) return;
        abort = new AbortController();
        set({ progress: { phase: 'read', done: 0, total: 0 }, error: null });
        const onProgress = (progress: DataApi['runChecks']['progress']) => {
          set({ progress });
          const { done, total } = progress;
          const to = `/data/${encodeURIComponent(datasetId)}?tab=health`;
          jobs.getState().report({ id: JOB_ID, kind: 'import', title: `Checking ${name}`, state: 'running', done, total, etaMs: null, to });
        };
        try {
          settle(datasetId, { report: await data.runChecks({ datasetId }, { signal: abort.signal, onProgress }) });
        } catch (error) {
          const record = toErrorRecord(error);
          if (record.code !== 'E-CANCELLED') settle(datasetId, { error: record });
          else await read(datasetId);
        } finally {
          set({ progress: null });
          jobs.getState().remove(JOB_ID);
        }
      },
      cancel: () => abort.abort(),
    };
  });
}
