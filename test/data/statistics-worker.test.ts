// The statistics worker's handlers over a real message channel: what the page asks is answered from data alone, and can be stopped.
import { describe, expect, it } from 'vitest';
import type { EvaluatedSample } from '../../src/shared/metrics/answer-scores.ts';
import { domainScope, intervalKey, type IntervalRequest } from '../../src/shared/metrics/intervals.ts';
import { connect, serve, typedCalls } from '../../src/shared/rpc.ts';
import type { StatisticsApi } from '../../src/shared/statistics-api.ts';
import { statisticsHandlers } from '../../workers/statistics/handlers.ts';

/** Six of eight right, two domains, all scored. */
const SAMPLES: EvaluatedSample[] = Array.from({ length: 8 }, (_, i) => ({
  label: i % 2 ? 'fake' : 'real',
  predict: i < 6 === (i % 2 === 1) ? 'fake' : 'real',
  score: i % 2 ? 0.9 - i / 40 : 0.2 + i / 40,
  domain: i < 4 ? 'aster' : 'birch',
}));
const REPORT: IntervalRequest = { kind: 'report', samples: SAMPLES, expected: 16, parsed: 8 };

async function withWorker<Result>(work: (calls: ReturnType<typeof typedCalls<StatisticsApi>>) => Promise<Result>): Promise<Result> {
  const { port1, port2 } = new MessageChannel();
  serve<StatisticsApi>(port1, statisticsHandlers);
  try {
    return await work(typedCalls<StatisticsApi>(connect(port2).send));
  } finally {
    port1.close();
    port2.close();
  }
}

describe('the statistics worker', () => {
  it('gives intervals that enclose their figure, per domain too, the same on every run', async () => {
    const [first, second] = await withWorker((calls) => Promise.all([calls.intervals(REPORT), calls.intervals(REPORT)]));
    expect(second).toEqual(first);
    const at = (name: string, scope = 'all') => first[intervalKey(name, scope)] ?? { low: NaN, high: NaN };
    expect(at('accuracy').low).toBeLessThan(0.75);
    expect(at('accuracy').high).toBeGreaterThan(0.75);
    expect(at('coverage').low).toBeLessThan(0.5);
    expect(at('coverage').high).toBeGreaterThan(0.5);
    // Four of four right: no resample can tell how far that may be off, so the share has Wilson's interval.
    expect(at('accuracy', domainScope('aster'))).toMatchObject({ low: expect.closeTo(0.5101, 4), high: 1 });
    expect(at('accuracy', domainScope('birch')).low).toBeLessThan(0.5);
    expect(at('auc')).toMatchObject({ low: 1, high: 1 });
  });

  it('gives a report without labelled samples its coverage alone', async () => {
    expect(Object.keys(await withWorker((calls) => calls.intervals({ ...REPORT, samples: [] })))).toEqual(['all/coverage']);
  });

  it('stops when the page moves on', async () => {
    const many = Array.from({ length: 4000 }, (_, i) => SAMPLES[i % 8] ?? SAMPLES[0]).filter((sample) => sample !== undefined);
    const controller = new AbortController();
    const stopped = withWorker((calls) => {
      const call = calls.intervals({ ...REPORT, samples: many }, { signal: controller.signal });
      setTimeout(() => controller.abort(), 1);
      return call;
    });
    await expect(stopped).rejects.toMatchObject({ code: 'E-CANCELLED' });
  });

  it('tests two systems on the same samples, without DeLong where a class lacks scores', async () => {
    const answers = SAMPLES.map(({ label, predict }) => ({ label, a: predict, b: label }));
    const scores = SAMPLES.map(({ label, score }) => ({ isFake: label === 'fake', a: score ?? 0, b: 1 - (score ?? 0) }));
    const tests = await withWorker((calls) => calls.pairedTests({ answers, scores }));
    expect(tests).toMatchObject({ mcNemar: { onlyARight: 0, onlyBRight: 2, p: 0.5 }, deLong: { aucA: 1, aucB: 0 } });
    expect((await withWorker((calls) => calls.pairedTests({ answers, scores: [] }))).deLong).toBeNull();
  });
});
