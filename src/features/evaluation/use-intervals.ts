// Intervals of what is on show, started anew when their tasks change.
import { useEffect, useState } from 'react';
import type { Intervals, IntervalTask } from './intervals.ts';
import { runIntervalTasks } from './intervals.ts';

const NONE: Intervals = {};

/** @param tasks memoised by the caller; null while answers still arrive, for each interval would be old at once */
export function useIntervals(tasks: readonly IntervalTask[] | null): Intervals {
  const [found, setFound] = useState<{ tasks: readonly IntervalTask[]; intervals: Intervals } | null>(null);
  useEffect(() => {
    if (!tasks) return undefined;
    const controller = new AbortController();
    void runIntervalTasks(tasks, (intervals) => setFound({ tasks, intervals }), controller.signal);
    return () => controller.abort();
  }, [tasks]);
  return found && found.tasks === tasks ? found.intervals : NONE;
}
