// Training runs as the pages see them. The engine worker owns a running one; IndexedDB owns steps, completions and checkpoints.
import { createStore } from 'zustand/vanilla';
import type { RunRecord } from '../shared/domain/run.ts';
import { toErrorRecord } from '../shared/errors.ts';
import { writeLines } from '../shared/formats/jsonl.ts';
import { loadPart } from '../shared/load-part.ts';
import type { Database } from '../shared/storage/database.ts';
import { changeRun, deleteRun, getRun, listCompletions, listRuns, listSteps } from '../shared/storage/runs.ts';
import { eraseLater } from './erase-later.ts';
import { completionsKey, type RunDeps, type RunParts, type RunState } from './run-state.ts';
import { createRunWork } from './run-work.ts';
import { createStoreContext } from './store-context.tsx';
import { createStoredRuns, type StoredRuns } from './stored-runs.ts';

export const RunStore = createStoreContext<RunState>('run');

async function completionsFile(db: Database, runId: string, dialect: 'trl' | 'verl'): Promise<Blob> {
  const { completionRow, rolloutRow } = await loadPart(() => import('../shared/formats/completions-jsonl.ts'));
  const rowOf = dialect === 'verl' ? rolloutRow : completionRow;
  const record = await getRun(db, runId);
  const parts: string[] = [];
  if (record) {
    for (const { step } of await listSteps(db, runId)) {
      const completions = await listCompletions(db, runId, step);
      parts.push(writeLines(completions.map((completion) => rowOf(record, completion))));
    }
  }
  return new Blob(parts, { type: 'application/jsonl' });
}

/** The actions on the list of runs. */
function listActions({ database, notices, get, set }: RunParts): Pick<RunState, 'refresh' | 'remove'> {
  /** Deleted on screen, still in storage. */
  const leaving = new Set<string>();
  return {
    refresh: async () => {
      try {
        set({ runs: (await listRuns(await database())).filter(({ id }) => !leaving.has(id)), error: null });
      } catch (error) {
        set({ error: toErrorRecord(error) });
      }
    },
    remove: (runId) => {
      const name = get().runs?.find(({ id }) => id === runId)?.name ?? runId;
      eraseLater(notices, {
        text: `Deleted the run "${name}". Its checkpoints stay under Models.`,
        hide: () => {
          leaving.add(runId);
          get().dequeue(runId); // put back, it is paused
          set({ runs: get().runs?.filter(({ id }) => id !== runId) ?? null });
        },
        restore: () => {
          leaving.delete(runId);
          void get().refresh();
        },
        erase: async () => {
          await deleteRun(await database(), runId);
          leaving.delete(runId); // a bundle may bring the same id again
        },
      });
    },
  };
}

/** The actions that show or change what is stored of one run. */
function recordActions(
  { database, notices, get, set }: RunParts,
  { upsert, reload, follow }: StoredRuns,
): Pick<RunState, 'open' | 'follow' | 'loadCompletions' | 'completionsFile' | 'update' | 'changeSetting'> {
  const change = async (runId: string, patch: Partial<RunRecord>) => {
    const changed = await changeRun(await database(), runId, patch);
    if (changed) upsert(changed);
  };
  return {
    open: async (runId) => {
      try {
        return await reload(runId);
      } catch (error) {
        notices.getState().raise(error);
        return true; // it may be there: the notice says why it was not read
      }
    },
    follow,
    loadCompletions: async (runId, step) => {
      const key = completionsKey(runId, step);
      if (get().completions[key]) return;
      const rows = await listCompletions(await database(), runId, step);
      set({ completions: { ...get().completions, [key]: rows } });
    },
    completionsFile: async (runId, dialect) => completionsFile(await database(), runId, dialect),
    update: (runId, patch) => change(runId, patch).catch((error: unknown) => notices.getState().raise(error)),
    changeSetting: async (runId, name, value) => {
      try {
        const { changeSetting } = await loadPart(() => import('../shared/config/run-change.ts'));
        const record = await getRun(await database(), runId);
        if (!record || get().live?.runId === runId) return;
        await change(runId, changeSetting(record, name, value));
      } catch (error) {
        notices.getState().raise(error);
      }
    },
  };
}

/** The run store. */
export function createRunStore(deps: RunDeps) {
  return createStore<RunState>((set, get) => {
    const parts: RunParts = { ...deps, get, set };
    const stored = createStoredRuns(parts);
    return {
      runs: null,
      steps: {},
      completions: {},
      checkpoints: {},
      live: null,
      waiting: [],
      error: null,
      ...listActions(parts),
      ...recordActions(parts, stored),
      ...createRunWork(parts, stored),
      preflight: (config, modelId, datasetId) => deps.engine.preflight({ config, modelId, ...(datasetId ? { datasetId } : {}) }),
    };
  });
}
