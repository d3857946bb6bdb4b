// What is known of data and models that are gone: evaluations and runs remember what they were made with.
import { WorkbenchError } from '../errors.ts';
import type { Database } from './database.ts';
import { listEvals } from './evals.ts';
import { listRuns } from './runs.ts';

/** Something that is not here any more: how it was called, and who remembers it. */
export interface Remembered {
  /** With the first digits of its content hash where that is known: `faces (sha 3f2a77aa)`. */
  name: string;
  /** Such as: evaluation "nano on faces". */
  by: string;
}

const withHash = (name: string, hash: string): string => (hash ? `${name} (sha ${hash.slice(0, 8)})` : name);

/** The newest evaluation or run of a dataset says how it was called. */
export async function rememberedDataset(db: Database, datasetId: string): Promise<Remembered | null> {
  const evaluation = (await listEvals(db)).find((other) => other.datasetId === datasetId);
  if (evaluation) return { name: withHash(evaluation.datasetName, evaluation.datasetHash), by: `evaluation "${evaluation.name}"` };
  const run = (await listRuns(db)).find((other) => other.datasetId === datasetId);
  return run ? { name: withHash(run.datasetName, run.datasetHash), by: `run "${run.name}"` } : null;
}

/** The same of a model or checkpoint. */
export async function rememberedModel(db: Database, modelId: string): Promise<Remembered | null> {
  const evaluation = (await listEvals(db)).find((other) => other.modelId === modelId);
  if (evaluation) return { name: evaluation.modelName, by: `evaluation "${evaluation.name}"` };
  const runs = await listRuns(db);
  const maker = runs.find(({ checkpointIds }) => checkpointIds.includes(modelId));
  if (maker) return { name: `a checkpoint of run "${maker.name}"`, by: `run "${maker.name}"` };
  const trained = runs.find(({ baseModelId }) => baseModelId === modelId);
  return trained ? { name: trained.baseModelName, by: `run "${trained.name}"` } : null;
}

/**
 * The error of a link to a dataset that is not here.
 * @param needs what the link itself says of it
 */
export async function missingDataset(db: Database, datasetId: string, needs: string | null): Promise<WorkbenchError> {
  const known = await rememberedDataset(db, datasetId);
  const name = needs ?? known?.name ?? `"${datasetId}"`;
  return new WorkbenchError('E-MISSING', `This link needs the dataset ${name}, which is not in this browser.`, {
    safe: known ? `Nothing of yours was changed; ${known.by} still has its answers or curves.` : 'Nothing of yours was changed.',
    remedy: 'Import its folder or a project bundle that holds it; a link into a bundle then works as it is.',
    details: { datasetId, needs: name },
  });
}
