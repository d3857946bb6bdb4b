// What a metrics file holds beyond the figures, measured by the statistics worker when the file is asked for.
import type { AnswerRecord, ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import type { Measured, MeasuredPair } from '../../../shared/formats/metrics-measured.ts';
import type { IntervalRequest } from '../../../shared/metrics/intervals.ts';
import { comparePaired } from '../../../shared/metrics/pairing.ts';
import type { Calls } from '../../../shared/rpc.ts';
import type { StatisticsApi } from '../../../shared/statistics-api.ts';
import type { FoundIntervals } from '../../../state/use-intervals.ts';

export interface ToMeasure {
  answers: readonly AnswerRecord[];
  source: ScoreSource;
  /** Of the report. */
  request: Extract<IntervalRequest, { kind: 'report' }>;
  /** What is known of it already. */
  found: FoundIntervals;
  /** The evaluation that it is compared with on the page; null where there is none. */
  other: { record: EvalRecord; answers: readonly AnswerRecord[] } | null;
}

type Statistics = Calls<StatisticsApi>;

async function measurePair(statistics: Statistics, { answers, source, other }: ToMeasure): Promise<MeasuredPair | null> {
  const report = other && comparePaired(answers, other.answers, source);
  if (!other || !report) return null;
  const [tests, differences] = await Promise.all([statistics.pairedTests(report.tested), statistics.intervals(report.request)]);
  return { other: other.record, report, tests, differences };
}

/** Waits for what is not known yet. @throws what the worker throws */
export async function measure(statistics: Statistics, subject: ToMeasure): Promise<Measured> {
  const { request, found } = subject;
  const intervals = found.isComplete ? found.intervals : await statistics.intervals(request);
  const paired = await measurePair(statistics, subject);
  return { intervals: { found: intervals, images: request.samples.length }, ...(paired ? { paired } : {}) };
}
