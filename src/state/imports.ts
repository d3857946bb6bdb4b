// One import at a time: look at a drop, show the review, store it, show the summary. Files never leave the machine.
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { ImportSummary } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import type { DataApi, ImportOptions, ImportProgress, ImportReview } from '../shared/data-api.ts';
import type { Calls } from '../shared/rpc.ts';
import type { JobsState } from './jobs.ts';
import { createPaceMeter, type Pace } from './pace.ts';
import { createPublisher } from './publisher.ts';
import { createGuard } from './guard.ts';
import { reviewWalk, type TakeDrop, type Walk } from './review-walk.ts';
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
/** The dialog, the chip and the page's icon are drawn anew this often at most; a job of minutes needs no more. */
const PUBLISH_INTERVAL_MS = 500;

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
  const meter = createPaceMeter();
  return createStore<ImportsState>((set, get) => {
    const guard = createGuard((error) => set(error ? { phase: 'failed', error, shown: true } : IDLE));
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
      if (!signal.aborted) set({ phase: 'scored', evalId, shown: true });
    };
    return {
      ...IDLE,
      open: (walk) =>
        guard.run(async (signal) => {
          set({ ...IDLE, phase: 'walking' });
          const review = await reviewWalk(data, walk, {
            signal,
            take,
            onFound: (done) => set({ read: { done, total: 0 } }),
            onRead: (read) => set({ phase: 'reading', read }),
          });
          if (signal.aborted) return;
          folder = walk.folder?.() ?? null;
          if (!review) return set(IDLE);
          set({ phase: 'review', review, canLink: folder !== null });
          if (review.imagesFound === 0 && hasAnswers(review)) await score(review, signal);
        }),
      start: async (chosenName, fixes, how = {}) => {
        const { review } = get();
        if (!review) return;
        name = chosenName;
        await guard.run(async (signal) => {
          set({ phase: 'importing', progress: null, pace: null, paused: false, cancelling: false });
          meter.reset();
          let newest: ImportProgress | null = null;
          const publisher = createPublisher(() => {
            if (!newest) return;
            set({ progress: newest, pace: get().paused ? null : meter.add(newest.done, newest.total) });
            reportJob(newest);
          }, PUBLISH_INTERVAL_MS);
          const onProgress = (progress: ImportProgress) => {
            newest = progress;
            publisher.request();
          };
          const importing = data.import({ reviewId: review.reviewId, name, fixes, ...how }, { signal, onProgress });
          const result = await importing.finally(publisher.finish);
          set({ phase: 'done', result, cancelling: false, shown: true });
          if (hasAnswers(review) && !signal.aborted) await score(review, signal, result.datasetId);
        });
        jobs.getState().remove(JOB_ID);
        await onImported(get().result?.datasetId ?? null, folder);
      },
      scoreAnswers: async () => {
        const { review } = get();
        if (review) await guard.run((signal) => score(review, signal));
      },
      setPaused: async (paused) => {
        const answer = await data.pauseImport({ paused });
        meter.reset();
        set({ paused: answer.paused, pace: null });
        const { phase, progress } = get();
        if (phase === 'importing' && progress) reportJob(progress);
      },
      cancel: () => {
        if (get().phase === 'importing') {
          guard.stop();
          set({ cancelling: true });
        } else {
          guard.drop();
          set(IDLE);
        }
      },
      show: (shown) => set({ shown }),
      close: () => set(IDLE),
    };
  });
}
