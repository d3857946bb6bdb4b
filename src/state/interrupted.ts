// Which evaluations and runs were cut short.
import type { JobState } from '../shared/domain/run.ts';

/**
 * A record that says running or queued although no engine works on it: it can be resumed.
 * @param own `liveId` of what an engine works on; undefined while nobody has looked, when nothing counts as cut short yet
 */
export function isInterrupted(
  record: { id: string; state: JobState },
  own: { liveId: string | null | undefined; waiting: readonly string[] },
): boolean {
  if (own.liveId === undefined) return false;
  return (record.state === 'running' || record.state === 'queued') && record.id !== own.liveId && !own.waiting.includes(record.id);
}
