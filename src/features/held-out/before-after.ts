// The two tests of the held-out experiment as figures, and what the statistics worker needs for their intervals and tests. Pure.
import type { AnswerRecord } from '../../shared/domain/answer.ts';
import { evaluatedSamples } from '../../shared/metrics/answer-scores.ts';
import type { ClassificationMetrics } from '../../shared/metrics/classification.ts';
import { classificationMetrics, countConfusion } from '../../shared/metrics/classification.ts';
import type { IntervalRequest } from '../../shared/metrics/intervals.ts';
import { comparePaired, type PairedReport } from '../../shared/metrics/pairing.ts';

export interface TestFigure {
  /** As the reports and their intervals call it. */
  name: string;
  label: string;
  value: number | null;
}

const SHOWN: readonly { key: keyof ClassificationMetrics; name: string; label: string }[] = [
  { key: 'f1', name: 'f1', label: 'F1, fake positive' },
  { key: 'acc', name: 'accuracy', label: 'Accuracy' },
  { key: 'recall', name: 'recall', label: 'Recall of fakes' },
  { key: 'precision', name: 'precision', label: 'Precision' },
];

/** Unparsed answers count as errors. */
export function testFigures(answers: readonly AnswerRecord[]): TestFigure[] {
  const metrics = classificationMetrics(countConfusion(evaluatedSamples(answers, 'head')), 'unparsed_wrong');
  return SHOWN.map(({ key, name, label }) => ({ name, label, value: metrics[key] }));
}

/** Intervals of one test; those that count unparsed answers as errors are among them. */
export function testRequest(answers: readonly AnswerRecord[]): IntervalRequest {
  const samples = evaluatedSamples(answers, 'head');
  return { kind: 'report', samples, expected: samples.length, parsed: samples.filter(({ predict }) => predict !== null).length };
}

/** Picture by picture, over those both tests answered. */
export function pairedTests(before: readonly AnswerRecord[], after: readonly AnswerRecord[]): PairedReport<AnswerRecord> | null {
  return comparePaired(before, after, 'head');
}
