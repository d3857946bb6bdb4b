// Makes runs and has the engine work on them, one after another.
import type { RunRecord } from '../shared/domain/run.ts';
import { toErrorRecord } from '../shared/errors.ts';
import { ensurePictures } from './linked-folder.ts';
import type { RunDraft, RunParts, RunState } from './run-state.ts';
import { createRunFollower } from './run-follower.ts';
import { ALGORITHM_NAMES, freeRunName } from './run-name.ts';
import { createSerialQueue } from './serial-queue.ts';
import type { StoredRuns } from './stored-runs.ts';

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

/** Settles when the run ends, however it does. */
async function workOn(record: RunRecord, takeOver: boolean, parts: RunParts, stored: StoredRuns): Promise<void> {
  const { engine, notices, set } = parts;
  const runId = record.id;
  const link = { to: `/run/${runId}`, label: 'Open the run' };
  set({ live: { runId, phase: null, etaMs: null, stopping: false } });
  const follower = createRunFollower(record, parts, () => void stored.reloadCheckpoints(runId));
  try {
    const { state } = await engine.train({ runId, takeOver }, { onProgress: follower.progress });
    notices.getState().tell(`Run "${record.name}": ${state}.`, link);
  } catch (error) {
    const isFull = toErrorRecord(error).code === 'E-QUOTA'; // then the way on is to make room
    notices.getState().raise(error, isFull ? undefined : link);
  } finally {
    follower.finish();
    set({ live: null });
    await stored.reload(runId);
  }
}

/** The actions of the store that start, queue and steer runs. */
export function createRunWork(
  parts: RunParts,
  stored: StoredRuns,
): Pick<RunState, 'create' | 'createPair' | 'resume' | 'dequeue' | 'control'> {
  const { engine, database, notices, codeVersion, get, set } = parts;
  const queue = createSerialQueue((waiting) => set({ waiting }));
  const run = (record: RunRecord, takeOver = false) => workOn(record, takeOver, parts, stored);
  const recordOf = (draft: RunDraft, createdAt: number): RunRecord => {
    const record = newRun(draft, codeVersion, createdAt);
    return { ...record, name: freeRunName(record.name, get().runs ?? []) };
  };
  const goOn = async (runId: string, takeOver: boolean): Promise<void> => {
    await stored.reload(runId);
    const record = get().runs?.find(({ id }) => id === runId);
    if (!record) return;
    await ensurePictures(await database(), record.datasetId);
    if (get().live?.runId !== runId) await queue.add(runId, () => run(record, takeOver));
  };
  return {
    create: async (draft) => {
      const record = recordOf(draft, Date.now());
      await ensurePictures(await database(), record.datasetId);
      await stored.add(record);
      void queue.add(record.id, () => run(record));
      return record.id;
    },
    createPair: async ([first, second]) => {
      const now = Date.now();
      const a = recordOf(first, now);
      const b = { ...recordOf(second, now + 1), pairedRunId: a.id };
      a.pairedRunId = b.id;
      await ensurePictures(await database(), a.datasetId);
      await stored.add(b);
      await stored.add(a);
      void queue.add(a.id, async () => {
        await run(a);
        // Only a finished run makes room for its partner: after a pause the user decides.
        if (get().runs?.find(({ id }) => id === a.id)?.state !== 'done') queue.remove(b.id);
      });
      void queue.add(b.id, () => run(b));
      return [a.id, b.id];
    },
    resume: (runId, { takeOver } = { takeOver: false }) => goOn(runId, takeOver).catch((error: unknown) => notices.getState().raise(error)),
    dequeue: queue.remove,
    control: async (action) => {
      const { live } = get();
      if (!live) return;
      if (action !== 'checkpoint') set({ live: { ...live, stopping: true } });
      await engine.control({ jobId: live.runId, action });
    },
  };
}
