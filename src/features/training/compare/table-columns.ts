// The table for a paper: which columns there are and what stands in their cells. Pure.
import type { AnswerRecord } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { plainEstimate, plainValue, type TextTable } from '../../../shared/formats/table-text.ts';
import { evaluatedSamples, type EvaluatedSample } from '../../../shared/metrics/answer-scores.ts';
import { classificationMetrics, countConfusion, groupByDomain } from '../../../shared/metrics/classification.ts';
import { computeEvaluation } from '../../../shared/metrics/evaluation.ts';
import type { Spread, RunGroup } from './figures.ts';
import { spreadOf } from './figures.ts';
import type { FigureColumn, RunRow } from './run-rows.ts';

/** Figures of an evaluation that a column can hold; of parsed answers, as the report has them, with coverage beside. */
const EVAL_METRICS: Record<string, { label: string; of: (samples: readonly EvaluatedSample[]) => number | null }> = {
  accuracy: { label: 'Acc', of: (samples) => classificationMetrics(countConfusion(samples), 'parsed_only').acc },
  f1: { label: 'F1', of: (samples) => classificationMetrics(countConfusion(samples), 'parsed_only').f1 },
  precision: { label: 'Precision', of: (samples) => classificationMetrics(countConfusion(samples), 'parsed_only').precision },
  recall: { label: 'Recall', of: (samples) => classificationMetrics(countConfusion(samples), 'parsed_only').recall },
  accuracy_all: { label: 'Acc (unparsed wrong)', of: (samples) => classificationMetrics(countConfusion(samples), 'unparsed_wrong').acc },
  auc: { label: 'AUC', of: (samples) => computeEvaluation(samples).auc },
  coverage: { label: 'Coverage', of: (samples) => computeEvaluation(samples).coverage },
};
export const PROPOSED_EVAL_COLUMNS: readonly string[] = ['accuracy', 'f1', 'coverage'];

export interface EvaluatedRow {
  record: EvalRecord;
  answers: readonly AnswerRecord[];
}

const samplesOf = ({ answers }: EvaluatedRow): EvaluatedSample[] =>
  evaluatedSamples(answers, answers.some(({ pFakeHead }) => pFakeHead !== null) ? 'head' : 'token');

/** Behind the figure's name: the mean over domains. No folder's name holds a slash, any other word may be one. */
const MEAN = '@/mean';

/** `accuracy`, `accuracy@aster`, ... for every domain of the evaluations, `accuracy@/mean` for the unweighted mean over domains. */
export function evaluationColumns(rows: readonly EvaluatedRow[]): { value: string; label: string }[] {
  const domains = [...new Set(rows.flatMap(({ answers }) => answers.map(({ domain }) => domain)))].sort();
  return Object.entries(EVAL_METRICS).flatMap(([value, { label }]) => [
    { value, label },
    ...domains.map((domain) => ({ value: `${value}@${domain}`, label: `${label}, ${domain}` })),
    ...(domains.length > 1 ? [{ value: `${value}${MEAN}`, label: `${label}, mean of domains` }] : []),
  ]);
}

function evaluationFigure(samples: readonly EvaluatedSample[], column: string): number | null {
  const at = column.indexOf('@');
  const name = at < 0 ? column : column.slice(0, at);
  const metric = Object.hasOwn(EVAL_METRICS, name) ? EVAL_METRICS[name] : undefined; // the name comes from an address
  if (!metric) return null;
  if (at < 0) return metric.of(samples);
  const groups = groupByDomain(samples);
  if (!column.endsWith(MEAN)) {
    const group = groups.get(column.slice(at + 1));
    return group ? metric.of(group) : null;
  }
  return spreadOf([...groups.values()].map(metric.of))?.mean ?? null;
}

/** One row per evaluation. */
export function evaluationTable(rows: readonly EvaluatedRow[], columns: readonly string[]): TextTable {
  const labels = new Map(evaluationColumns(rows).map(({ value, label }) => [value, label]));
  return {
    columns: ['Model', 'Data', 'n', ...columns.map((column) => labels.get(column) ?? column)],
    rows: rows.map((row) => {
      const samples = samplesOf(row);
      const { modelName, datasetName } = row.record;
      return [
        modelName,
        datasetName,
        samples.length,
        ...columns.map((column) => plainEstimate(evaluationFigure(samples, column), null, true)),
      ];
    }),
    caption: 'All figures in per cent; fake is the positive class. Accuracy, precision, recall and F1 of parsed answers.',
  };
}

const KIND_WORDS = { last: 'last', best: 'best', at: 'at step' } as const;

type Writer = (value: number) => string;

/** A deviation has two digits that mean something. Written plainly unless the page says how. */
export function formatSpread(
  { mean, sd, n }: Spread,
  value: Writer = plainValue,
  deviation: Writer = (size) => String(Number(size.toPrecision(2))),
): string {
  return sd === null ? value(mean) : `${value(mean)} ± ${deviation(sd)} (n = ${n})`;
}

/** Where the run has no value at the asked step, the one before it that stands in the cell. */
function otherStep(row: RunRow | undefined, { metric, kind }: FigureColumn, at: number | null): string {
  const step = kind === 'at' ? (row?.figures.get(metric)?.atStep ?? at) : at;
  return step === at ? '' : ` (step ${step})`;
}

/** One row per run; one per group with mean, deviation and n where rows are grouped. */
export function runTable(
  groups: readonly RunGroup[],
  rows: readonly RunRow[],
  columns: readonly FigureColumn[],
  options: { grouped: boolean; at: number | null },
): TextTable {
  const heads = columns.map(({ metric, kind }) => `${metric} (${KIND_WORDS[kind]}${kind === 'at' ? ` ${options.at ?? ''}` : ''})`);
  const figure = (row: RunRow | undefined, { metric, kind }: FigureColumn): number | null => row?.figures.get(metric)?.[kind] ?? null;
  const rowOf = (id: string): RunRow | undefined => rows.find(({ run }) => run.id === id);
  if (!options.grouped) {
    return {
      columns: ['Run', 'Algorithm', 'Seed', 'Steps', ...heads],
      rows: groups.flatMap(({ runs }) =>
        runs.map((run) => [
          run.name,
          run.algorithm,
          run.importedFrom ? null : run.config.seed,
          run.step,
          ...columns.map((column) => {
            const value = figure(rowOf(run.id), column);
            return value === null ? null : `${plainValue(value)}${otherStep(rowOf(run.id), column, options.at)}`;
          }),
        ]),
      ),
    };
  }
  return {
    columns: ['Runs', 'n', ...heads],
    rows: groups.map(({ name, runs }) => [
      name,
      runs.length,
      ...columns.map((column) => {
        const spread = spreadOf(runs.map(({ id }) => figure(rowOf(id), column)));
        return spread ? formatSpread(spread) : null;
      }),
    ]),
    caption: 'Mean ± sample deviation over the runs of a row.',
  };
}
