import { formatDuration } from '../components/format.ts';
import type { JobView } from '../state/jobs.ts';

/** How far a job is: "12/50, 20 s left". */
export function jobWords({ state, done, total, etaMs }: JobView): string {
  if (state !== 'running') return state;
  const count = total > 0 ? `${done}/${total}` : `${done}`;
  return etaMs === null ? count : `${count}, ${formatDuration(etaMs)} left`;
}
