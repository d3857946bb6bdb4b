import { describe, expect, it } from 'vitest';
import { bootstrapInterval, hasSpread } from '../../../src/shared/metrics/bootstrap.ts';
import { classificationMetrics, countConfusion } from '../../../src/shared/metrics/classification.ts';
import { acrossDomains, domainFigures } from '../../../src/shared/metrics/domains.ts';
import type { EvaluatedSample } from '../../../src/shared/metrics/evaluation.ts';
import { resamplesFor } from '../../../src/shared/metrics/intervals.ts';
import { allIntervals } from '../../support/intervals.ts';

/** Thirty images of three domains: one in four wrong, one in ten unparsed. */
const SAMPLES: EvaluatedSample[] = Array.from({ length: 30 }, (_, i) => {
  const label = i % 2 ? 'fake' : 'real';
  const other = i % 2 ? 'real' : 'fake';
  const predict = i % 10 === 3 ? null : i % 4 === 0 ? other : label;
  return { label, predict, score: ((i * 7) % 10) / 10, domain: ['ddim', 'sd', 'SiT'][i % 3] ?? '' };
});
const report = (samples: EvaluatedSample[], expected = samples.length) =>
  allIntervals({ kind: 'report', samples, expected, parsed: samples.filter(({ predict }) => predict !== null).length });

describe('the intervals of a report', () => {
  const intervals = report(SAMPLES);

  it('are the percentile bootstrap of each figure over all images, in both conventions', () => {
    const f1 = (treatment: 'parsed_only' | 'unparsed_wrong') =>
      bootstrapInterval(SAMPLES, (resample) => classificationMetrics(countConfusion(resample), treatment).f1, { seed: 42 });
    expect(intervals['all/f1']).toEqual(f1('parsed_only'));
    expect(intervals['all/f1_unparsed_wrong']).toEqual(f1('unparsed_wrong'));
    expect(intervals['all/f1_unparsed_wrong']).not.toEqual(intervals['all/f1']);
  });

  it('cover every column of the table by domain and the average over domains, which no domain alone decides', () => {
    for (const domain of ['ddim', 'sd', 'SiT', 'average']) {
      for (const name of ['accuracy', 'precision', 'recall', 'f1', 'auc', 'coverage'])
        expect(intervals).toHaveProperty([`${domain}/${name}`]);
    }
    const average = acrossDomains(
      ['ddim', 'sd', 'SiT'].map((name) => domainFigures(SAMPLES.filter(({ domain }) => domain === name))),
      'average',
    ).f1;
    const { low, high } = intervals['average/f1'] ?? { low: 1, high: 0 };
    expect(low).toBeLessThan(average ?? 0);
    expect(high).toBeGreaterThan(average ?? 1);
    const widths = ['ddim', 'sd', 'SiT'].map((domain) => (intervals[`${domain}/f1`]?.high ?? 0) - (intervals[`${domain}/f1`]?.low ?? 0));
    expect(high - low).toBeLessThan(Math.max(...widths));
    expect(intervals).not.toHaveProperty(['worst/f1']);
  });

  it('give a share that every resample agrees on Wilson’s interval, and other figures none that could be read as certainty', () => {
    const right = SAMPLES.slice(0, 12).map((sample) => ({ ...sample, predict: sample.label, score: sample.label === 'fake' ? 0.9 : 0.1 }));
    const perfect = report(right);
    expect(perfect['all/accuracy']).toMatchObject({ low: expect.closeTo(0.7575, 4), high: 1 });
    expect(perfect['all/coverage']).toMatchObject({ low: expect.closeTo(0.7575, 4), high: 1 });
    expect(perfect['all/f1'] && hasSpread(perfect['all/f1'])).toBe(false);
    expect(perfect['all/auc'] && hasSpread(perfect['all/auc'])).toBe(false);
  });

  it('leave out what one class alone cannot give', () => {
    const fakes = report(SAMPLES.filter(({ label }) => label === 'fake'));
    expect(fakes).toHaveProperty(['all/accuracy']);
    expect(fakes).not.toHaveProperty(['all/auc']);
    expect(fakes).not.toHaveProperty(['all/real_accuracy']);
  });

  it('say how many resamples they rest on', () => {
    expect(intervals['all/accuracy']?.resamples).toBe(resamplesFor(30));
    expect(resamplesFor(20_000)).toBeLessThan(resamplesFor(30));
  });
});

describe('the intervals of a pair', () => {
  it('are of the difference, image by image, so that what both share cancels', () => {
    const better = SAMPLES.map((sample, i) => (i < 5 ? { ...sample, predict: sample.label } : sample));
    const pairs = SAMPLES.map((a, i) => ({ a, b: better[i] ?? a }));
    const same = allIntervals({ kind: 'paired', pairs: SAMPLES.map((a) => ({ a, b: a })) });
    expect(same['all/delta_f1']).toMatchObject({ low: 0, high: 0 });
    const gained = allIntervals({ kind: 'paired', pairs })['all/delta_accuracy'];
    expect(gained?.low).toBeGreaterThanOrEqual(0);
    expect(gained?.high).toBeLessThan(0.3);
  });
});
