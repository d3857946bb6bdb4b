// The rows of a robustness sweep: each perturbation against the clean pictures, on the same images and with one threshold. Pure.
import type { AnswerScores, ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { plainEstimate, type TextTable } from '../../../shared/formats/table-text.ts';
import { PERTURBATIONS, perturbationLabel, type Perturbation } from '../../../shared/image/perturb.ts';
import { evaluatedSamples, type EvaluatedSample } from '../../../shared/metrics/answer-scores.ts';
import { intervalKey, type IntervalRequest, type Intervals, type SweepIntervalRow } from '../../../shared/metrics/intervals.ts';
import { SWEEP_COLUMNS, sweepDifference, sweepFigure, type SweepColumn } from '../../../shared/metrics/sweep.ts';

/** What decides: the written answer, or the score cut at the threshold. */
export type Decision = 'text' | 'score';

export interface SweepSettings {
  decision: Decision;
  source: ScoreSource;
  threshold: number;
}

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
  /** Intervals of every figure and of every paired difference. */
  request: IntervalRequest;
}

/** @param answersOf what is known of an evaluation's answers; undefined while they are read */
export function computeSweep(
  clean: EvalRecord,
  rows: readonly EvalRecord[],
  answersOf: (evalId: string) => readonly AnswerScores[] | undefined,
  settings: SweepSettings,
): Sweep {
  const reference = decided(answersOf(clean.id) ?? [], settings);
  const [sweepRows, intervalRows]: [SweepRow[], SweepIntervalRow[]] = [[], []];
  for (const record of [clean, ...rows.toSorted(compareRows)]) {
    const isClean = record.id === clean.id;
    const own = isClean ? reference : decided(answersOf(record.id) ?? [], settings);
    const samples = [...own.values()];
    const pairs = isClean ? [] : [...own].flatMap(([id, row]) => (reference.has(id) ? [{ clean: reference.get(id) ?? row, row }] : []));
    const perturbation = record.config.perturbation;
    sweepRows.push({
      record,
      label: perturbation ? perturbationLabel(perturbation) : 'clean',
      answered: samples.length,
      figures: each((key) => sweepFigure(key, samples)),
      differences: isClean ? null : each((key) => sweepDifference(key, pairs)),
    });
    intervalRows.push({ evalId: record.id, samples, pairs });
  }
  return { rows: sweepRows, request: { kind: 'sweep', rows: intervalRows } };
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

/** The matrix as text: figure with interval, then difference with paired interval. */
export function sweepTable({ rows }: Sweep, intervals: Intervals, caption: string): TextTable {
  const cell = (name: string, evalId: string, value: number | null, percent: boolean): string | null =>
    plainEstimate(value, intervals[intervalKey(name, evalId)], percent);
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
