// Evaluations and their answers as the pages see them. The engine worker owns a running one; IndexedDB owns every answer.
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { AnswerRecord, AnswerScores } from '../shared/domain/answer.ts';
import type { EvalConfig } from '../shared/config/config.ts';
import type { CheckpointRecord, EvalRecord, Preference } from '../shared/domain/run.ts';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import type { Perturbation } from '../shared/image/perturb.ts';
import { loadPart } from '../shared/load-part.ts';
import type { EngineApi } from '../shared/engine-api.ts';
import type { Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import { requireDataset } from '../shared/storage/datasets.ts';
import {
  changeEval,
  deleteAnswers,
  deleteEval,
  getEval,
  listAnswers,
  listAnswerScores,
  listEvals,
  putEval,
  unknownEvaluation,
} from '../shared/storage/evals.ts';
import { ensurePictures } from './linked-folder.ts';
import { followProgress } from './evaluation-follower.ts';
import { newRecord, sweepRecord, validationRecord } from './evaluation-records.ts';
import type { JobsState } from './jobs.ts';
import type { NoticesState } from './notices.ts';
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
  /** Decisions and scores of evaluations that others are compared with; `at` is the record's `updatedAt` when they were read. */
  scores: Readonly<Record<string, { at: number; answers: readonly AnswerScores[] }>>;
  live: LiveEvaluation | null;
  /** Ids that wait for the live one, in order. */
  waiting: readonly string[];
  error: ErrorRecord | null;
  refresh: () => Promise<void>;
  /** Loads one evaluation with its answers. Resolves to false where there is none with this id. */
  open: (evalId: string) => Promise<boolean>;
  /** Reads decisions and scores of evaluations where they are not known yet or old. */
  loadScores: (records: readonly EvalRecord[]) => Promise<void>;
  /** Stores a new evaluation and starts it; resolves to its id as soon as it is stored. */
  create: (draft: EvaluationDraft) => Promise<string>;
  /** Starts or continues at the next unanswered sample; `takeOver` takes it from another tab. Settles when it ends. */
  resume: (evalId: string, options?: { takeOver: boolean }) => Promise<void>;
  /** Asks the failed samples again and no others. */
  retryFailed: (evalId: string) => Promise<void>;
  /** Starts an evaluation of the validation images that may choose a threshold for this one; resolves to its id. */
  validate: (evalId: string) => Promise<string>;
  /** Starts one evaluation per perturbation on the same images; resolves to their ids. */
  sweep: (evalId: string, perturbations: readonly Perturbation[]) => Promise<string[]>;
  pause: () => Promise<void>;
  /** Takes waiting ones back and pauses the live one if it is among them. */
  pauseAll: (evalIds: readonly string[]) => Promise<void>;
  stop: () => Promise<void>;
  /** Changes what the user decides about an evaluation; the engine never writes these fields. */
  change: (evalId: string, fields: Pick<Partial<EvalRecord>, 'name' | 'threshold' | 'trainedOn'>) => Promise<void>;
  /** Adds a blind judgement of two answers to this evaluation's; a second one on the same pair takes the first one's place. */
  prefer: (evalId: string, preference: Preference) => Promise<void>;
  /** Deletes an evaluation with its answers and the rows of its robustness sweep. */
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

/** The evaluation store. */
export function createEvaluationStore({ engine, database, jobs, notices, codeVersion }: EvaluationDeps) {
  return createStore<EvaluationState>((set, get) => {
    const upsert = (record: EvalRecord) => {
      const rest = (get().evals ?? []).filter(({ id }) => id !== record.id);
      set({ evals: [record, ...rest].sort((a, b) => b.createdAt - a.createdAt) });
    };
    const reload = async (evalId: string, withAnswers = true) => {
      const db = await database();
      const [record, answers] = await Promise.all([getEval(db, evalId), withAnswers ? listAnswers(db, evalId) : null]);
      if (!record) return false;
      upsert(record);
      if (answers) set({ answers: { ...get().answers, [evalId]: answers } });
      return true;
    };
    const queue = createSerialQueue((waiting) => set({ waiting }));
    const run = async (record: EvalRecord, takeOver = false) => {
      const evalId = record.id;
      const follower = followProgress(record, get, set, jobs);
      try {
        await engine.evaluate({ evalId, takeOver }, { onProgress: follower.progress });
        notices.getState().tell(`Evaluation "${record.name}" ended.`, { to: `/eval/${evalId}`, label: 'Open the report' });
      } catch (error) {
        notices.getState().raise(error);
      } finally {
        follower.finish();
        set({ live: null });
        await reload(evalId, get().answers[evalId] !== undefined);
      }
    };
    /** Stores a new record and puts it in the queue. */
    const begin = async (record: EvalRecord) => {
      await putEval(await database(), record);
      upsert(record);
      void queue.add(record.id, () => run(record));
      return record.id;
    };
    const resume: EvaluationState['resume'] = async (evalId, { takeOver } = { takeOver: false }) => {
      await reload(evalId, get().answers[evalId] !== undefined);
      const record = get().evals?.find(({ id }) => id === evalId);
      if (record) await ensurePictures(await database(), record.datasetId);
      if (record && get().live?.evalId !== evalId) await queue.add(evalId, () => run(record, takeOver));
    };
    const change: EvaluationState['change'] = async (evalId, fields) => {
      const db = await database();
      const changed = await changeEval(db, evalId, (record) => {
        const next = { ...record, ...fields };
        if (next.threshold === undefined) delete next.threshold;
        if (next.trainedOn === undefined) delete next.trainedOn;
        return next;
      });
      if (changed) upsert(changed);
    };
    const prefer: EvaluationState['prefer'] = async (evalId, one) => {
      const isSame = ({ otherId, sampleId }: Preference): boolean => otherId === one.otherId && sampleId === one.sampleId;
      const changed = await changeEval(await database(), evalId, (record) => {
        const others = (record.preferences ?? []).filter((known) => !isSame(known));
        return { ...record, preferences: [...others, one] };
      });
      if (changed) upsert(changed);
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
      scores: {},
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
      loadScores: async (records) => {
        const db = await database();
        const old = records.filter(({ id, updatedAt }) => get().scores[id]?.at !== updatedAt);
        const read = await Promise.all(
          old.map(async ({ id, updatedAt: at }) => [id, { at, answers: await listAnswerScores(db, id) }] as const),
        );
        if (read.length > 0) set({ scores: { ...get().scores, ...Object.fromEntries(read) } });
      },
      create: async (draft) => {
        const db = await database();
        await ensurePictures(db, draft.dataset.id);
        const record = await newRecord(db, draft, codeVersion);
        set({ answers: { ...get().answers, [record.id]: [] } }); // its page opens next
        return begin(record);
      },
      resume,
      retryFailed: async (evalId) => {
        const { remeasure } = await loadPart(() => import('../shared/metrics/frozen-threshold.ts'));
        const db = await database();
        const failed = (await listAnswers(db, evalId)).filter(({ failure }) => failure);
        const record = await getEval(db, evalId);
        if (!record || failed.length === 0) return;
        await changeEval(db, evalId, (stored) => ({ ...stored, state: 'paused' }));
        await deleteAnswers(
          db,
          evalId,
          failed.map(({ sampleId }) => sampleId),
        );
        await resume(evalId);
        const after = get().evals?.find(({ id }) => id === evalId);
        if (after?.threshold) await change(evalId, { threshold: remeasure(after.threshold, await listAnswerScores(db, evalId)) });
      },
      validate: async (evalId) => {
        const db = await database();
        const record = (await getEval(db, evalId)) ?? unknownEvaluation(evalId);
        const dataset = await requireDataset(db, record.datasetId);
        await ensurePictures(db, dataset.id);
        return begin(await validationRecord(db, record, dataset));
      },
      sweep: async (evalId, perturbations) => {
        const clean = (await getEval(await database(), evalId)) ?? unknownEvaluation(evalId);
        await ensurePictures(await database(), clean.datasetId);
        const ids: string[] = [];
        for (const perturbation of perturbations) ids.push(await begin(sweepRecord(clean, perturbation, codeVersion, ids.length)));
        return ids;
      },
      pause: () => control('pause'),
      pauseAll: async (evalIds) => {
        for (const id of evalIds) queue.remove(id);
        const { live } = get();
        if (live && evalIds.includes(live.evalId)) await control('pause');
      },
      stop: () => control('stop'),
      change,
      prefer,
      remove: async (evalId) => {
        const db = await database();
        const rows = (await listEvals(db)).filter(({ sweepOf }) => sweepOf === evalId);
        const gone = new Set([evalId, ...rows.map(({ id }) => id)]);
        for (const id of gone) {
          queue.remove(id);
          await deleteEval(db, id);
        }
        set({ evals: (get().evals ?? []).filter(({ id }) => !gone.has(id)) });
      },
    };
  });
}
