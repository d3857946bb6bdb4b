// The statistics worker's calls mapped to the metrics that answer them.
import { freezeThreshold } from '../../src/shared/metrics/frozen-threshold.ts';
import { computeIntervals } from '../../src/shared/metrics/interval-job.ts';
import { deLongTest, mcNemarTest } from '../../src/shared/metrics/paired.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import type { StatisticsApi } from '../../src/shared/statistics-api.ts';

/** All handlers of the statistics worker; nothing lives between calls. */
export const statisticsHandlers: Handlers<StatisticsApi> = {
  intervals: computeIntervals,
  pairedTests: ({ answers, scores }) => ({ mcNemar: mcNemarTest(answers), deLong: deLongTest(scores) }),
  freezeThreshold: ({ tested, validation, source, rule }) => freezeThreshold(tested, validation, source, rule),
};
