// Two evaluations on the samples they share: flips and paired tests. Pure.
import type { ScoreSource } from '../../shared/domain/answer.ts';
import { scoreOf } from '../../shared/metrics/answer-scores.ts';
import type { SampleFlip } from '../../shared/metrics/flips.ts';
import { findFlips } from '../../shared/metrics/flips.ts';
import type { DeLongResult, McNemarResult } from '../../shared/metrics/paired.ts';
import { deLongTest } from '../../shared/metrics/paired.ts';
import type { ReportAnswer } from './report.ts';

export type Flip = SampleFlip<ReportAnswer>;

export interface PairedReport {
  shared: number;
  accuracyA: number;
  accuracyB: number;
  flips: Flip[];
  mcNemar: McNemarResult;
  deLong: DeLongResult | null;
}

/** Joins on the sample; unparsed counts as wrong. Null where they share no labelled sample. */
export function comparePaired(first: readonly ReportAnswer[], second: readonly ReportAnswer[], source: ScoreSource): PairedReport | null {
  const found = findFlips(first, second);
  if (!found) return null;
  const { shared, rightA, rightB, flips, mcNemar, pairs } = found;
  const scored = pairs.flatMap(({ a, b, label }) => {
    const [scoreA, scoreB] = [scoreOf(a, source), scoreOf(b, source)];
    return scoreA === null || scoreB === null ? [] : [{ isFake: label === 'fake', a: scoreA, b: scoreB }];
  });
  return { shared, accuracyA: rightA / shared, accuracyB: rightB / shared, flips, mcNemar, deLong: deLongTest(scored) };
}
