// Work that a crash, a closed tab or a reload cut short, found when the page opens and when another tab goes away.
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { RunRecord } from '../shared/domain/run.ts';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import type { Database } from '../shared/storage/database.ts';
import { listAnsweredIds, listEvals } from '../shared/storage/evals.ts';
import { listRuns } from '../shared/storage/runs.ts';
import type { EvaluationState } from './evaluation-state.ts';
import { isInterrupted } from './interrupted.ts';
import type { RunState } from './run-state.ts';
import { createStoreContext } from './store-context.tsx';

/** One piece of work that can go on. */
export interface InterruptedJob {
  id: string;
  kind: 'import' | 'evaluation' | 'training';
  name: string;
  /** How far it is, such as `step 7 of 60`. */
  place: string;
  to: string;
}

export interface RecoveryState {
  interrupted: readonly InterruptedJob[];
  /** Looks for interrupted work; `imports` were found cut short when the page opened. */
  look: (imports?: readonly DatasetRecord[]) => Promise<void>;
  /** Goes on with a run or an evaluation. */
  resume: (job: InterruptedJob) => void;
  /** Takes everything shown off the list; the pages of the jobs still offer to go on. */
  dismiss: () => void;
}

export const RecoveryStore = createStoreContext<RecoveryState>('recovery');

export interface RecoveryDeps {
  database: () => Promise<Database>;
  listWorkingIds: () => Promise<string[]>;
  run: StoreApi<Pick<RunState, 'live' | 'waiting' | 'resume' | 'runs'>>;
  evaluation: StoreApi<Pick<EvaluationState, 'live' | 'waiting' | 'resume' | 'evals'>>;
  datasets: Pick<StoreApi<{ datasets: readonly DatasetRecord[] }>, 'subscribe'>;
}

/** What a store knows of its jobs; the list may hold only some of them. */
interface KnownJobs {
  records: readonly { id: string; state: RunRecord['state'] }[] | null;
  live: ReturnType<typeof own>;
}

/** Whether a job is still cut short: not taken up, not ended, not deleted since. */
function isStillCut({ id }: InterruptedJob, now: KnownJobs, before: KnownJobs): boolean {
  const find = ({ records }: KnownJobs) => records?.find((record) => record.id === id);
  const record = find(now);
  if (now.live.liveId === id || now.live.waiting.includes(id)) return false;
  return record ? isInterrupted(record, now.live) : find(before) === undefined;
}

/** Whether an import is still cut short: not finished, not deleted since. */
function isStillPartial({ id }: InterruptedJob, now: readonly DatasetRecord[], before: readonly DatasetRecord[]): boolean {
  const dataset = now.find((one) => one.id === id);
  return dataset ? dataset.state !== 'ready' : !before.some((one) => one.id === id);
}

const knownRuns = ({ runs, live, waiting }: Pick<RunState, 'runs' | 'live' | 'waiting'>): KnownJobs => ({
  records: runs,
  live: own(live?.runId, waiting),
});
const knownEvals = ({ evals, live, waiting }: Pick<EvaluationState, 'evals' | 'live' | 'waiting'>): KnownJobs => ({
  records: evals,
  live: own(live?.evalId, waiting),
});

/** The recovery store; empty until `look`. What goes on, ends or is deleted anywhere on the page leaves the list. */
export function createRecoveryStore({ database, listWorkingIds, run, evaluation, datasets }: RecoveryDeps) {
  const settled = new Set<string>();
  return createStore<RecoveryState>((set, get) => {
    const drop = (ids: readonly string[]) => {
      for (const id of ids) settled.add(id);
      set({ interrupted: get().interrupted.filter(({ id }) => !settled.has(id)) });
    };
    const keep = (kind: InterruptedJob['kind'], isKept: (job: InterruptedJob) => boolean) => {
      const { interrupted } = get();
      const kept = interrupted.filter((job) => job.kind !== kind || isKept(job));
      if (kept.length < interrupted.length) set({ interrupted: kept });
    };
    run.subscribe((now, before) => keep('training', (job) => isStillCut(job, knownRuns(now), knownRuns(before))));
    evaluation.subscribe((now, before) => keep('evaluation', (job) => isStillCut(job, knownEvals(now), knownEvals(before))));
    datasets.subscribe((now, before) => keep('import', (job) => isStillPartial(job, now.datasets, before.datasets)));
    return {
      interrupted: [],
      look: async (imports = []) => {
        const [db, working] = await Promise.all([database(), listWorkingIds()]);
        const runs = (await listRuns(db)).filter((record) => isInterrupted(record, knownRuns(run.getState()).live));
        const evals = (await listEvals(db)).filter((record) => isInterrupted(record, knownEvals(evaluation.getState()).live));
        const jobs: InterruptedJob[] = [
          ...get().interrupted.filter(({ kind }) => kind === 'import'),
          ...imports.map(describeImport),
          ...runs.map(({ id, name, step, maxSteps }) => ({
            id,
            kind: 'training' as const,
            name,
            place: `step ${step} of ${maxSteps}`,
            to: `/run/${id}`,
          })),
          ...(await Promise.all(
            evals.map(async ({ id, name, sampleIds }) => ({
              id,
              kind: 'evaluation' as const,
              name,
              place: `image ${(await listAnsweredIds(db, id)).size} of ${sampleIds.length}`,
              to: `/eval/${id}`,
            })),
          )),
        ];
        set({ interrupted: jobs.filter(({ id }) => !settled.has(id) && !working.includes(id)) });
      },
      resume: (job) => {
        drop([job.id]);
        void (job.kind === 'training' ? run.getState().resume(job.id) : evaluation.getState().resume(job.id));
      },
      dismiss: () => drop(get().interrupted.map(({ id }) => id)),
    };
  });
}

const own = (liveId: string | undefined, waiting: readonly string[]) => ({ liveId: liveId ?? null, waiting });

function describeImport({ id, name, imageCount, synthetic }: DatasetRecord): InterruptedJob {
  const again = synthetic ? 'start the demo or the experiment again' : 'drop the folder again';
  return {
    id,
    kind: 'import',
    name,
    place: `${imageCount} images stored; ${again} to go on`,
    to: `/data/${encodeURIComponent(id)}`,
  };
}
