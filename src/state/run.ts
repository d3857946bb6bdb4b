// Training runs as the pages see them. The engine worker owns a running one; IndexedDB owns steps, completions and checkpoints.
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { TrainConfig } from '../shared/config/config.ts';
import type { CheckpointRecord, CompletionRecord, RunRecord, StepPhase, StepRecord } from '../shared/domain/run.ts';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import { loadPart } from '../shared/load-part.ts';
import type { EngineApi } from '../shared/engine-api.ts';
import type { Calls } from '../shared/rpc.ts';
import { listCheckpointsOfRun } from '../shared/storage/checkpoints.ts';
import type { Database } from '../shared/storage/database.ts';
import { changeRun, deleteRun, getRun, listCompletions, listRuns, listSteps, listStepsAfter, putRun } from '../shared/storage/runs.ts';
import { eraseLater } from './erase-later.ts';
import type { JobsState } from './jobs.ts';
import { ensurePictures } from './linked-folder.ts';
import type { NoticesState } from './notices.ts';
import { completionsKey, createRunFollower } from './run-follower.ts';
import { freeRunName } from './run-name.ts';
import { createSerialQueue } from './serial-queue.ts';
import { createStoreContext } from './store-context.tsx';

/** What a new run needs. */
export interface RunDraft {
  dataset: DatasetRecord;
  model: Pick<CheckpointRecord, 'id' | 'name'>;
  config: TrainConfig;
  name?: string;
}

/** What the user may write on a run at any time, also while it works. */
export type RunLabels = Pick<Partial<RunRecord>, 'name' | 'notes' | 'tags' | 'group' | 'archived'>;

/** The run that works in this tab. */
export interface LiveRun {
  runId: string;
  /** What the step in progress does; null before the first phase. */
  phase: { step: number; phase: StepPhase; done: number; total: number } | null;
  /** Of the phase in progress, at most; null or absent before its first piece is done. */
  phaseLeftMs?: number | null;
  etaMs: number | null;
  stopping: boolean;
}

export interface RunState {
  /** Newest first; null until listed. */
  runs: RunRecord[] | null;
  /** Steps of opened runs, in order. */
  steps: Readonly<Record<string, StepRecord[]>>;
  /** Completions by `completionsKey`; loaded when a step is looked at. */
  completions: Readonly<Record<string, CompletionRecord[]>>;
  /** Of opened runs, newest first. */
  checkpoints: Readonly<Record<string, CheckpointRecord[]>>;
  live: LiveRun | null;
  /** Ids that wait for the live run, in order. */
  waiting: readonly string[];
  error: ErrorRecord | null;
  refresh: () => Promise<void>;
  /** Loads one run with steps and checkpoints. Resolves to false where there is none with this id. */
  open: (runId: string) => Promise<boolean>;
  loadCompletions: (runId: string, step: number) => Promise<void>;
  /** Stores a new run and starts it; resolves to its id as soon as it is stored. */
  create: (draft: RunDraft) => Promise<string>;
  /** Stores a GRPO run and a PRPO run with the same data, seed and budget; the second starts when the first ends. */
  createPair: (drafts: readonly [RunDraft, RunDraft]) => Promise<readonly [string, string]>;
  /** Starts, or continues from the last state; `takeOver` takes it from another tab. Settles when it ends. */
  resume: (runId: string, options?: { takeOver: boolean }) => Promise<void>;
  /** Reads what another tab has stored of an opened run since. */
  follow: (runId: string) => Promise<void>;
  /** Takes a waiting run out of the queue; it can be resumed later. */
  dequeue: (runId: string) => void;
  /** Asks the live run to pause, stop, or store a checkpoint after the current step. */
  control: (action: 'pause' | 'stop' | 'checkpoint') => Promise<void>;
  /** All completions of a run, one JSON line each, as TRL's tables or verl's rollouts name things (spec/formats.md 4). */
  completionsFile: (runId: string, dialect: 'trl' | 'verl') => Promise<Blob>;
  /** What a run with these settings would cost. */
  preflight: (config: TrainConfig, modelId: string, datasetId?: string) => Promise<EngineApi['preflight']['result']>;
  update: (runId: string, patch: RunLabels) => Promise<void>;
  /** Changes a setting of a paused run from its next step on. */
  changeSetting: (runId: string, name: string, value: number) => Promise<void>;
  /** Takes a run out of the list; its steps and answers go a few seconds later, unless the user takes it back. */
  remove: (runId: string) => void;
}

export const RunStore = createStoreContext<RunState>('run');

export interface RunDeps {
  engine: Pick<Calls<EngineApi>, 'train' | 'control' | 'preflight'>;
  database: () => Promise<Database>;
  jobs: StoreApi<JobsState>;
  notices: StoreApi<NoticesState>;
  codeVersion: string;
}

/** As people write them. */
export const ALGORITHM_NAMES: Record<RunRecord['algorithm'], string> = {
  'sft-stage1': 'SFT stage 1',
  'sft-stage2': 'SFT stage 2',
  grpo: 'GRPO',
  prpo: 'PRPO',
};

function newRun({ dataset, model, config, name }: RunDraft, codeVersion: string, createdAt: number): RunRecord {
  return {
    id: `run-${crypto.randomUUID().slice(0, 8)}`,
    name: name ?? `${ALGORITHM_NAMES[config.algorithm]} on ${dataset.name}`,
    createdAt,
    updatedAt: createdAt,
    state: 'queued',
    algorithm: config.algorithm,
    config,
    datasetId: dataset.id,
    datasetName: dataset.name,
    datasetHash: dataset.contentHash,
    baseModelId: model.id,
    baseModelName: model.name,
    step: 0,
    maxSteps: config.maxSteps,
    checkpointIds: [],
    codeVersion,
    skippedSteps: 0,
  };
}

/** The run store. */
export function createRunStore({ engine, database, jobs, notices, codeVersion }: RunDeps) {
  return createStore<RunState>((set, get) => {
    /** Deleted on screen, still in storage. */
    const leaving = new Set<string>();
    const upsert = (record: RunRecord) => {
      const rest = (get().runs ?? []).filter(({ id }) => id !== record.id);
      set({ runs: [record, ...rest].sort((a, b) => b.createdAt - a.createdAt) });
    };
    const reload = async (runId: string) => {
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
    const queue = createSerialQueue((waiting) => set({ waiting }));
    const run = async (record: RunRecord, takeOver = false) => {
      const runId = record.id;
      set({ live: { runId, phase: null, etaMs: null, stopping: false } });
      const follower = createRunFollower({ record, get, set, jobs, onCheckpoint: () => void reloadCheckpoints(runId) });
      try {
        const { state } = await engine.train({ runId, takeOver }, { onProgress: follower.progress });
        notices.getState().tell(`Run "${record.name}": ${state}.`, { to: `/run/${runId}`, label: 'Open the run' });
      } catch (error) {
        const isFull = toErrorRecord(error).code === 'E-QUOTA'; // then the way on is to make room
        notices.getState().raise(error, isFull ? undefined : { to: `/run/${runId}`, label: 'Open the run' });
      } finally {
        follower.finish();
        set({ live: null });
        await reload(runId);
      }
    };
    const named = (record: RunRecord): RunRecord => ({ ...record, name: freeRunName(record.name, get().runs ?? []) });
    const store = async (record: RunRecord) => {
      await putRun(await database(), record);
      upsert(record);
      set({ steps: { ...get().steps, [record.id]: [] }, checkpoints: { ...get().checkpoints, [record.id]: [] } });
    };
    return {
      runs: null,
      steps: {},
      completions: {},
      checkpoints: {},
      live: null,
      waiting: [],
      error: null,
      refresh: async () => {
        try {
          set({ runs: (await listRuns(await database())).filter(({ id }) => !leaving.has(id)), error: null });
        } catch (error) {
          set({ error: toErrorRecord(error) });
        }
      },
      open: async (runId) => {
        try {
          return await reload(runId);
        } catch (error) {
          notices.getState().raise(error);
          return true; // it may be there: the notice says why it was not read
        }
      },
      loadCompletions: async (runId, step) => {
        const key = completionsKey(runId, step);
        if (get().completions[key]) return;
        const rows = await listCompletions(await database(), runId, step);
        set({ completions: { ...get().completions, [key]: rows } });
      },
      create: async (draft) => {
        const record = named(newRun(draft, codeVersion, Date.now()));
        await ensurePictures(await database(), record.datasetId);
        await store(record);
        void queue.add(record.id, () => run(record));
        return record.id;
      },
      createPair: async ([first, second]) => {
        const now = Date.now();
        const a = named(newRun(first, codeVersion, now));
        const b = { ...named(newRun(second, codeVersion, now + 1)), pairedRunId: a.id };
        a.pairedRunId = b.id;
        await ensurePictures(await database(), a.datasetId);
        await store(b);
        await store(a);
        void queue.add(a.id, async () => {
          await run(a);
          // Only a finished run makes room for its partner: after a pause the user decides.
          if (get().runs?.find(({ id }) => id === a.id)?.state !== 'done') queue.remove(b.id);
        });
        void queue.add(b.id, () => run(b));
        return [a.id, b.id];
      },
      resume: async (runId, { takeOver } = { takeOver: false }) => {
        await reload(runId);
        const record = get().runs?.find(({ id }) => id === runId);
        if (record) await ensurePictures(await database(), record.datasetId);
        if (record && get().live?.runId !== runId) await queue.add(runId, () => run(record, takeOver));
      },
      follow: async (runId) => {
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
      },
      dequeue: queue.remove,
      control: async (action) => {
        const { live } = get();
        if (!live) return;
        if (action !== 'checkpoint') set({ live: { ...live, stopping: true } });
        await engine.control({ jobId: live.runId, action });
      },
      completionsFile: async (runId, dialect) => {
        const { completionRow, rolloutRow } = await loadPart(() => import('../shared/formats/completions-jsonl.ts'));
        const { writeLines } = await loadPart(() => import('../shared/formats/jsonl.ts'));
        const rowOf = dialect === 'verl' ? rolloutRow : completionRow;
        const db = await database();
        const record = await getRun(db, runId);
        const parts: string[] = [];
        for (const { step } of record ? await listSteps(db, runId) : []) {
          const completions = await listCompletions(db, runId, step);
          if (record) parts.push(writeLines(completions.map((completion) => rowOf(record, completion))));
        }
        return new Blob(parts, { type: 'application/jsonl' });
      },
      preflight: (config, modelId, datasetId) => engine.preflight({ config, modelId, ...(datasetId ? { datasetId } : {}) }),
      update: async (runId, patch) => {
        const changed = await changeRun(await database(), runId, patch);
        if (changed) upsert(changed);
      },
      changeSetting: async (runId, name, value) => {
        try {
          const { changeSetting } = await loadPart(() => import('../shared/config/run-change.ts'));
          const record = await getRun(await database(), runId);
          if (!record || get().live?.runId === runId) return;
          const changed = await changeRun(await database(), runId, changeSetting(record, name, value));
          if (changed) upsert(changed);
        } catch (error) {
          notices.getState().raise(error);
        }
      },
      remove: (runId) => {
        const name = get().runs?.find(({ id }) => id === runId)?.name ?? runId;
        eraseLater(notices, {
          text: `Deleted the run "${name}". Its checkpoints stay under Models.`,
          hide: () => {
            leaving.add(runId);
            set({ runs: get().runs?.filter(({ id }) => id !== runId) ?? null });
          },
          restore: () => {
            leaving.delete(runId);
            void get().refresh();
          },
          erase: async () => deleteRun(await database(), runId),
        });
      },
    };
  });
}
