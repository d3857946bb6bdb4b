import { describe, expect, it } from 'vitest';
import { calibrationMetrics } from '../../../src/shared/metrics/calibration.ts';
import { majorityVote, voteFigures } from '../../../src/shared/metrics/majority.ts';
import { wilsonInterval } from '../../../src/shared/metrics/proportion.ts';
import { rankingMetrics, type ScoredSample } from '../../../src/shared/metrics/ranking.ts';
import { fitTemperature, scaleByTemperature, scaleScores } from '../../../src/shared/metrics/temperature.ts';
import { chooseThreshold, countsAt, ratesOf } from '../../../src/shared/metrics/threshold.ts';
import { RandomStream } from '../../../src/shared/random.ts';

const samples = (fakes: number[], reals: number[]): ScoredSample[] => [
  ...fakes.map((score) => ({ isFake: true, score })),
  ...reals.map((score) => ({ isFake: false, score })),
];

function randomSamples(count: number, seed: string): ScoredSample[] {
  const random = RandomStream.fromText(seed);
  return Array.from({ length: count }, () => {
    const isFake = random.chance(0.5);
    return { isFake, score: Math.round(100 * Math.min(1, Math.max(0, random.next() * 0.7 + (isFake ? 0.3 : 0)))) / 100 };
  });
}

describe('a threshold', () => {
  it('counts a score on it as fake', () => {
    expect(countsAt(samples([0.9, 0.5], [0.5, 0.1]), 0.5)).toEqual({ tp: 2, fp: 1, tn: 1, fn: 0 });
  });

  it('lies halfway between the classes where they are apart, under every rule', () => {
    const apart = samples([0.8, 0.7], [0.3, 0.2]);
    for (const rule of ['max-f1', 'max-balanced-accuracy', 'fpr-5'] as const)
      expect(chooseThreshold(apart, rule)?.value).toBeCloseTo(0.5, 10);
  });

  it.each(['max-f1', 'max-balanced-accuracy', 'fpr-5'] as const)('by the rule %s is the best of all cuts', (rule) => {
    for (const seed of ['a', 'b', 'c']) {
      const drawn = randomSamples(200, seed);
      const chosen = chooseThreshold(drawn, rule);
      const worth = (threshold: number): number => {
        const { f1, balancedAccuracy, fpr, recall } = ratesOf(countsAt(drawn, threshold));
        if (rule === 'max-f1') return f1;
        if (rule === 'max-balanced-accuracy') return balancedAccuracy ?? 0;
        return (fpr ?? 1) <= 0.05 ? (recall ?? 0) : -1;
      };
      const best = Math.max(...Array.from({ length: 203 }, (_, i) => worth((i - 0.5) / 200)));
      expect(worth(chosen?.value ?? Number.NaN)).toBeCloseTo(best, 12);
      expect(chosen?.counts).toEqual(countsAt(drawn, chosen?.value ?? 0));
    }
  });

  it('of the rule for 5 % finds the true positive rate that the ranking metrics give', () => {
    const drawn = randomSamples(300, 'roc');
    expect(ratesOf(chooseThreshold(drawn, 'fpr-5')?.counts ?? countsAt([], 0)).recall).toBeCloseTo(
      rankingMetrics(drawn).tpr_at_5fpr ?? 0,
      12,
    );
  });

  it('calls nothing fake where no other cut keeps the limit, even with scores of 1', () => {
    const chosen = chooseThreshold(samples([0.4, 0.5], [1, 1]), 'fpr-5');
    expect(chosen?.counts).toEqual({ tp: 0, fp: 0, tn: 2, fn: 2 });
    expect(chosen?.value).toBeGreaterThan(1);
  });

  it('cannot be chosen where a class is missing', () => {
    expect(chooseThreshold(samples([0.4], []), 'max-f1')).toBeNull();
  });
});

describe('the interval of a share', () => {
  it('is Wilson’s: 6 of 100 and 0 of 20 by hand', () => {
    expect(wilsonInterval(6, 100)?.low).toBeCloseTo(0.02779, 4);
    expect(wilsonInterval(6, 100)?.high).toBeCloseTo(0.12477, 4);
    expect(wilsonInterval(0, 20)).toEqual({ low: 0, high: expect.closeTo(0.16113, 4) });
    expect(wilsonInterval(20, 20)).toEqual({ low: expect.closeTo(0.83887, 4), high: 1 });
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

describe('the temperature', () => {
  /** Labels drawn with the given probability, scores then made surer by a known temperature. */
  function overconfident(count: number, temperature: number): ScoredSample[] {
    const random = RandomStream.fromText('overconfident');
    return Array.from({ length: count }, () => {
      const score = random.uniform(0.02, 0.98);
      return { isFake: random.chance(score), score: scaleByTemperature(score, 1 / temperature) };
    });
  }

  it('finds the factor by which scores were made too sure, and mends the calibration', () => {
    const drawn = overconfident(4000, 3);
    const fit = fitTemperature(drawn);
    expect(fit?.temperature).toBeGreaterThan(2.7);
    expect(fit?.temperature).toBeLessThan(3.3);
    expect(fit?.nllAfter).toBeLessThan(fit?.nllBefore ?? 0);
    const after = scaleScores(drawn, fit?.temperature ?? 1);
    expect(calibrationMetrics(after).ece).toBeLessThan((calibrationMetrics(drawn).ece ?? 0) / 3);
    expect(rankingMetrics(after).auc).toBeCloseTo(rankingMetrics(drawn).auc ?? 0, 12);
  });

  it('is where the likelihood has its minimum', () => {
    const drawn = randomSamples(150, 'minimum');
    const fit = fitTemperature(drawn);
    const nll = (temperature: number) => calibrationMetrics(scaleScores(drawn, temperature)).nll ?? Infinity;
    const best = fit?.temperature ?? 1;
    expect(nll(best)).toBeLessThanOrEqual(nll(best * 1.01));
    expect(nll(best)).toBeLessThanOrEqual(nll(best / 1.01));
  });

  it('cannot be fitted on one class', () => {
    expect(fitTemperature(samples([0.3, 0.8], []))).toBeNull();
  });
});

describe('a majority vote', () => {
  it('takes the label of most answers and says how many agree; unparsed ones count in k alone', () => {
    expect(majorityVote(['fake', 'real', 'fake', null])).toEqual({ predict: 'fake', agreement: 0.5, isTie: false });
    expect(majorityVote([null, null])).toEqual({ predict: null, agreement: 0, isTie: false });
  });

  it('gives a tie to the label that was answered first', () => {
    expect(majorityVote([null, 'real', 'fake', 'fake', 'real'])).toEqual({ predict: 'real', agreement: 0.4, isTie: true });
    expect(majorityVote(['fake', 'real'])).toMatchObject({ predict: 'fake', isTie: true });
  });

  it('has the three figures by hand: vote, mean of the answers, at least one right', () => {
    const figures = voteFigures([
      { label: 'fake', answers: ['fake', 'fake', 'real', null] },
      { label: 'real', answers: ['fake', 'fake', 'fake', 'real'] },
      { label: 'real', answers: [null, null, null, null] },
      { label: 'real', answers: ['real', 'fake', 'real', 'fake'] },
    ]);
    expect(figures).toEqual({
      images: 4,
      k: 4,
      majority: 0.5,
      mean: (0.5 + 0.25 + 0 + 0.5) / 4,
      anyRight: 0.75,
      agreement: (0.5 + 0.75 + 0 + 0.5) / 4,
      ties: 1,
    });
  });
});
