// Every figure of a report says what it was counted from and how its interval was made.
import { describe, expect, it } from 'vitest';
import { computeReport, type ReportAnswer } from '../../src/features/evaluation/report/report.ts';
import { traceOf } from '../../src/features/evaluation/report/trace.ts';
import type { Label } from '../../src/shared/domain/sample.ts';
import { CLASS_METRICS, SCORE_METRICS } from '../../src/shared/metrics/metric-specs.ts';
import { allIntervals } from '../support/intervals.ts';
import { someAnswer } from '../support/records.ts';

const answer = (index: number, label: Label, predict: Label | null, pFakeHead: number | null): ReportAnswer =>
  someAnswer({ evalId: 'e', sampleId: `s${index}`, index, path: `a/test/${label}/${index}.png`, domain: 'a', label, predict, pFakeHead });

function traced(answers: readonly ReportAnswer[]) {
  const report = computeReport(answers, answers.length, false, 'head');
  const { samples, expected, answered, unparsed } = report;
  const intervals = allIntervals({ kind: 'report', samples, expected, parsed: answered - unparsed });
  return { report, trace: (name: string) => traceOf(name, report, intervals) };
}

/** Four fakes, one of them missed and one unparsed; four reals, one called fake. */
const MIXED = [
  answer(0, 'fake', 'fake', 0.9),
  answer(1, 'fake', 'fake', 0.8),
  answer(2, 'fake', 'real', 0.4),
  answer(3, 'fake', null, 0.5),
  answer(4, 'real', 'real', 0.1),
  answer(5, 'real', 'real', 0.2),
  answer(6, 'real', 'real', 0.5),
  answer(7, 'real', 'fake', 0.6),
];

describe('the trace of a figure', () => {
  const { trace, report } = traced(MIXED);

  it('works it out from the counts of the confusion matrix', () => {
    expect(trace('precision').counts).toMatch(
      /^2 \/ \(2 \+ 1\): .* = 66\.7 %, from 7 parsed of 8 labelled answers; with the 1 unparsed as wrong 66\.7 %\.$/,
    );
    expect(trace('recall').counts).toMatch(/^2 \/ \(2 \+ 1\): .* = 66\.7 %.* as wrong 50\.0 %/);
    expect(trace('f1').counts).toContain('2 × 2 / (2 × 2 + 1 + 1) = 66.7 %');
    expect(trace('real_accuracy').counts).toContain('3 / (3 + 1) = 75.0 %');
    expect(trace('coverage').counts).toBe('(8 answered − 1 unparsed) / 8 expected; 0 failed.');
    expect(trace('auc').counts).toContain('4 fake and 4 real images');
  });

  it('exists for every figure that the report shows, with its definition and its method', () => {
    for (const { name, help } of [...CLASS_METRICS, ...SCORE_METRICS]) {
      expect(trace(name).definition).toContain(help);
      expect(trace(name).interval).toMatch(/bootstrap resamples of 8 images, seed 42|Wilson/);
    }
    expect(report.headText).toEqual({ agreeing: 6, withBoth: 7 }); // a score of 0.5 counts as fake, and its text says real
  });

  it('says that an interval is Wilson’s where no resample moves the figure', () => {
    const right = traced(MIXED.filter(({ label, predict }) => label === predict));
    expect(right.trace('accuracy').interval).toMatch(/^Wilson’s, because all 1,000 resamples give the same/);
    expect(right.trace('f1').interval).toMatch(
      /^Wilson’s, because all [\d,]+ resamples give the same; \d+ resamples that leave it open have no part\.$/,
    );
    expect(right.trace('auc').interval).toMatch(/^None: all/);
  });

  it('says that a value is a convention where the counts leave it open', () => {
    const silent = traced([answer(0, 'fake', 'real', null), answer(1, 'real', 'real', null)]);
    expect(silent.trace('precision').interval).toContain('convention');
    expect(silent.trace('recall').interval).not.toContain('convention');
  });
});
