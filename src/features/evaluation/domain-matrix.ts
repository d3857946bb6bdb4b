// Domains a model was trained on against domains it was tested on, from stored evaluations: the leave-one-domain-out table. Pure.
import type { AnswerScores } from '../../shared/domain/answer.ts';
import type { EvalRecord, RunRecord } from '../../shared/domain/run.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import { plainFigure, type TextTable } from '../../shared/formats/table-text.ts';
import { evaluatedSamples, scoredSamples } from '../../shared/metrics/answer-scores.ts';
import { meanOrNull } from '../../shared/metrics/averages.ts';
import { classificationMetrics, countConfusion, groupByDomain } from '../../shared/metrics/classification.ts';
import { rankingMetrics } from '../../shared/metrics/ranking.ts';

export const MATRIX_FIGURES = [
  { value: 'f1', label: 'F1', percent: true },
  { value: 'acc', label: 'Accuracy', percent: true },
  { value: 'auc', label: 'AUC (head)', percent: false },
] as const;
export type MatrixFigure = (typeof MATRIX_FIGURES)[number]['value'];

/** What is known of a model's training. */
export interface KnownModel {
  id: string;
  /** Of a built-in one: the domain it never saw; null where it saw all that its metrics name. */
  heldOut?: string | null;
  /** `f1_<domain>` of a built-in model names the domains of its benchmark. */
  metrics: Readonly<Record<string, number>>;
  checkpoint?: { runId: string | null; parentId: string | null };
}

export interface TrainingFacts {
  models: readonly KnownModel[];
  runs: readonly RunRecord[];
  datasets: readonly Pick<DatasetRecord, 'id' | 'counts'>[];
}

/** Domains that a run saw; null where its dataset is gone and it took all of it. */
function domainsOfRun({ config, datasetId }: RunRecord, datasets: TrainingFacts['datasets']): string[] | null {
  if (config.filter.domains.length > 0) return config.filter.domains;
  const dataset = datasets.find(({ id }) => id === datasetId);
  return dataset ? [...new Set(dataset.counts.map(({ domain }) => domain))] : null;
}

/** Domains of a model with those of all models it was trained from; null where a part of its history is not known here. */
export function trainDomains(modelId: string, facts: TrainingFacts): string[] | null {
  const model = facts.models.find(({ id }) => id === modelId);
  if (!model) return null;
  const { checkpoint, heldOut, metrics } = model;
  if (!checkpoint) {
    const tested = Object.keys(metrics).flatMap((key) => (key.startsWith('f1_') ? [key.slice(3)] : []));
    return tested.length === 0 ? null : tested.filter((domain) => domain !== heldOut).sort();
  }
  const run = facts.runs.find(({ id }) => id === checkpoint.runId);
  const own = run && domainsOfRun(run, facts.datasets);
  const parentId = run?.baseModelId ?? checkpoint.parentId;
  const before = parentId === null ? null : trainDomains(parentId, facts);
  return own && before ? [...new Set([...own, ...before])].sort() : null;
}

export interface MatrixCell {
  value: number | null;
  images: number;
  /** Trained on this domain; null where the training is not known. */
  isSeen: boolean | null;
}

export interface MatrixRow {
  record: EvalRecord;
  /** null where nobody has said. */
  trainedOn: string[] | null;
  /** By test domain. */
  cells: ReadonlyMap<string, MatrixCell>;
  /** Unweighted means over the domains that have a value. */
  seen: number | null;
  unseen: number | null;
}

/** Evaluations that may stand in the matrix: finished, of unchanged pictures, not of a training or validation split alone. */
export function isMatrixEvaluation({ state, config, sweepOf }: EvalRecord): boolean {
  const { splits } = config.filter;
  return state === 'done' && !config.perturbation && sweepOf === undefined && (splits.length === 0 || splits.includes('test'));
}

function figureOf(answers: readonly AnswerScores[], figure: MatrixFigure): number | null {
  const samples = evaluatedSamples(answers, 'head');
  if (figure === 'auc') return rankingMetrics(scoredSamples(samples)).auc;
  return classificationMetrics(countConfusion(samples), 'parsed_only')[figure];
}

/** One row per evaluation, in the order given. */
export function matrixRow(record: EvalRecord, answers: readonly AnswerScores[], facts: TrainingFacts, figure: MatrixFigure): MatrixRow {
  const trainedOn = record.trainedOn ?? trainDomains(record.modelId, facts);
  const cells = new Map(
    [...groupByDomain(answers)].map(([domain, group]) => {
      const cell: MatrixCell = { value: figureOf(group, figure), images: group.length, isSeen: trainedOn && trainedOn.includes(domain) };
      return [domain, cell] as const;
    }),
  );
  const meanWhere = (isSeen: boolean): number | null =>
    meanOrNull([...cells.values()].flatMap((cell) => (cell.isSeen === isSeen ? (cell.value ?? []) : [])));
  return { record, trainedOn, cells, seen: meanWhere(true), unseen: meanWhere(false) };
}

/** Test domains of all rows. */
export function testDomains(rows: readonly MatrixRow[]): string[] {
  return [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))].sort();
}

/** The matrix for a paper; an unseen domain has a star. */
export function matrixTable(rows: readonly MatrixRow[], figure: MatrixFigure): TextTable {
  const spec = MATRIX_FIGURES.find(({ value }) => value === figure) ?? MATRIX_FIGURES[0];
  const text = (value: number | null, star = ''): string | null => (value === null ? null : `${plainFigure(value, spec.percent)}${star}`);
  const domains = testDomains(rows);
  return {
    caption: `${spec.label}${spec.percent ? ', %' : ''} by test domain; a star marks a domain the model was not trained on`,
    columns: ['model', 'trained on', ...domains, 'mean seen', 'mean unseen'],
    rows: rows.map(({ record, trainedOn, cells, seen, unseen }) => [
      record.modelName,
      trainedOn === null ? 'not known' : trainedOn.join(', '),
      ...domains.map((domain) => {
        const cell = cells.get(domain);
        return cell ? text(cell.value, cell.isSeen === false ? '*' : '') : null;
      }),
      text(seen),
      text(unseen),
    ]),
  };
}
