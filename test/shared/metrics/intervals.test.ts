import { describe, expect, it } from 'vitest';
import { bootstrapInterval, hasSpread } from '../../../src/shared/metrics/bootstrap.ts';
import { classificationMetrics, countConfusion } from '../../../src/shared/metrics/classification.ts';
import { acrossDomains, domainFigures, domainRows } from '../../../src/shared/metrics/domains.ts';
import type { EvaluatedSample } from '../../../src/shared/metrics/answer-scores.ts';
import { computeEvaluation } from '../../../src/shared/metrics/evaluation.ts';
import { domainScope, intervalKey, resamplesFor } from '../../../src/shared/metrics/intervals.ts';
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
    for (const scope of [...['ddim', 'sd', 'SiT'].map(domainScope), 'average']) {
      for (const name of ['accuracy', 'precision', 'recall', 'f1', 'auc', 'coverage'])
        expect(intervals).toHaveProperty([intervalKey(name, scope)]);
    }
    const average = acrossDomains(
      ['ddim', 'sd', 'SiT'].map((name) => domainFigures(SAMPLES.filter(({ domain }) => domain === name))),
      'average',
    ).f1;
    const { low, high } = intervals['average/f1'] ?? { low: 1, high: 0 };
    expect(low).toBeLessThan(average ?? 0);
    expect(high).toBeGreaterThan(average ?? 1);
    const widths = ['ddim', 'sd', 'SiT'].map((domain) => {
      const one = intervals[intervalKey('f1', domainScope(domain))];
      return (one?.high ?? 0) - (one?.low ?? 0);
    });
    expect(high - low).toBeLessThan(Math.max(...widths));
    expect(intervals).not.toHaveProperty(['worst/f1']);
  });

  it('give a share that every resample agrees on Wilson’s interval, and other figures none that could be read as certainty', () => {
    const right = SAMPLES.slice(0, 12).map((sample) => ({ ...sample, predict: sample.label, score: sample.label === 'fake' ? 0.9 : 0.1 }));
    const perfect = report(right);
    expect(perfect['all/accuracy']).toMatchObject({ low: expect.closeTo(0.7575, 4), high: 1 });
    expect(perfect['all/coverage']).toMatchObject({ low: expect.closeTo(0.7575, 4), high: 1 });
    // Six hits among the six that are fake or called fake: Wilson's 0.6097 of them, so 2 x 0.6097 / 1.6097.
    expect(perfect['all/f1']).toMatchObject({ low: expect.closeTo(0.7575, 4), high: 1 });
    expect(perfect['all/auc'] && hasSpread(perfect['all/auc'])).toBe(false);
  });

  it('have no part of resamples that leave a figure open: one fake image of four does not make its F1 anything from 0 to 1', () => {
    const sample = (label: 'real' | 'fake', domain: string): EvaluatedSample => ({ label, predict: label, score: null, domain });
    const few = ['a', 'b'].flatMap((domain) => [sample('fake', domain), ...Array.from({ length: 3 }, () => sample('real', domain))]);
    const found = report(few);
    for (const name of ['precision', 'recall', 'f1']) {
      const own = found[intervalKey(name, domainScope('a'))];
      expect(own?.resamples).toBeLessThan(800); // (3/4)^4 = 32 % of them draw no fake image
      expect(own?.high).toBe(1);
    }
    expect(found[intervalKey('precision', domainScope('a'))]?.low).toBeCloseTo(0.2065, 4); // Wilson's of 1 of 1
    expect(found['average/f1'] && hasSpread(found['average/f1'])).toBe(false);
  });

  it('of a figure with a value by convention alone do not exist, and such a domain enters the average as it is', () => {
    const sample = (label: 'real' | 'fake', predict: 'real' | 'fake', domain: string): EvaluatedSample => ({
      label,
      predict,
      score: null,
      domain,
    });
    const silent = Array.from({ length: 8 }, (_, i) => sample(i % 2 ? 'fake' : 'real', 'real', 'silent'));
    const real = Array.from({ length: 8 }, () => sample('real', 'real', 'real-only'));
    const both = Array.from({ length: 40 }, (_, i) => sample(i % 2 ? 'fake' : 'real', i % 5 ? (i % 2 ? 'fake' : 'real') : 'fake', 'both'));
    const found = report([...silent, ...real, ...both]);
    expect(found).not.toHaveProperty([intervalKey('precision', domainScope('silent'))]);
    expect(found).not.toHaveProperty([intervalKey('f1', domainScope('real-only'))]);
    expect(found[intervalKey('f1', domainScope('silent'))]).toMatchObject({ low: 0 }); // no hit of four fakes is no convention
    const average = found['average/f1'];
    expect(average?.high).toBeLessThan(0.35); // a third of 1 at most
    expect(average?.low).toBeGreaterThan(0.2);
  });

  it('are of the right images where folders are called as the figures’ own scopes or as what objects inherit', () => {
    const names = ['all', 'average', '__proto__'];
    const renamed = SAMPLES.map((sample) => ({ ...sample, domain: names[['ddim', 'sd', 'SiT'].indexOf(sample.domain)] ?? '' }));
    const found = report(renamed);
    expect(found['all/accuracy']).toEqual(intervals['all/accuracy']);
    expect(found['average/f1']).toBeDefined();

    for (const name of names) {
      const { low, high } = found[intervalKey('coverage', domainScope(name))] ?? { low: 0, high: 0 };
      const all = found['all/coverage'] ?? { low: 0, high: 0 };
      expect(high - low).toBeGreaterThan(0);
      expect([low, high]).not.toEqual([all.low, all.high]);
    }
    const { parsed_only: figures, domain_auc: auc } = computeEvaluation(renamed);
    expect(Object.keys(figures.domains).toSorted()).toEqual(names.toSorted());
    expect(Object.keys(auc).toSorted()).toEqual(names.toSorted());
  });

  it('of a domain’s coverage count images without an answer, also those of a domain that has no answer at all', () => {
    const samples = SAMPLES.filter(({ domain }) => domain !== 'SiT');
    const unanswered = { ddim: 5, SiT: 4 };
    const parsed = samples.filter(({ predict }) => predict !== null).length;
    const found = allIntervals({ kind: 'report', samples, expected: 29, parsed, unanswered });
    const rows = domainRows(samples, unanswered);
    // ddim: 10 answers of which the ones of i = 3 is unparsed (3, 33 …), so 9 of 15; SiT: 0 of 4.
    expect(rows.map(({ domain, n, expected, coverage, acc }) => [domain, n, expected, coverage, acc === null])).toEqual([
      ['ddim', 10, 15, 0.6, false],
      ['sd', 10, 10, 0.9, false],
      ['SiT', 0, 4, 0, true],
    ]);
    const ddim = found[intervalKey('coverage', domainScope('ddim'))];
    expect(ddim?.low).toBeLessThan(0.6);
    expect(ddim?.high).toBeLessThan(0.9);
    expect(found[intervalKey('coverage', domainScope('SiT'))]).toMatchObject({ low: 0, high: expect.closeTo(0.4899, 4) });
    expect(found).not.toHaveProperty([intervalKey('accuracy', domainScope('SiT'))]);
  });

  it('of an average leave out resamples that took the figure from a domain, for the mean over the others is another figure', () => {
    const tiny: EvaluatedSample[] = [
      { label: 'fake', predict: 'fake', score: 0.1, domain: 'small' },
      { label: 'real', predict: 'real', score: 0.9, domain: 'small' },
      ...SAMPLES.filter(({ domain }) => domain === 'sd').map((sample) => ({ ...sample, score: sample.label === 'fake' ? 0.8 : 0.2 })),
    ];
    // AUC is 0 in `small`, where half of the resamples draw one class only, and 1 in `sd`: always a half, never the 1 of `sd` alone.
    const auc = report(tiny)['average/auc'];
    expect(auc).toMatchObject({ low: 0.5, high: 0.5 });
    expect(auc?.resamples).toBeGreaterThan(400);
    expect(auc?.resamples).toBeLessThan(600);
  });

  it('of a vote that is always right are Wilson’s, where the figure is a share of images', () => {
    const samples = Array.from({ length: 10 }, (_, i) => {
      const label = i % 2 ? ('fake' as const) : ('real' as const);
      return { label, answers: [label, label, label] };
    });
    const found = allIntervals({ kind: 'vote', samples });
    // Wilson at 10 of 10: 10 / (10 + 1.96²) = 0.7225.
    for (const name of ['maj', 'any']) expect(found[intervalKey(name, 'vote')]).toMatchObject({ low: expect.closeTo(0.7225, 4), high: 1 });
    expect(found[intervalKey('mean', 'vote')]).toMatchObject({ low: 1, high: 1 });
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
