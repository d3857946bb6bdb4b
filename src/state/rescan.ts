// Reading a dataset's folder again: permission, walk, comparison, and after the user agreed the same in storage.
import { createStore } from 'zustand/vanilla';
import type { ImportSummary } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { WorkbenchError } from '../shared/errors.ts';
import type { DataApi, ImportProgress, RescanDiff } from '../shared/data-api.ts';
import type { Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import { linkedFolder } from '../shared/storage/linked-files.ts';
import { createGuard } from './guard.ts';
import { reviewWalk, type Walk } from './review-walk.ts';
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
export function createRescanStore(data: RescanCalls, openDb: () => Promise<Database>, onApplied: (datasetId: string) => Promise<void>) {
  let reviewId = '';
  return createStore<RescanState>((set, get) => {
    const guard = createGuard((error) => set(error ? { phase: 'failed', error } : IDLE));
    const onProgress = (progress: { done: number; total: number }) => set({ progress });
    const compare = async (datasetId: string, walk: Walk, signal: AbortSignal) => {
      set({ ...IDLE, phase: 'walking', datasetId });
      const review = await reviewWalk(data, walk, {
        signal,
        onFound: (done) => onProgress({ done, total: 0 }),
        onRead: ({ total }) => set({ phase: 'comparing', progress: { done: 0, total } }),
      });
      if (!review) return;
      const folder = walk.folder?.();
      if (folder) await linkFolder(await openDb(), datasetId, folder);
      reviewId = review.reviewId;
      const diff = await data.compareFolder({ reviewId, datasetId }, { signal, onProgress });
      if (!signal.aborted) set({ phase: 'review', diff });
    };
    return {
      ...IDLE,
      start: (datasetId, walkOf) =>
        guard.run(async (signal) => {
          set({ ...IDLE, phase: 'walking', datasetId });
          const folder = await linkedFolder(await openDb(), datasetId);
          if (!folder) return set({ phase: 'unlinked' });
          if (!(await mayRead(folder))) throw refused(folder.name);
          await compare(datasetId, walkOf(folder), signal);
        }),
      startWith: (datasetId, walk) => guard.run((signal) => compare(datasetId, walk, signal)),
      apply: () =>
        guard.run(async (signal) => {
          const { datasetId, diff } = get();
          if (!diff) return;
          set({ phase: 'applying', progress: { done: 0, total: 0 } });
          const report = ({ done, total }: ImportProgress) => onProgress({ done, total });
          const { summary } = await data.applyFolder({ reviewId, datasetId, diff }, { signal, onProgress: report });
          if (!signal.aborted) set({ phase: 'done', summary });
          await onApplied(datasetId);
        }),
      close: () => {
        guard.drop();
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
