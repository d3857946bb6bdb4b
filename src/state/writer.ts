// Which tab writes. One tab's engine works at a time; the others follow what it stores and may take the work over.
import { useMemo } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { Database } from '../shared/storage/database.ts';
import { getEval, listAnsweredIds } from '../shared/storage/evals.ts';
import { getRun } from '../shared/storage/runs.ts';
import type { EvaluationState } from './evaluation-state.ts';
import type { LiveRun, RunState } from './run-state.ts';
import { createStoreContext } from './store-context.tsx';

/** An evaluation or run that the engine of another tab works on. */
export interface ElsewhereJob {
  id: string;
  kind: 'evaluation' | 'training';
  name: string;
  done: number;
  total: number;
  /** Hash route of its page. */
  to: string;
}

export interface WriterState {
  /** null while no other tab works, undefined until it was looked who does. */
  elsewhere: ElsewhereJob | null | undefined;
  /** The step in progress as the other tab tells it; null while it has told nothing. */
  live: LiveRun | null;
  /** What this tab has taken from another one last. */
  taken: ElsewhereJob | null;
  /** Looks again who works. */
  refresh: () => Promise<void>;
  /** The other tab tells where it is. */
  hear: (live: LiveRun) => void;
  /** Ends the work in the other tab and goes on with it here. Settles when it ends. */
  takeOver: () => Promise<void>;
}

export const WriterStore = createStoreContext<WriterState>('writer');

/** Why starting and steering are off in this tab; undefined where they are on. */
export function useWriterReason(): string | undefined {
  const name = WriterStore.use(({ elsewhere }) => elsewhere?.name);
  return name === undefined ? undefined : `Off here: another tab works on "${name}". Take it over, or wait until it is done.`;
}

/** The record that another tab works on; null where none does, undefined until it was looked. */
export function useElsewhereId(): string | null | undefined {
  return WriterStore.use(({ elsewhere }) => elsewhere && elsewhere.id);
}

/** The step in progress of a run that another tab trains, for views that only show it; null where no other tab does. */
export function useFollowedRun(runId: string): LiveRun | null {
  const isElsewhere = useElsewhereId() === runId;
  const live = WriterStore.use((state) => (state.live?.runId === runId ? state.live : null));
  const silent = useMemo(() => ({ runId, phase: null, etaMs: null, stopping: false }), [runId]);
  return isElsewhere ? (live ?? silent) : null;
}

export interface WriterDeps {
  database: () => Promise<Database>;
  /** Ids of the records that some engine works on now. */
  listWorkingIds: () => Promise<string[]>;
  run: StoreApi<Pick<RunState, 'live' | 'resume'>>;
  evaluation: StoreApi<Pick<EvaluationState, 'live' | 'resume'>>;
}

/** The writer store; knows nothing until `refresh`. */
export function createWriterStore({ database, listWorkingIds, run, evaluation }: WriterDeps) {
  return createStore<WriterState>((set, get) => {
    const isOwn = (id: string) => id === run.getState().live?.runId || id === evaluation.getState().live?.evalId;
    return {
      elsewhere: undefined,
      live: null,
      taken: null,
      refresh: async () => {
        const id = (await listWorkingIds()).find((one) => !isOwn(one));
        const elsewhere = id === undefined ? null : await describe(await database(), id);
        const { live } = get();
        set({ elsewhere, live: live?.runId === elsewhere?.id ? live : null });
      },
      hear: (live) => set({ live }),
      takeOver: async () => {
        const { elsewhere } = get();
        if (!elsewhere) return;
        set({ elsewhere: null, live: null, taken: elsewhere });
        const store = elsewhere.kind === 'training' ? run : evaluation;
        await store.getState().resume(elsewhere.id, { takeOver: true });
      },
    };
  });
}

async function describe(db: Database, id: string): Promise<ElsewhereJob | null> {
  const run = await getRun(db, id);
  if (run) return { id, kind: 'training', name: run.name, done: run.step, total: run.maxSteps, to: `/run/${id}` };
  const evaluation = await getEval(db, id);
  if (!evaluation) return null;
  const { size } = await listAnsweredIds(db, id);
  return { id, kind: 'evaluation', name: evaluation.name, done: size, total: evaluation.sampleIds.length, to: `/eval/${id}` };
}
