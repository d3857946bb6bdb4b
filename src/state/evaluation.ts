// Evaluations and their answers as the pages see them. The engine worker owns a running one; IndexedDB owns every answer.
import { createStore } from 'zustand/vanilla';
import type { Preference } from '../shared/domain/run.ts';
import { toErrorRecord } from '../shared/errors.ts';
import { listAnswerScores, listEvals } from '../shared/storage/evals.ts';
import type { EvaluationDeps, EvaluationParts, EvaluationState } from './evaluation-state.ts';
import { createEvaluationWork } from './evaluation-work.ts';
import { createStoreContext } from './store-context.tsx';
import { createStoredEvaluations, type StoredEvaluations } from './stored-evaluations.ts';

export const EvaluationStore = createStoreContext<EvaluationState>('evaluation');

/** The actions that read what is stored. */
function reading(
  { database, notices, get, set }: EvaluationParts,
  { reload }: StoredEvaluations,
): Pick<EvaluationState, 'refresh' | 'open' | 'loadScores'> {
  return {
    refresh: async () => {
      try {
        set({ evals: await listEvals(await database()), error: null });
      } catch (error) {
        set({ error: toErrorRecord(error) });
      }
    },
    open: async (evalId) => {
      try {
        return await reload(evalId);
      } catch (error) {
        notices.getState().raise(error);
        return true; // it may be there: the notice says why it was not read
      }
    },
    loadScores: async (records) => {
      const db = await database();
      const old = records.filter(({ id, updatedAt }) => get().scores[id]?.at !== updatedAt);
      const read = await Promise.all(
        old.map(async ({ id, updatedAt: at }) => [id, { at, answers: await listAnswerScores(db, id) }] as const),
      );
      if (read.length > 0) set({ scores: { ...get().scores, ...Object.fromEntries(read) } });
    },
  };
}

/** The actions that store what the user decides. */
function deciding({ change }: StoredEvaluations): Pick<EvaluationState, 'change' | 'prefer'> {
  return {
    change: (evalId, fields) =>
      change(evalId, (record) => {
        const next = { ...record, ...fields };
        if (next.threshold === undefined) delete next.threshold;
        if (next.trainedOn === undefined) delete next.trainedOn;
        return next;
      }),
    prefer: (evalId, one) => {
      const isSame = ({ otherId, sampleId }: Preference): boolean => otherId === one.otherId && sampleId === one.sampleId;
      return change(evalId, (record) => {
        const others = (record.preferences ?? []).filter((known) => !isSame(known));
        return { ...record, preferences: [...others, one] };
      });
    },
  };
}

/** The evaluation store. */
export function createEvaluationStore(deps: EvaluationDeps) {
  return createStore<EvaluationState>((set, get) => {
    const parts: EvaluationParts = { ...deps, get, set };
    const stored = createStoredEvaluations(parts);
    return {
      evals: null,
      answers: {},
      scores: {},
      live: null,
      waiting: [],
      error: null,
      ...reading(parts, stored),
      ...deciding(stored),
      ...createEvaluationWork(parts, stored),
    };
  });
}
