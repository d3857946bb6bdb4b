// The two tests of the held-out experiment side by side, with intervals over pictures and the paired test. Pure.
import type { AnswerRecord } from '../../shared/domain/answer.ts';
import type { Interval } from '../../shared/metrics/bootstrap.ts';
import { bootstrapInterval } from '../../shared/metrics/bootstrap.ts';
import type { ClassificationMetrics, Judgement } from '../../shared/metrics/classification.ts';
import { classificationMetrics, countConfusion } from '../../shared/metrics/classification.ts';
import type { McNemarResult } from '../../shared/metrics/paired.ts';
import { mcNemarTest } from '../../shared/metrics/paired.ts';

export interface TestFigures {
  name: keyof ClassificationMetrics;
  label: string;
  value: number | null;
  interval: Interval | null;
}

const SHOWN: readonly { name: keyof ClassificationMetrics; label: string }[] = [
  { name: 'f1', label: 'F1, fake positive' },
  { name: 'acc', label: 'Accuracy' },
  { name: 'recall', label: 'Recall of fakes' },
  { name: 'precision', label: 'Precision' },
];

const judgements = (answers: readonly AnswerRecord[]): Judgement[] =>
  answers.flatMap(({ label, predict, domain }) => (label ? [{ label, predict, domain }] : []));

const figureOf = (sample: readonly Judgement[], name: keyof ClassificationMetrics): number | null =>
  classificationMetrics(countConfusion(sample), 'unparsed_wrong')[name];

/** Unparsed answers count as errors. Intervals: 95 %, percentile bootstrap over pictures, seed 42. */
export function testFigures(answers: readonly AnswerRecord[]): TestFigures[] {
  const sample = judgements(answers);
  return SHOWN.map(({ name, label }) => ({
    name,
    label,
    value: figureOf(sample, name),
    interval: bootstrapInterval(sample, (resample) => figureOf(resample, name), { seed: 42 }),
  }));
}

/** McNemar over the pictures both tests answered. */
export function pairedTest(before: readonly AnswerRecord[], after: readonly AnswerRecord[]): McNemarResult {
  const later = new Map(after.map((answer) => [answer.sampleId, answer]));
  return mcNemarTest(
    before.flatMap(({ sampleId, label, predict }) => {
      const other = later.get(sampleId);
      return label && other ? [{ label, a: predict, b: other.predict }] : [];
    }),
  );
}
