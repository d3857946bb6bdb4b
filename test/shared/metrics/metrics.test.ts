import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../../src/shared/metrics/bootstrap.ts';
import { calibrationMetrics, reliabilityBins } from '../../../src/shared/metrics/calibration.ts';
import { complementaryError } from '../../../src/shared/metrics/error-function.ts';
import { computeEvaluation } from '../../../src/shared/metrics/evaluation.ts';
import type { EvaluatedSample } from '../../../src/shared/metrics/answer-scores.ts';
import { deLongTest, mcNemarTest } from '../../../src/shared/metrics/paired.ts';
import { rankingMetrics, rocCurve } from '../../../src/shared/metrics/ranking.ts';
import { textOverlap } from '../../../src/shared/metrics/text-overlap.ts';

const sample = (label: 'real' | 'fake', predict: 'real' | 'fake' | null, score: number | null = null, domain = 'a'): EvaluatedSample => ({
  label,
  predict,
  score,
  domain,
});

describe('computeEvaluation', () => {
  it('counts an unparsed fake as missed in one treatment and leaves it out in the other', () => {
    const { parsed_only, unparsed_wrong, coverage } = computeEvaluation([
      sample('fake', 'fake'),
      sample('fake', null),
      sample('real', 'real'),
    ]);
    expect(parsed_only).toMatchObject({ acc: 1, recall: 1, f1: 1 });
    expect(unparsed_wrong).toMatchObject({ acc: 2 / 3, recall: 0.5, precision: 1, f1: 2 / 3, real_acc: 1, fake_acc: 0.5 });
    expect(coverage).toBeCloseTo(2 / 3, 12);
  });

  it('gives 0 where a claim was never made, null with a reason where a class is missing', () => {
    const onlyReal = computeEvaluation([sample('real', 'real', 0.1), sample('real', 'real', 0.2)]);
    expect(onlyReal.parsed_only).toMatchObject({ f1: 0, precision: 0, real_acc: 1, fake_acc: null, balanced_acc: null });
    expect(onlyReal.auc).toBeNull();
    expect(onlyReal.null_reasons).toMatchObject({ auc: 'one class only', 'parsed_only.fake_acc': 'no sample of the class' });
  });

  it('says so when there are no scores', () => {
    const { auc, ece, null_reasons } = computeEvaluation([sample('real', 'real'), sample('fake', 'fake')]);
    expect([auc, ece]).toEqual([null, null]);
    expect(null_reasons).toMatchObject({ auc: 'no scores', ece: 'no scores' });
  });

  it('averages F1 over domains without weights and names the worst', () => {
    const { parsed_only } = computeEvaluation([
      sample('fake', 'fake', null, 'x'),
      sample('fake', 'fake', null, 'x'),
      sample('fake', 'real', null, 'y'),
    ]);
    expect(parsed_only).toMatchObject({ avg_f1: 0.5, worst_domain_f1: 0, sacc: 0.5 });
  });

  it('returns nulls, not NaN, for no samples', () => {
    expect(computeEvaluation([])).toMatchObject({ n: 0, coverage: null, auc: null, ece: null, parsed_only: { acc: null, avg_f1: null } });
  });
});

describe('ranking', () => {
  const scored = (fakes: number[], reals: number[]) => [
    ...fakes.map((score) => ({ isFake: true, score })),
    ...reals.map((score) => ({ isFake: false, score })),
  ];

  it('counts ties one half', () => {
    expect(rankingMetrics(scored([0.5], [0.5])).auc).toBe(0.5);
    expect(rankingMetrics(scored([0.9, 0.4], [0.4, 0.1])).auc).toBe(0.875);
  });

  it('has the figures that can be counted by hand, with scores shared by both classes', () => {
    const of = (isFake: boolean, ...scores: number[]) => scores.map((score) => ({ isFake, score }));
    // From 0.9 down: (fakes, reals) found = (1,0) (2,1) (2,2) (3,3) of 3 fakes and 4 reals, then (3,4).
    const samples = [...of(true, 0.8, 0.9, 0.5), ...of(false, 0.1, 0.8, 0.5, 0.6)];
    const { auc, ap, eer, tpr_at_5fpr } = rankingMetrics(samples);
    // Pairs won: 0.9 beats 4; 0.8 beats 3 and ties one; 0.5 beats 1 and ties one. (4 + 3.5 + 1.5) / 12.
    expect(auc).toBeCloseTo(9 / 12, 12);
    expect(ap).toBeCloseTo((1 / 3) * 1 + (1 / 3) * (2 / 3) + (1 / 3) * (3 / 6), 12);
    expect(eer).toBeCloseTo(1 / 4, 12); // there the fakes missed are 1 of 3; at the next point 2 of 4 reals against 1 of 3
    expect(tpr_at_5fpr).toBeCloseTo(1 / 3, 12);
    expect(rankingMetrics([...samples, { isFake: true, score: Number.NaN }])).toEqual(rankingMetrics(samples));
  });

  it('puts an infinite threshold first', () => {
    expect(rocCurve(scored([0.9], [0.1]))).toEqual({ fpr: [0, 0, 1], tpr: [0, 1, 1], thresholds: [null, 0.9, 0.1] });
  });
});

describe('calibration', () => {
  it('puts a confidence on a bin edge into the lower bin', () => {
    expect(reliabilityBins([{ isFake: true, score: 0.6 }])[8]?.count).toBe(1);
  });

  it('keeps the logarithm finite for scores of 0 and 1', () => {
    const { nll } = calibrationMetrics([{ isFake: true, score: 0 }]);
    expect(nll).toBeCloseTo(52 * Math.LN2, 9);
  });
});

describe('bootstrapInterval', () => {
  const values = Array.from({ length: 200 }, (_, i) => i % 2);
  const share = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;

  it('holds the estimate, is repeatable and changes with the seed', () => {
    const first = bootstrapInterval(values, share, { seed: 1, resamples: 300 });
    expect(first).toEqual(bootstrapInterval(values, share, { seed: 1, resamples: 300 }));
    expect(first).not.toEqual(bootstrapInterval(values, share, { seed: 2, resamples: 300 }));
    // Standard error sqrt(1/4/200) = 0.035: the interval is about 0.5 +- 0.07.
    expect(first?.low).toBeGreaterThan(0.4);
    expect(first?.low).toBeLessThan(0.47);
    expect(first?.high).toBeGreaterThan(0.53);
  });

  it('leaves out resamples without a statistic', () => {
    expect(bootstrapInterval([1], () => null, { seed: 1, resamples: 5 })).toBeNull();
  });
});

describe('paired tests', () => {
  it('give McNemar p = 1 for equal systems and the binomial tail otherwise', () => {
    const answers = (onlyA: number) => Array.from({ length: onlyA }, () => ({ label: 'fake' as const, a: 'fake' as const, b: null }));
    expect(mcNemarTest([]).p).toBe(1);
    expect(mcNemarTest(answers(5)).p).toBeCloseTo(2 / 32, 12);
    expect(mcNemarTest(answers(3000)).p).toBeLessThan(1e-300);
  });

  it('gives the difference of the AUCs an interval that says the same as its p', () => {
    const scores = Array.from({ length: 40 }, (_, i) => ({
      isFake: i % 2 === 0,
      a: ((i * 7) % 40) / 40,
      b: (i % 2 === 0 ? 0.25 : 0) + ((i * 11) % 40) / 40,
    }));
    for (const some of [scores, scores.slice(0, 12)]) {
      const test = deLongTest(some);
      if (!test) throw new Error('both classes are there');
      expect((test.low + test.high) / 2).toBeCloseTo(test.aucB - test.aucA, 12);
      expect(test.low > 0 || test.high < 0).toBe(test.p < 0.05);
    }
  });

  it('need two samples of each class for DeLong', () => {
    expect(deLongTest([{ isFake: true, a: 1, b: 0 }])).toBeNull();
  });

  it('use an error function good to 1e-14', () => {
    expect(complementaryError(0.5)).toBeCloseTo(0.4795001221869535, 14);
    expect(complementaryError(2)).toBeCloseTo(0.004677734981047266, 14);
    expect(complementaryError(5) / 1.5374597944280347e-12).toBeCloseTo(1, 12);
  });
});

describe('textOverlap', () => {
  it('is 0 against an empty text and 1 with itself', () => {
    expect(textOverlap('', 'a')).toEqual({ rougeL_f: 0, rougeL_p: 0, rougeL_r: 0, token_f1: 0 });
    expect(textOverlap('Waxy, skin!', 'waxy SKIN').rougeL_f).toBe(1);
  });
});
