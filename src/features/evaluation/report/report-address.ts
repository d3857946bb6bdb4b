// What a report shows beyond its figures lives in the address: the open list and answer, the score that ranks, a threshold moved by
// hand, what it is compared with, the flipped answer that is read, and what decides in its sweep.
import { useParameters } from '../../../components/use-parameters.ts';
import { oneOf } from '../../../components/link-values.ts';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import { SCORE_SOURCES } from './report.ts';
import { SAMPLE_LISTS, type SampleList } from './sample-lists.ts';
import type { Decision } from './robustness.ts';

/** One of the two answers to an image, in a comparison of two evaluations. */
export interface PairedReading {
  /** `here` is the report's own answer. */
  where: 'here' | 'there';
  path: string;
}

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
  /** Of the comparison with the other evaluation; null: none. */
  flip: PairedReading | null;
}

export const DECISIONS: readonly Decision[] = ['text', 'score'];

/** A threshold in an address; null where the text is no number from 0 to 1. */
export function readThreshold(text: string | null): number | null {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= 1 ? value : null;
}

/** `there:aster/test/fake/000001.png`; null where the side is not named. */
export function readPairedReading(text: string | null): PairedReading | null {
  const [side = null, path] = text?.split(/:(.*)/s) ?? [];
  const where = oneOf(['here', 'there'], side);
  return where && path ? { where, path } : null;
}

/** Unknown and impossible values are as if they were not there; `reportLinkRules` names them. */
export function readReportView(params: URLSearchParams): ReportView {
  return {
    list: oneOf(SAMPLE_LISTS, params.get('list')) ?? 'contradictions',
    source: oneOf(SCORE_SOURCES, params.get('source')),
    threshold: readThreshold(params.get('t')),
    other: params.get('with'),
    decision: oneOf(DECISIONS, params.get('by')) ?? 'text',
    reading: params.get('answer'),
    flip: readPairedReading(params.get('flip')),
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
  if (change.flip !== undefined) put('flip', change.flip && `${change.flip.where}:${change.flip.path}`);
  return next;
}

/** The view that the address asks for, and how to change it; changes leave no entry in the history. */
export function useReportView(): ReportView & { show: (change: Partial<ReportView>) => void } {
  const [params, change] = useParameters();
  return { ...readReportView(params), show: (view) => change((now) => writeReportView(now, view)) };
}
