// Checkpoints of a run as models that can be chosen: what was trained, with the state to go on from.
import type { JobState, RunRecord } from '../../src/shared/domain/run.ts';
import {
  listCheckpoints,
  listCheckpointsOfRun,
  pruneCheckpoints,
  writeCheckpoint,
  type NewFile,
} from '../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { listEvals } from '../../src/shared/storage/evals.ts';
import { listRuns, listStepsAfter } from '../../src/shared/storage/runs.ts';
import { FILES } from '../../src/shared/models/model-folder.ts';
import type { LoadedModel } from './load-model.ts';

/** Models below this are called tiny everywhere. */
const TINY_PARAMETERS = 50e6;
/** Scalars that a list of checkpoints shows. */
const SHOWN_METRICS = ['reward', 'loss', 'kl', 'lm_loss', 'binary_loss', 'eval/acc', 'eval/f1'];

/** The id of a run's checkpoint of one step. */
export function checkpointIdOf(runId: string, step: number): string {
  return `${runId}-step-${step}`;
}

const canGoOn = ({ state }: { state: JobState }): boolean => state !== 'done' && state !== 'stopped';

/** What must not go though it is old: models built on it, runs and evaluations begun with it could not be used any more; or the user tagged it. */
async function neededCheckpoints(db: Database): Promise<string[]> {
  const [checkpoints, runs, evaluations] = await Promise.all([listCheckpoints(db), listRuns(db), listEvals(db)]);
  return [
    ...checkpoints.flatMap(({ parentId, files }) => (parentId === null || files.some(({ path }) => path === FILES.config) ? [] : parentId)),
    ...checkpoints.flatMap(({ id, tags = [] }) => (tags.length > 0 ? id : [])),
    ...runs.filter(canGoOn).map(({ baseModelId }) => baseModelId),
    ...evaluations.filter(canGoOn).map(({ modelId }) => modelId),
  ];
}

/**
 * Stores a checkpoint of the run's current step and deletes the oldest ones beyond the limit, except for this one, the run's best
 * and those that are needed elsewhere.
 * @returns ids, newest first
 */
export async function storeCheckpoint(
  db: Database,
  run: RunRecord,
  files: readonly NewFile[],
  model: LoadedModel,
): Promise<{ checkpointId: string; checkpointIds: string[] }> {
  const checkpointId = checkpointIdOf(run.id, run.step);
  const metrics = (await listStepsAfter(db, run.id, run.step - 1)).at(-1)?.metrics ?? {};
  await writeCheckpoint(
    db,
    {
      id: checkpointId,
      name: `${run.name}, step ${run.step}`,
      kind: files.some(({ path }) => path === FILES.adapter) ? 'lora' : 'full',
      createdAt: Date.now(),
      runId: run.id,
      step: run.step,
      parentId: run.baseModelId,
      resumable: true,
      metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => SHOWN_METRICS.includes(name))),
      tiny: model.weights.parameterCount < TINY_PARAMETERS,
    },
    files,
  );
  const own = [checkpointId, ...(run.best ? [run.best.checkpointId] : [])];
  await pruneCheckpoints(db, run.id, run.config.saveTotalLimit, [...own, ...(await neededCheckpoints(db))]);
  const kept = await listCheckpointsOfRun(db, run.id);
  return { checkpointId, checkpointIds: kept.sort((a, b) => b.step - a.step).map(({ id }) => id) };
}
