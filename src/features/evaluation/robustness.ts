// The rows of a robustness sweep: each perturbation against the clean pictures, on the same images and with one threshold. Pure.
import type { AnswerScores, ScoreSource } from '../../shared/domain/answer.ts';
import type { EvalRecord } from '../../shared/domain/run.ts';
import type { TextTable } from '../../shared/formats/table-text.ts';
import { PERTURBATIONS, perturbationLabel, type Perturbation } from '../../shared/image/perturb.ts';
import { evaluatedSamples, scoredSamples } from '../../shared/metrics/answer-scores.ts';
import { bootstrapSteps } from '../../shared/metrics/bootstrap.ts';
import { classificationMetrics, countConfusion } from '../../shared/metrics/classification.ts';
import type { EvaluatedSample } from '../../shared/metrics/evaluation.ts';
import { rankingMetrics } from '../../shared/metrics/ranking.ts';
import { bootstrapOptions, intervalKey, type Intervals, type IntervalTask } from './intervals.ts';

/** What decides: the written answer, or the score cut at the threshold. */
export type Decision = 'text' | 'score';

export interface SweepSettings {
  decision: Decision;
  source: ScoreSource;
  threshold: number;
}

export const SWEEP_COLUMNS = [
  { key: 'accuracy', label: 'accuracy', percent: true },
  { key: 'f1', label: 'F1', percent: true },
  { key: 'auc', label: 'AUC', percent: false },
  { key: 'coverage', label: 'coverage', percent: true },
] as const;
export type SweepColumn = (typeof SWEEP_COLUMNS)[number]['key'];

export interface SweepRow {
  record: EvalRecord;
  /** `clean`, or the perturbation. */
  label: string;
  /** Images with an answer in this row. */
  answered: number;
  figures: Record<SweepColumn, number | null>;
  /** Differences to clean on the images that both answered; null in the clean row. */
  differences: Record<SweepColumn, number | null> | null;
}

/** One image as both rows decided it. */
interface Pair {
  clean: EvaluatedSample;
  row: EvaluatedSample;
}

function decided(answers: readonly AnswerScores[], { decision, source, threshold }: SweepSettings): Map<string, EvaluatedSample> {
  const labelled = answers.filter(({ label, failure }) => label !== null && !failure);
  const samples = evaluatedSamples(labelled, source);
  return new Map(
    samples.map((sample, i) => {
      const cut = sample.score === null ? null : sample.score >= threshold ? 'fake' : 'real';
      return [labelled[i]?.sampleId ?? '', decision === 'text' ? sample : { ...sample, predict: cut }];
    }),
  );
}

/** One figure of a sample of images. */
function figure(key: SweepColumn, samples: readonly EvaluatedSample[]): number | null {
  if (samples.length === 0) return null;
  if (key === 'auc') return rankingMetrics(scoredSamples(samples)).auc;
  if (key === 'coverage') return samples.filter(({ predict }) => predict !== null).length / samples.length;
  return classificationMetrics(countConfusion(samples), 'parsed_only')[key === 'accuracy' ? 'acc' : 'f1'];
}

const difference = (key: SweepColumn, pairs: readonly Pair[]): number | null => {
  const [clean, row] = [figure(key, pairs.map((pair) => pair.clean)), figure(key, pairs.map((pair) => pair.row))]; // prettier-ignore
  return clean === null || row === null ? null : row - clean;
};

function each(of: (key: SweepColumn) => number | null): Record<SweepColumn, number | null> {
  return { accuracy: of('accuracy'), f1: of('f1'), auc: of('auc'), coverage: of('coverage') };
}

/** Order of the sheet: JPEG, resize, blur, noise, crop, each from mild to strong. */
function compareRows(a: EvalRecord, b: EvalRecord): number {
  const place = ({ config: { perturbation } }: EvalRecord): number => {
    const kind = PERTURBATIONS.findIndex((spec) => spec.kind === perturbation?.kind);
    const level = perturbation?.level ?? 0;
    return kind * 1000 + (perturbation?.kind === 'blur' || perturbation?.kind === 'noise' ? level : -level);
  };
  return place(a) - place(b);
}

export interface Sweep {
  rows: SweepRow[];
  /** Intervals of every figure and, under `delta_<figure>`, of every paired difference; the row's evaluation is the domain of the key. */
  tasks: IntervalTask[];
}

/** @param answersOf what is known of an evaluation's answers; undefined while they are read */
export function computeSweep(
  clean: EvalRecord,
  rows: readonly EvalRecord[],
  answersOf: (evalId: string) => readonly AnswerScores[] | undefined,
  settings: SweepSettings,
): Sweep {
  const reference = decided(answersOf(clean.id) ?? [], settings);
  const sweep: Sweep = { rows: [], tasks: [] };
  for (const record of [clean, ...rows.toSorted(compareRows)]) {
    const isClean = record.id === clean.id;
    const own = isClean ? reference : decided(answersOf(record.id) ?? [], settings);
    const samples = [...own.values()];
    const pairs = isClean ? [] : [...own].flatMap(([id, row]) => (reference.has(id) ? [{ clean: reference.get(id) ?? row, row }] : []));
    const perturbation = record.config.perturbation;
    sweep.rows.push({
      record,
      label: perturbation ? perturbationLabel(perturbation) : 'clean',
      answered: samples.length,
      figures: each((key) => figure(key, samples)),
      differences: isClean ? null : each((key) => difference(key, pairs)),
    });
    sweep.tasks.push(...rowTasks(record.id, samples, pairs));
  }
  return sweep;
}

function rowTasks(evalId: string, samples: readonly EvaluatedSample[], pairs: readonly Pair[]): IntervalTask[] {
  return SWEEP_COLUMNS.flatMap(({ key }) => [
    {
      key: intervalKey(key, evalId),
      steps: () => bootstrapSteps(samples, (resample) => figure(key, resample), bootstrapOptions(samples.length)),
    },
    {
      key: intervalKey(`delta_${key}`, evalId),
      steps: () => bootstrapSteps(pairs, (resample) => difference(key, resample), bootstrapOptions(pairs.length)),
    },
  ]);
}

/** Kinds and levels that are ticked at first: one mild and one strong of each would take long, so one typical level each. */
export const TYPICAL_SWEEP: readonly Perturbation[] = [
  { kind: 'jpeg', level: 90 },
  { kind: 'jpeg', level: 50 },
  { kind: 'resize', level: 0.5 },
  { kind: 'blur', level: 1 },
  { kind: 'noise', level: 0.05 },
  { kind: 'crop', level: 0.75 },
];

const points = (value: number, percent: boolean): string => (percent ? (100 * value).toFixed(1) : value.toFixed(3));

/** The matrix as text: figure with interval, then difference with paired interval. */
export function sweepTable({ rows }: Sweep, intervals: Intervals, caption: string): TextTable {
  const cell = (name: string, evalId: string, value: number | null, percent: boolean): string | null => {
    const interval = intervals[intervalKey(name, evalId)];
    if (value === null) return null;
    return `${points(value, percent)}${interval ? ` [${points(interval.low, percent)}, ${points(interval.high, percent)}]` : ''}`;
  };
  return {
    caption,
    columns: [
      'pictures',
      'images',
      ...SWEEP_COLUMNS.flatMap(({ label, percent }) => [`${label}${percent ? ', %' : ''}`, `${label} − clean`]),
    ],
    rows: rows.map(({ record, label, answered, figures, differences }) => [
      label,
      answered,
      ...SWEEP_COLUMNS.flatMap(({ key, percent }) => [
        cell(key, record.id, figures[key], percent),
        cell(`delta_${key}`, record.id, differences?.[key] ?? null, percent),
      ]),
    ]),
  };
}
