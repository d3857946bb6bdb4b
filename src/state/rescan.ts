// Reading a dataset's folder again: permission, walk, comparison, and after the user agreed the same in storage.
import { createStore } from 'zustand/vanilla';
import type { ImportSummary } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord, WorkbenchError } from '../shared/errors.ts';
import type { DataApi, ImportProgress, RescanDiff } from '../shared/protocol.ts';
import type { Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import type { Walk } from './imports.ts';
import { linkedFolder } from '../shared/storage/linked-files.ts';
import { reviewEntries } from './review-entries.ts';
import { linkFolder, mayRead } from './linked-folder.ts';
import { createStoreContext } from './store-context.tsx';

export type RescanPhase = 'idle' | 'unlinked' | 'walking' | 'comparing' | 'review' | 'applying' | 'done' | 'failed';

export interface RescanState {
  phase: RescanPhase;
  datasetId: string;
  /** Files found while walking, compared or stored. */
  progress: { done: number; total: number };
  diff: RescanDiff | null;
  summary: ImportSummary | null;
  error: ErrorRecord | null;
  /**
   * Reads the linked folder; to be called on a click, because the browser may ask.
   * @param walkOf lists a folder by its handle
   */
  start: (datasetId: string, walkOf: (folder: FileSystemDirectoryHandle) => Walk) => Promise<void>;
  /** The same with a folder that the user gives now; it is remembered where it has a handle. */
  startWith: (datasetId: string, walk: Walk) => Promise<void>;
  apply: () => Promise<void>;
  close: () => void;
}

export const RescanStore = createStoreContext<RescanState>('rescan');

const IDLE = { phase: 'idle', datasetId: '', progress: { done: 0, total: 0 }, diff: null, summary: null, error: null } as const;

type RescanCalls = Pick<Calls<DataApi>, 'addEntries' | 'review' | 'compareFolder' | 'applyFolder'>;

/** The re-scan store; one at a time. */
export function createRescanStore(data: RescanCalls, openDb: () => Promise<Database>, onApplied: () => Promise<void>) {
  let abort = new AbortController();
  let reviewId = '';
  return createStore<RescanState>((set, get) => {
    const guarded = async (work: (signal: AbortSignal) => Promise<void>) => {
      abort = new AbortController();
      const { signal } = abort;
      try {
        await work(signal);
      } catch (error) {
        const record = toErrorRecord(error);
        if (!signal.aborted) set(record.code === 'E-CANCELLED' ? IDLE : { phase: 'failed', error: record });
      }
    };
    const onProgress = (progress: { done: number; total: number }) => set({ progress });
    const compare = async (datasetId: string, walk: Walk, signal: AbortSignal) => {
      set({ ...IDLE, phase: 'walking', datasetId });
      const entries = await (walk.lightly ?? walk)((done) => onProgress({ done, total: 0 }));
      const folder = walk.folder?.();
      if (folder) await linkFolder(await openDb(), datasetId, folder);
      set({ phase: 'comparing', progress: { done: 0, total: entries.length } });
      const review = await reviewEntries(data, entries, { signal });
      reviewId = review.reviewId;
      const diff = await data.compareFolder({ reviewId, datasetId }, { signal, onProgress });
      if (!signal.aborted) set({ phase: 'review', diff });
    };
    return {
      ...IDLE,
      start: (datasetId, walkOf) =>
        guarded(async (signal) => {
          set({ ...IDLE, phase: 'walking', datasetId });
          const folder = await linkedFolder(await openDb(), datasetId);
          if (!folder) return set({ phase: 'unlinked' });
          if (!(await mayRead(folder))) throw refused(folder.name);
          await compare(datasetId, walkOf(folder), signal);
        }),
      startWith: (datasetId, walk) => guarded((signal) => compare(datasetId, walk, signal)),
      apply: () =>
        guarded(async (signal) => {
          const { datasetId, diff } = get();
          if (!diff) return;
          set({ phase: 'applying', progress: { done: 0, total: 0 } });
          const report = ({ done, total }: ImportProgress) => onProgress({ done, total });
          const { summary } = await data.applyFolder({ reviewId, datasetId, diff }, { signal, onProgress: report });
          set({ phase: 'done', summary });
          await onApplied();
        }),
      close: () => {
        abort.abort();
        set(IDLE);
      },
    };
  });
}

function refused(name: string): WorkbenchError {
  return new WorkbenchError('E-UNSUPPORTED', `The browser was not allowed to read the folder "${name}".`, {
    safe: 'The dataset is as it was.',
    remedy: 'Press Re-scan again and allow reading, or give the folder anew.',
  });
}
