// What a report shows beyond its figures lives in the address: the open list and answer, the score that ranks, a threshold moved by
// hand, what it is compared with and what decides in its sweep.
import { useSearchParams } from 'react-router';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import type { SampleList } from './report.ts';
import { readSampleList } from './report.ts';
import type { Decision } from './robustness.ts';

/** `list=cut-real-fake&t=0.731&source=head`: real images called fake from 0.731 on. */
export interface ReportView {
  list: SampleList;
  /** null: the report's own choice. */
  source: ScoreSource | null;
  /** Moved by hand; null: the frozen one, or 0.5. */
  threshold: number | null;
  /** The evaluation to compare with; null: none. */
  other: string | null;
  /** Of the robustness sweep. */
  decision: Decision;
  /** Path of the answer that is read; null: none. */
  reading: string | null;
}

/** Unknown and impossible values are as if they were not there. */
export function readReportView(params: URLSearchParams): ReportView {
  const source = params.get('source');
  const threshold = Number(params.get('t') ?? NaN);
  return {
    list: readSampleList(params.get('list')) ?? 'contradictions',
    source: source === 'head' || source === 'token' ? source : null,
    threshold: threshold >= 0 && threshold <= 1 ? threshold : null,
    other: params.get('with'),
    decision: params.get('by') === 'score' ? 'score' : 'text',
    reading: params.get('answer'),
  };
}

/** The parameters after a change; null takes one out, what is not named stays. */
export function writeReportView(params: URLSearchParams, change: Partial<ReportView>): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (name: string, value: string | null) => (value === null ? next.delete(name) : next.set(name, value));
  if (change.list !== undefined) put('list', change.list);
  if (change.source !== undefined) put('source', change.source);
  if (change.threshold !== undefined) put('t', change.threshold === null ? null : String(change.threshold));
  if (change.other !== undefined) put('with', change.other);
  if (change.decision !== undefined) put('by', change.decision === 'score' ? 'score' : null);
  if (change.reading !== undefined) put('answer', change.reading);
  return next;
}

/** The view that the address asks for, and how to change it; changes leave no entry in the history. */
export function useReportView(): ReportView & { show: (change: Partial<ReportView>) => void } {
  const [params, setParams] = useSearchParams();
  return { ...readReportView(params), show: (change) => setParams((old) => writeReportView(old, change), { replace: true }) };
}
