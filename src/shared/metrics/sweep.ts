// The figures of a robustness sweep: of one row, and of a row against the clean pictures on the same images.
import { scoredSamples, type EvaluatedSample } from './answer-scores.ts';
import { classificationMetrics, countConfusion } from './classification.ts';
import { rankingMetrics } from './ranking.ts';

export const SWEEP_COLUMNS = [
  { key: 'accuracy', label: 'accuracy', percent: true },
  { key: 'f1', label: 'F1', percent: true },
  { key: 'auc', label: 'AUC', percent: false },
  { key: 'coverage', label: 'coverage', percent: true },
] as const;
export type SweepColumn = (typeof SWEEP_COLUMNS)[number]['key'];

/** One image as both rows decided it. */
export interface SweepPair {
  clean: EvaluatedSample;
  row: EvaluatedSample;
}

/** One figure of a sample of images; null where it does not exist. */
export function sweepFigure(key: SweepColumn, samples: readonly EvaluatedSample[]): number | null {
  if (samples.length === 0) return null;
  if (key === 'auc') return rankingMetrics(scoredSamples(samples)).auc;
  if (key === 'coverage') return samples.filter(({ predict }) => predict !== null).length / samples.length;
  return classificationMetrics(countConfusion(samples), 'parsed_only')[key === 'accuracy' ? 'acc' : 'f1'];
}

/** The row's figure minus that of the clean pictures. */
export function sweepDifference(key: SweepColumn, pairs: readonly SweepPair[]): number | null {
  const of = (side: keyof SweepPair): number | null =>
    sweepFigure(
      key,
      pairs.map((pair) => pair[side]),
    );
  const [clean, row] = [of('clean'), of('row')];
  return clean === null || row === null ? null : row - clean;
}
