// Storage's evaluations in the store: what was read of them, and what is stored first and shown then.
import type { EvalRecord } from '../shared/domain/run.ts';
import { changeEval, getEval, listAnswers } from '../shared/storage/evals.ts';
import type { EvaluationParts } from './evaluation-state.ts';

export type StoredEvaluations = ReturnType<typeof createStoredEvaluations>;

/** Each changes what `get` gives. */
export function createStoredEvaluations({ database, get, set }: Pick<EvaluationParts, 'database' | 'get' | 'set'>) {
  const upsert = (record: EvalRecord) => {
    const rest = (get().evals ?? []).filter(({ id }) => id !== record.id);
    set({ evals: [record, ...rest].sort((a, b) => b.createdAt - a.createdAt) });
  };
  /** @returns false where there is none with this id */
  const reload = async (evalId: string, withAnswers = true): Promise<boolean> => {
    const db = await database();
    const [record, answers] = await Promise.all([getEval(db, evalId), withAnswers ? listAnswers(db, evalId) : null]);
    if (!record) return false;
    upsert(record);
    if (answers) set({ answers: { ...get().answers, [evalId]: answers } });
    return true;
  };
  /** The record anew, and its answers where a page has opened them. */
  const renew = (evalId: string) => reload(evalId, get().answers[evalId] !== undefined);
  const change = async (evalId: string, next: (record: EvalRecord) => EvalRecord) => {
    const changed = await changeEval(await database(), evalId, next);
    if (changed) upsert(changed);
  };
  return { upsert, reload, renew, change };
}
