// Storage's runs in the store: what was read of them, and what is stored first and shown then.
import type { RunRecord } from '../shared/domain/run.ts';
import { listCheckpointsOfRun } from '../shared/storage/checkpoints.ts';
import { getRun, listSteps, listStepsAfter, putRun } from '../shared/storage/runs.ts';
import type { RunParts } from './run-state.ts';

export type StoredRuns = ReturnType<typeof createStoredRuns>;

/** Each changes what `get` gives. */
export function createStoredRuns({ database, get, set }: Pick<RunParts, 'database' | 'get' | 'set'>) {
  const upsert = (record: RunRecord) => {
    const rest = (get().runs ?? []).filter(({ id }) => id !== record.id);
    set({ runs: [record, ...rest].sort((a, b) => b.createdAt - a.createdAt) });
  };
  /** @returns false where there is none with this id */
  const reload = async (runId: string): Promise<boolean> => {
    const db = await database();
    const [record, steps, checkpoints] = await Promise.all([getRun(db, runId), listSteps(db, runId), listCheckpointsOfRun(db, runId)]);
    if (!record) return false;
    upsert(record);
    set({ steps: { ...get().steps, [runId]: steps }, checkpoints: { ...get().checkpoints, [runId]: checkpoints } });
    return true;
  };
  const reloadCheckpoints = async (runId: string) => {
    const checkpoints = await listCheckpointsOfRun(await database(), runId);
    set({ checkpoints: { ...get().checkpoints, [runId]: checkpoints } });
  };
  const add = async (record: RunRecord) => {
    await putRun(await database(), record);
    upsert(record);
    set({ steps: { ...get().steps, [record.id]: [] }, checkpoints: { ...get().checkpoints, [record.id]: [] } });
  };
  const follow = async (runId: string) => {
    const known = get().steps[runId];
    if (!known) return;
    const db = await database();
    const last = known.at(-1)?.step ?? 0;
    const [record, fresh] = await Promise.all([getRun(db, runId), listStepsAfter(db, runId, last)]);
    if (!record) return;
    if (record.step < last) return void (await reload(runId)); // it was put back to an earlier step
    upsert(record);
    if (fresh.length > 0) set({ steps: { ...get().steps, [runId]: [...known, ...fresh] } });
    await reloadCheckpoints(runId);
  };
  return { upsert, reload, reloadCheckpoints, add, follow };
}
