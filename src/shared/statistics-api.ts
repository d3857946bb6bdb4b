// Calls that the statistics worker answers: everything about an evaluation that takes long and needs neither model nor storage.
import type { ScoreSource } from './domain/answer.ts';
import type { FrozenThreshold, ThresholdRule } from './domain/run.ts';
import type { AnsweredEvaluation } from './metrics/frozen-threshold.ts';
import type { IntervalRequest, Intervals } from './metrics/intervals.ts';
import type { DeLongResult, McNemarResult, PairedAnswer, PairedScore } from './metrics/paired.ts';

/** Both tests of two systems on the same samples. */
export interface PairedTests {
  mcNemar: McNemarResult;
  /** null when a class has fewer than 2 scored samples. */
  deLong: DeLongResult | null;
}

export interface StatisticsApi {
  /** Progress and result are all intervals found so far. Aborting ends it with E-CANCELLED. */
  intervals: { params: IntervalRequest; result: Intervals; progress: Intervals };
  pairedTests: { params: { answers: readonly PairedAnswer[]; scores: readonly PairedScore[] }; result: PairedTests; progress: never };
  /** Chooses a threshold and fits the temperature on validation answers; null where they lack scores or a class. */
  freezeThreshold: {
    params: { tested: AnsweredEvaluation; validation: AnsweredEvaluation; source: ScoreSource; rule: ThresholdRule };
    result: FrozenThreshold | null;
    progress: never;
  };
}
