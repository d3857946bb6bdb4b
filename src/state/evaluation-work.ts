// Makes evaluations and has the engine work on them, one after another.
import type { EvalRecord } from '../shared/domain/run.ts';
import { loadPart } from '../shared/load-part.ts';
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
import type { EvaluationParts, EvaluationState } from './evaluation-state.ts';
import { followProgress } from './evaluation-follower.ts';
import { newRecord, sweepRecord, validationRecord } from './evaluation-records.ts';
import { ensurePictures } from './linked-folder.ts';
import { createSerialQueue, type SerialQueue } from './serial-queue.ts';
import type { StoredEvaluations } from './stored-evaluations.ts';

/** Settles when the evaluation ends, however it does. */
async function workOn(record: EvalRecord, takeOver: boolean, parts: EvaluationParts, stored: StoredEvaluations): Promise<void> {
  const { engine, notices, set } = parts;
  const evalId = record.id;
  const follower = followProgress(record, parts);
  try {
    await engine.evaluate({ evalId, takeOver }, { onProgress: follower.progress });
    notices.getState().tell(`Evaluation "${record.name}" ended.`, { to: `/eval/${evalId}`, label: 'Open the report' });
  } catch (error) {
    notices.getState().raise(error);
  } finally {
    follower.finish();
    set({ live: null });
    await stored.renew(evalId);
  }
}

interface Work extends EvaluationParts {
  stored: StoredEvaluations;
  queue: SerialQueue;
  /** Settles when the evaluation ended. */
  enqueue: (record: EvalRecord, takeOver?: boolean) => Promise<void>;
}

/** Each stores a new record, or several, and puts them in the queue. */
function starting({ database, codeVersion, get, set, stored, enqueue }: Work): Pick<EvaluationState, 'create' | 'validate' | 'sweep'> {
  const begin = async (record: EvalRecord): Promise<string> => {
    await putEval(await database(), record);
    stored.upsert(record);
    void enqueue(record);
    return record.id;
  };
  return {
    create: async (draft) => {
      const db = await database();
      await ensurePictures(db, draft.dataset.id);
      const record = await newRecord(db, draft, codeVersion);
      set({ answers: { ...get().answers, [record.id]: [] } }); // its page opens next
      return begin(record);
    },
    validate: async (evalId) => {
      const db = await database();
      const record = (await getEval(db, evalId)) ?? unknownEvaluation(evalId);
      const dataset = await requireDataset(db, record.datasetId);
      await ensurePictures(db, dataset.id);
      return begin(await validationRecord(db, record, dataset, codeVersion));
    },
    sweep: async (evalId, perturbations) => {
      const db = await database();
      const clean = (await getEval(db, evalId)) ?? unknownEvaluation(evalId);
      await ensurePictures(db, clean.datasetId);
      const ids: string[] = [];
      for (const perturbation of perturbations) ids.push(await begin(sweepRecord(clean, perturbation, codeVersion, ids.length)));
      return ids;
    },
  };
}

function continuing({ database, notices, get, stored, enqueue }: Work): Pick<EvaluationState, 'resume' | 'retryFailed'> {
  const goOn = async (evalId: string, takeOver: boolean): Promise<void> => {
    await stored.renew(evalId);
    const record = get().evals?.find(({ id }) => id === evalId);
    if (!record) return;
    await ensurePictures(await database(), record.datasetId);
    if (get().live?.evalId !== evalId) await enqueue(record, takeOver);
  };
  const askFailedAgain = async (evalId: string): Promise<void> => {
    const { remeasure } = await loadPart(() => import('../shared/metrics/frozen-threshold.ts'));
    const db = await database();
    const failed = (await listAnswers(db, evalId)).filter(({ failure }) => failure).map(({ sampleId }) => sampleId);
    const record = await getEval(db, evalId);
    if (failed.length === 0 || !record) return;
    await ensurePictures(db, record.datasetId); // before anything is deleted
    await changeEval(db, evalId, (before) => ({ ...before, state: 'paused' }));
    await deleteAnswers(db, evalId, failed);
    await goOn(evalId, false);
    const after = get().evals?.find(({ id }) => id === evalId);
    if (after?.threshold) await get().change(evalId, { threshold: remeasure(after.threshold, await listAnswerScores(db, evalId)) });
  };
  const tell = (error: unknown) => notices.getState().raise(error);
  return {
    resume: (evalId, { takeOver } = { takeOver: false }) => goOn(evalId, takeOver).catch(tell),
    retryFailed: (evalId) => askFailedAgain(evalId).catch(tell),
  };
}

function steering({ engine, get, set, queue }: Work): Pick<EvaluationState, 'pause' | 'pauseAll' | 'stop'> {
  const control = async (action: 'pause' | 'stop') => {
    const { live } = get();
    if (!live) return;
    set({ live: { ...live, stopping: true } });
    await engine.control({ jobId: live.evalId, action });
  };
  return {
    pause: () => control('pause'),
    pauseAll: async (evalIds) => {
      for (const id of evalIds) queue.remove(id);
      const { live } = get();
      if (live && evalIds.includes(live.evalId)) await control('pause');
    },
    stop: () => control('stop'),
  };
}

function removing({ database, get, set, queue }: Work): Pick<EvaluationState, 'remove'> {
  return {
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
}

/** The actions of the store that concern the queue. */
export function createEvaluationWork(parts: EvaluationParts, stored: StoredEvaluations) {
  const queue = createSerialQueue((waiting) => parts.set({ waiting }));
  const enqueue: Work['enqueue'] = (record, takeOver = false) => queue.add(record.id, () => workOn(record, takeOver, parts, stored));
  const work: Work = { ...parts, stored, queue, enqueue };
  return { ...starting(work), ...continuing(work), ...steering(work), ...removing(work) };
}
