// Evaluations and their answers as the pages see them. The engine worker owns a running one; IndexedDB owns every answer.
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { EvalConfig } from '../shared/config/config.ts';
import type { AnswerRecord } from '../shared/domain/answer.ts';
import type { CheckpointRecord, EvalRecord } from '../shared/domain/run.ts';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import { toErrorRecord, WorkbenchError } from '../shared/errors.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import type { EngineApi, EvalProgress } from '../shared/protocol.ts';
import type { Calls } from '../shared/rpc.ts';
import { chooseSampleIds } from '../shared/sample-choice.ts';
import type { Database } from '../shared/storage/database.ts';
import { deleteEval, getEval, listAnswers, listEvals, putEval } from '../shared/storage/evals.ts';
import { listSamples } from '../shared/storage/samples.ts';
import type { JobsState } from './jobs.ts';
import type { NoticesState } from './notices.ts';
import { createPublisher } from './publisher.ts';
import { createSerialQueue } from './serial-queue.ts';
import { createStoreContext } from './store-context.tsx';

/** What a new evaluation needs. */
export interface EvaluationDraft {
  dataset: DatasetRecord;
  model: Pick<CheckpointRecord, 'id' | 'name'>;
  config: EvalConfig;
}

/** The evaluation that runs in this tab. */
export interface LiveEvaluation {
  evalId: string;
  done: number;
  total: number;
  etaMs: number | null;
  /** A pause or stop was asked for; it ends after the current sample. */
  stopping: boolean;
}

export interface EvaluationState {
  /** Newest first; null until listed. */
  evals: EvalRecord[] | null;
  /** Answers of opened evaluations, in sample order. */
  answers: Readonly<Record<string, AnswerRecord[]>>;
  live: LiveEvaluation | null;
  /** Ids that wait for the live one, in order. */
  waiting: readonly string[];
  error: ErrorRecord | null;
  refresh: () => Promise<void>;
  /** Loads one evaluation with its answers. Resolves to false where there is none with this id. */
  open: (evalId: string) => Promise<boolean>;
  /** Stores a new evaluation and starts it; resolves to its id as soon as it is stored. */
  create: (draft: EvaluationDraft) => Promise<string>;
  /** Starts or continues at the next unanswered sample. Settles when it ends. */
  resume: (evalId: string) => Promise<void>;
  pause: () => Promise<void>;
  stop: () => Promise<void>;
  rename: (evalId: string, name: string) => Promise<void>;
  remove: (evalId: string) => Promise<void>;
}

export const EvaluationStore = createStoreContext<EvaluationState>('evaluation');

export interface EvaluationDeps {
  engine: Pick<Calls<EngineApi>, 'evaluate' | 'control'>;
  database: () => Promise<Database>;
  jobs: StoreApi<JobsState>;
  notices: StoreApi<NoticesState>;
  codeVersion: string;
}

/** A record that says running or queued although no engine of this tab works on it: it can be resumed. */
export function isInterrupted(
  record: { id: string; state: EvalRecord['state'] },
  own: { liveId: string | null; waiting: readonly string[] },
): boolean {
  return (record.state === 'running' || record.state === 'queued') && record.id !== own.liveId && !own.waiting.includes(record.id);
}

function replaceAnswer(answers: readonly AnswerRecord[], fresh: readonly AnswerRecord[]): AnswerRecord[] {
  const byIndex = new Map(answers.map((answer) => [answer.index, answer]));
  for (const answer of fresh) byIndex.set(answer.index, answer);
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}

async function newRecord(db: Database, draft: EvaluationDraft, codeVersion: string): Promise<EvalRecord> {
  const { dataset, model, config } = draft;
  const sampleIds = chooseSampleIds(await listSamples(db, dataset.id), config.filter, config.sampleSize, config.seed);
  if (sampleIds.length === 0) {
    throw new WorkbenchError('E-CONFIG', 'No image passes the chosen filter.', { remedy: 'Choose another split or domain.' });
  }
  const now = Date.now();
  return {
    id: `eval-${crypto.randomUUID().slice(0, 8)}`,
    name: `${model.name} on ${dataset.name}`,
    createdAt: now,
    updatedAt: now,
    state: 'queued',
    config,
    datasetId: dataset.id,
    datasetName: dataset.name,
    datasetHash: dataset.contentHash,
    modelId: model.id,
    modelName: model.name,
    synthetic: dataset.synthetic,
    sampleIds,
    codeVersion,
  };
}

/** The evaluation store. */
export function createEvaluationStore({ engine, database, jobs, notices, codeVersion }: EvaluationDeps) {
  return createStore<EvaluationState>((set, get) => {
    const upsert = (record: EvalRecord) => {
      const rest = (get().evals ?? []).filter(({ id }) => id !== record.id);
      set({ evals: [record, ...rest].sort((a, b) => b.createdAt - a.createdAt) });
    };
    const reload = async (evalId: string) => {
      const db = await database();
      const [record, answers] = await Promise.all([getEval(db, evalId), listAnswers(db, evalId)]);
      if (!record) return false;
      upsert(record);
      set({ answers: { ...get().answers, [evalId]: answers } });
      return true;
    };
    const queue = createSerialQueue((waiting) => set({ waiting }));
    const run = async (record: EvalRecord) => {
      const evalId = record.id;
      const follower = followProgress(record, get, set, jobs);
      try {
        await engine.evaluate({ evalId }, { onProgress: follower.progress });
        notices.getState().tell(`Evaluation "${record.name}" ended.`, { to: `/eval/${evalId}`, label: 'Open the report' });
      } catch (error) {
        notices.getState().raise(error);
      } finally {
        follower.finish();
        set({ live: null });
        await reload(evalId);
      }
    };
    const control = async (action: 'pause' | 'stop') => {
      const { live } = get();
      if (!live) return;
      set({ live: { ...live, stopping: true } });
      await engine.control({ jobId: live.evalId, action });
    };
    return {
      evals: null,
      answers: {},
      live: null,
      waiting: [],
      error: null,
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
      create: async (draft) => {
        const db = await database();
        const record = await newRecord(db, draft, codeVersion);
        await putEval(db, record);
        upsert(record);
        set({ answers: { ...get().answers, [record.id]: [] } });
        void queue.add(record.id, () => run(record));
        return record.id;
      },
      resume: async (evalId) => {
        await reload(evalId);
        const record = get().evals?.find(({ id }) => id === evalId);
        if (record && get().live?.evalId !== evalId) await queue.add(evalId, () => run(record));
      },
      pause: () => control('pause'),
      stop: () => control('stop'),
      rename: async (evalId, name) => {
        const db = await database();
        const record = await getEval(db, evalId);
        if (!record) return;
        const renamed = { ...record, name };
        await putEval(db, renamed);
        upsert(renamed);
      },
      remove: async (evalId) => {
        await deleteEval(await database(), evalId);
        set({ evals: (get().evals ?? []).filter(({ id }) => id !== evalId) });
      },
    };
  });
}

/** Moves engine progress into the store and the job chip at a calm pace. */
function followProgress(
  record: EvalRecord,
  get: () => EvaluationState,
  set: (patch: Partial<EvaluationState>) => void,
  jobs: StoreApi<JobsState>,
) {
  const evalId = record.id;
  const fresh: AnswerRecord[] = [];
  let latest: EvalProgress = { state: 'queued', done: get().answers[evalId]?.length ?? 0, total: record.sampleIds.length, etaMs: null };
  const flush = () => {
    const { done, total, etaMs } = latest;
    const { answers, live, evals } = get();
    set({
      live: { evalId, done, total, etaMs, stopping: live?.evalId === evalId && live.stopping },
      answers: fresh.length > 0 ? { ...answers, [evalId]: replaceAnswer(answers[evalId] ?? [], fresh.splice(0)) } : answers,
      evals: evals?.map((old) => (old.id === evalId && old.state !== latest.state ? { ...old, state: latest.state } : old)) ?? null,
    });
    const state = latest.state === 'queued' ? 'queued' : 'running';
    jobs.getState().report({ id: evalId, kind: 'evaluation', title: record.name, state, done, total, etaMs, to: `/eval/${evalId}` });
  };
  const publisher = createPublisher(flush);
  publisher.request();
  return {
    progress: (progress: EvalProgress) => {
      latest = progress;
      if (progress.last) fresh.push(progress.last);
      publisher.request();
    },
    finish: () => {
      publisher.finish();
      jobs.getState().remove(evalId);
    },
  };
}
