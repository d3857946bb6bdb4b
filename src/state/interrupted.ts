// Which evaluations and runs were cut short.
import type { JobState } from '../shared/domain/run.ts';

/** A record that says running or queued although no engine of this tab works on it: it can be resumed. */
export function isInterrupted(
  record: { id: string; state: JobState },
  own: { liveId: string | null; waiting: readonly string[] },
): boolean {
  return (record.state === 'running' || record.state === 'queued') && record.id !== own.liveId && !own.waiting.includes(record.id);
}
