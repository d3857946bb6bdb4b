// Two evaluations on the samples they share: flips and paired tests. Pure.
import type { DeLongResult, McNemarResult } from '../../shared/metrics/paired.ts';
import { deLongTest, mcNemarTest } from '../../shared/metrics/paired.ts';
import type { ScoreSource } from '../../shared/domain/answer.ts';
import type { ReportAnswer } from './report.ts';
import { scoreOf } from '../../shared/metrics/answer-scores.ts';

export interface Flip {
  a: ReportAnswer;
  b: ReportAnswer;
  /** Right only in b, right only in a, or neither (wrong and unparsed change places). */
  kind: 'gained' | 'lost' | 'other';
}

export interface PairedReport {
  shared: number;
  accuracyA: number;
  accuracyB: number;
  flips: Flip[];
  mcNemar: McNemarResult;
  deLong: DeLongResult | null;
}

function flipKind(a: ReportAnswer, b: ReportAnswer): Flip['kind'] {
  if (b.predict === b.label) return 'gained';
  return a.predict === a.label ? 'lost' : 'other';
}

/** Joins on the sample; unparsed counts as wrong. Null where they share no labelled sample. */
export function comparePaired(first: readonly ReportAnswer[], second: readonly ReportAnswer[], source: ScoreSource): PairedReport | null {
  const bySample = new Map(second.filter(({ failure }) => !failure).map((answer) => [answer.sampleId, answer]));
  const pairs = first.flatMap((a) => {
    const b = bySample.get(a.sampleId);
    return b && !a.failure && a.label !== null ? [{ a, b, label: a.label }] : [];
  });
  if (pairs.length === 0) return null;
  const right = (answer: ReportAnswer): boolean => answer.predict === answer.label;
  const scored = pairs.flatMap(({ a, b, label }) => {
    const [scoreA, scoreB] = [scoreOf(a, source), scoreOf(b, source)];
    return scoreA === null || scoreB === null ? [] : [{ isFake: label === 'fake', a: scoreA, b: scoreB }];
  });
  return {
    shared: pairs.length,
    accuracyA: pairs.filter(({ a }) => right(a)).length / pairs.length,
    accuracyB: pairs.filter(({ b }) => right(b)).length / pairs.length,
    flips: pairs.filter(({ a, b }) => a.predict !== b.predict).map(({ a, b }) => ({ a, b, kind: flipKind(a, b) })),
    mcNemar: mcNemarTest(pairs.map(({ a, b, label }) => ({ label, a: a.predict, b: b.predict }))),
    deLong: deLongTest(scored),
  };
}
