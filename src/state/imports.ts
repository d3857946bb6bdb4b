// One import at a time: look at a drop, show the review, store it, show the summary. Files never leave the machine.
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { ImportSummary } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { DataApi, DropEntry, ImportEntry, ImportOptions, ImportProgress, ImportReview } from '../shared/protocol.ts';
import type { Calls } from '../shared/rpc.ts';
import type { JobsState } from './jobs.ts';
import { createPaceMeter, type Pace } from './pace.ts';
import { reviewEntries } from './review-entries.ts';
import { createStoreContext } from './store-context.tsx';

export type ImportPhase = 'idle' | 'walking' | 'reading' | 'review' | 'importing' | 'done' | 'scoring' | 'scored' | 'failed';

export interface ImportsState {
  phase: ImportPhase;
  /** Files found so far while walking; read so far while reading. */
  read: { done: number; total: number };
  review: ImportReview | null;
  progress: ImportProgress | null;
  /** Of the running import; null while too little is known, and while it is paused. */
  pace: Pace | null;
  paused: boolean;
  cancelling: boolean;
  /** The dialog is open; a running import goes on without it. */
  shown: boolean;
  result: { datasetId: string; summary: ImportSummary } | null;
  /** The evaluation that the dropped answers became, once `scored`. */
  evalId: string | null;
  error: ErrorRecord | null;
  /** Walks a drop and reviews what it held; answers without images are scored at once. `walk` reports the files found so far. */
  open: (walk: Walk) => Promise<void>;
  /** The drop was one folder that the browser lets the page read again later. */
  canLink: boolean;
  /** Stores the reviewed drop, or a seeded sample of it; `pictures` says where these stay if not here. */
  start: (name: string, fixes: string[], how?: Pick<ImportOptions, 'sampleSize' | 'pictures'>) => Promise<void>;
  /** Makes an evaluation of the answers file in the reviewed drop, without a model. */
  scoreAnswers: () => Promise<void>;
  setPaused: (paused: boolean) => Promise<void>;
  /** Before the start: forgets the drop. During it: stops, keeping what is whole. */
  cancel: () => void;
  show: (shown: boolean) => void;
  /** Closes the summary or an error. */
  close: () => void;
}

export const ImportsStore = createStoreContext<ImportsState>('imports');

/** Lists the files of a drop; `folder` gives the one folder it was, where the browser has a handle. */
export interface Walk {
  (onFound: (count: number) => void): Promise<ImportEntry[]>;
  /** The same with images of folders left closed. */
  lightly?: (onFound: (count: number) => void) => Promise<DropEntry[]>;
  folder?: () => FileSystemDirectoryHandle | null;
}

type Data = Omit<ImportsState, 'open' | 'start' | 'scoreAnswers' | 'setPaused' | 'cancel' | 'show' | 'close'>;

const IDLE: Data = {
  phase: 'idle',
  read: { done: 0, total: 0 },
  review: null,
  canLink: false,
  progress: null,
  pace: null,
  paused: false,
  cancelling: false,
  shown: true,
  result: null,
  evalId: null,
  error: null,
};

const JOB_ID = 'import';

/** Entries to review, or null when the drop was dealt with. */
export type TakeDrop = (entries: ImportEntry[]) => Promise<ImportEntry[] | null>;

/** Whether a drop holds answers of a model made elsewhere. */
export function hasAnswers({ files }: ImportReview): boolean {
  return files.some(({ kind }) => kind === 'answers-jsonl');
}

/**
 * The import store.
 * @param onImported called after something was stored, with the dataset and the folder it came from where that can be read again
 * @param codeVersion goes into the evaluations that dropped answers become
 * @param take handles drops that are no data (bundles, models, logs) and gives back null for them
 */
export function createImportsStore(
  data: Calls<DataApi>,
  jobs: StoreApi<JobsState>,
  onImported: (datasetId: string | null, folder: FileSystemDirectoryHandle | null) => Promise<void>,
  codeVersion = '',
  take: TakeDrop = (entries) => Promise.resolve(entries),
) {
  let abort = new AbortController();
  const meter = createPaceMeter();
  return createStore<ImportsState>((set, get) => {
    /** Runs one part of the import; its result counts only while the same drop is open. */
    const guarded = async (work: (signal: AbortSignal) => Promise<void>) => {
      abort = new AbortController();
      const { signal } = abort;
      try {
        await work(signal);
      } catch (error) {
        const record = toErrorRecord(error);
        if (abort.signal !== signal) return;
        set(record.code === 'E-CANCELLED' ? IDLE : { phase: 'failed', error: record, shown: true });
      }
    };
    let name = '';
    let folder: FileSystemDirectoryHandle | null = null;
    const reportJob = (progress: ImportProgress) =>
      jobs.getState().report({
        id: JOB_ID,
        kind: 'import',
        title: name,
        state: get().paused ? 'paused' : 'running',
        done: progress.done,
        total: progress.total,
        etaMs: get().pace?.etaMs ?? null,
        to: '/data',
      });
    const score = async ({ reviewId }: ImportReview, signal: AbortSignal, datasetId?: string) => {
      set({ phase: 'scoring', read: { done: 0, total: 0 } });
      const onProgress = (read: { done: number; total: number }) => set({ read });
      const { evalId } = await data.importAnswers({ reviewId, codeVersion, ...(datasetId ? { datasetId } : {}) }, { signal, onProgress });
      set({ phase: 'scored', evalId, shown: true });
    };
    return {
      ...IDLE,
      open: (walk) =>
        guarded(async (signal) => {
          set({ ...IDLE, phase: 'walking' });
          const found = await (walk.lightly ?? walk)((done) => set({ read: { done, total: 0 } }));
          // Only images of folders are left closed: such a drop is data.
          const entries = found.every((entry) => 'file' in entry) ? await take(found) : found;
          folder = walk.folder?.() ?? null;
          if (signal.aborted) return;
          if (!entries) return set(IDLE);
          set({ phase: 'reading', read: { done: 0, total: entries.length } });
          const review = await reviewEntries(data, entries, {
            signal,
            onProgress: ({ read, total }) => set({ read: { done: read, total } }),
          });
          if (signal.aborted) return;
          set({ phase: 'review', review, canLink: folder !== null });
          if (review.imagesFound === 0 && hasAnswers(review)) await score(review, signal);
        }),
      start: async (chosenName, fixes, how = {}) => {
        const { review } = get();
        if (!review) return;
        name = chosenName;
        await guarded(async (signal) => {
          set({ phase: 'importing', progress: null, pace: null, paused: false, cancelling: false });
          meter.reset();
          const onProgress = (progress: ImportProgress) => {
            set({ progress, pace: get().paused ? null : meter.add(progress.done, progress.total) });
            reportJob(progress);
          };
          const result = await data.import({ reviewId: review.reviewId, name, fixes, ...how }, { signal, onProgress });
          set({ phase: 'done', result, cancelling: false, shown: true });
          if (hasAnswers(review) && !signal.aborted) await score(review, signal, result.datasetId);
        });
        jobs.getState().remove(JOB_ID);
        await onImported(get().result?.datasetId ?? null, folder);
      },
      scoreAnswers: async () => {
        const { review } = get();
        if (review) await guarded((signal) => score(review, signal));
      },
      setPaused: async (paused) => {
        const answer = await data.pauseImport({ paused });
        meter.reset();
        set({ paused: answer.paused, pace: null });
        const { phase, progress } = get();
        if (phase === 'importing' && progress) reportJob(progress);
      },
      cancel: () => {
        abort.abort();
        if (get().phase === 'importing') set({ cancelling: true });
        else set(IDLE);
      },
      show: (shown) => set({ shown }),
      close: () => set(IDLE),
    };
  });
}
