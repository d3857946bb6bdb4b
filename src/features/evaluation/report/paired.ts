// Two evaluations on the samples they share: flips, and what the paired tests need. Pure.
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import { scoreOf } from '../../../shared/metrics/answer-scores.ts';
import type { SampleFlip } from '../../../shared/metrics/flips.ts';
import { joinAnswers } from '../../../shared/metrics/flips.ts';
import type { StatisticsApi } from '../../../shared/statistics-api.ts';
import type { ReportAnswer } from './report.ts';

export type Flip = SampleFlip<ReportAnswer>;

export interface PairedReport {
  shared: number;
  accuracyA: number;
  accuracyB: number;
  flips: Flip[];
  /** For the statistics worker. */
  tested: StatisticsApi['pairedTests']['params'];
}

/** Joins on the sample; unparsed counts as wrong. Null where they share no labelled sample. */
export function comparePaired(first: readonly ReportAnswer[], second: readonly ReportAnswer[], source: ScoreSource): PairedReport | null {
  const joined = joinAnswers(first, second);
  if (!joined) return null;
  const { shared, rightA, rightB, flips, pairs } = joined;
  const scores = pairs.flatMap(({ a, b, label }) => {
    const [scoreA, scoreB] = [scoreOf(a, source), scoreOf(b, source)];
    return scoreA === null || scoreB === null ? [] : [{ isFake: label === 'fake', a: scoreA, b: scoreB }];
  });
  const answers = pairs.map(({ a, b, label }) => ({ label, a: a.predict, b: b.predict }));
  return { shared, accuracyA: rightA / shared, accuracyB: rightB / shared, flips, tested: { answers, scores } };
}
