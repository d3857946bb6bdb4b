// New evaluation records: one that was drafted, one that validates another, and the rows of a robustness sweep.
import type { EvalRecord } from '../shared/domain/run.ts';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import { WorkbenchError } from '../shared/errors.ts';
import { perturbationLabel, type Perturbation } from '../shared/image/perturb.ts';
import { chooseSampleIds } from '../shared/sample-choice.ts';
import type { Database } from '../shared/storage/database.ts';
import { listSamples } from '../shared/storage/samples.ts';
import type { EvaluationDraft } from './evaluation-state.ts';

const freshId = (): string => `eval-${crypto.randomUUID().slice(0, 8)}`;

/** @throws E-CONFIG when no image passes */
export async function newRecord(db: Database, draft: EvaluationDraft, codeVersion: string): Promise<EvalRecord> {
  const { dataset, model, config } = draft;
  const sampleIds = chooseSampleIds(await listSamples(db, dataset.id), config.filter, config.sampleSize, config.seed);
  if (sampleIds.length === 0) {
    throw new WorkbenchError('E-CONFIG', 'No image passes the chosen filter.', {
      safe: 'Nothing was started.',
      remedy: 'Choose another split or domain.',
    });
  }
  const now = Date.now();
  return {
    id: freshId(),
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

/** The same model asked in the same way about all validation images of the dataset. @throws E-CONFIG when there are none */
export async function validationRecord(db: Database, record: EvalRecord, dataset: DatasetRecord, codeVersion: string): Promise<EvalRecord> {
  const { perturbation: _clean, ...config } = record.config;
  const filter = { ...config.filter, domains: [], splits: ['val' as const] };
  const model = { id: record.modelId, name: record.modelName };
  const made = await newRecord(db, { dataset, model, config: { ...config, filter, sampleSize: 0 } }, codeVersion);
  return { ...made, name: `${made.name}, validation` };
}

/** The same images and settings with every picture changed. */
export function sweepRecord(clean: EvalRecord, perturbation: Perturbation, codeVersion: string, order: number): EvalRecord {
  const { threshold: _own, engine: _engine, parity: _parity, error: _error, preferences: _judged, ...rest } = clean;
  const now = Date.now() + order; // rows are listed by the time of their making
  return {
    ...rest,
    id: freshId(),
    name: `${clean.name}, ${perturbationLabel(perturbation)}`,
    createdAt: now,
    updatedAt: now,
    state: 'queued',
    config: { ...clean.config, perturbation },
    codeVersion,
    sweepOf: clean.id,
  };
}
