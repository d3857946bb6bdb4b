// What is found out about the open dataset beyond its record: checks of its files (data worker) and lengths of its texts (engine
// worker, which has the tokenizers).
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { HealthReport } from '../shared/domain/health.ts';
import type { TextStatistics } from '../shared/domain/text-statistics.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { DataApi } from '../shared/data-api.ts';
import type { EngineApi } from '../shared/engine-api.ts';
import type { Calls } from '../shared/rpc.ts';
import type { JobsState } from './jobs.ts';
import { createPaceMeter } from './pace.ts';
import { createStoreContext } from './store-context.tsx';

export interface DatasetHealthState {
  datasetId: string | null;
  /** null while it is read. */
  report: HealthReport | null;
  /** Of the running check; null when none runs. */
  progress: DataApi['runChecks']['progress'] | null;
  /** Time left in its phase; null while too little is known. */
  etaMs: number | null;
  error: ErrorRecord | null;
  /** Reads what is known; a running check of another dataset is stopped. */
  open: (datasetId: string) => Promise<void>;
  /** Checks the open dataset; what was checked before is not read again. */
  run: (name: string) => Promise<void>;
  /** Stops the check; what was read stays. */
  cancel: () => void;
  /** Lengths of the texts; of the dataset and model that were asked for last. */
  texts: TextStatistics | null;
  textProgress: { done: number; total: number } | null;
  textError: ErrorRecord | null;
  /** Counts the texts for a model; an earlier count is stopped. */
  countTexts: (datasetId: string, modelId: string) => Promise<void>;
}

export const DatasetHealthStore = createStoreContext<DatasetHealthState>('dataset health');

const JOB_ID = 'checks';

/** The health store. */
export function createDatasetHealthStore(
  data: Pick<Calls<DataApi>, 'runChecks' | 'healthReport'>,
  engine: Pick<Calls<EngineApi>, 'textStatistics'>,
  jobs: StoreApi<JobsState>,
) {
  let abort = new AbortController();
  /** Settles when the newest check has ended: data are written by one at a time. */
  let ended: Promise<unknown> = Promise.resolve();
  let counting = new AbortController();
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
      etaMs: null,
      error: null,
      open: async (datasetId) => {
        if (get().datasetId !== datasetId) {
          abort.abort(); // a check goes on where it stopped when its dataset is opened again
          set({ datasetId, report: null, error: null, progress: null, etaMs: null });
        }
        await read(datasetId);
      },
      run: async (name) => {
        const { datasetId } = get();
        if (!datasetId || get().progress) return;
        abort = new AbortController();
        const { signal } = abort;
        set({ progress: { phase: 'read', done: 0, total: 0 }, etaMs: null, error: null });
        const meter = createPaceMeter();
        const onProgress = (progress: DataApi['runChecks']['progress']) => {
          if (signal.aborted) return;
          const { done, total } = progress;
          if (progress.phase !== get().progress?.phase) meter.reset();
          const etaMs = meter.add(done, total)?.etaMs ?? null;
          set({ progress, etaMs });
          const to = `/data/${encodeURIComponent(datasetId)}?tab=health`;
          jobs.getState().report({ id: JOB_ID, kind: 'import', title: `Checking ${name}`, state: 'running', done, total, etaMs, to });
        };
        try {
          const checked = ended.then(() => data.runChecks({ datasetId }, { signal, onProgress }));
          ended = checked.catch(() => undefined);
          settle(datasetId, { report: await checked });
        } catch (error) {
          const record = toErrorRecord(error);
          if (record.code !== 'E-CANCELLED') settle(datasetId, { error: record });
          else await read(datasetId);
        } finally {
          if (abort.signal === signal) set({ progress: null });
          jobs.getState().remove(JOB_ID);
        }
      },
      cancel: () => abort.abort(),
      texts: null,
      textProgress: null,
      textError: null,
      countTexts: async (datasetId, modelId) => {
        counting.abort();
        counting = new AbortController();
        const { signal } = counting;
        const put = (state: Partial<DatasetHealthState>) => signal.aborted || set(state);
        put({ texts: null, textProgress: { done: 0, total: 0 }, textError: null });
        try {
          const onProgress = (textProgress: { done: number; total: number }) => put({ textProgress });
          put({ texts: await engine.textStatistics({ datasetId, modelId }, { signal, onProgress }) });
        } catch (error) {
          put({ textError: toErrorRecord(error) });
        }
        put({ textProgress: null });
      },
    };
  });
}
