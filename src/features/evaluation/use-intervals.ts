// Intervals of the report on show, started anew when its samples change.
import { useEffect, useState } from 'react';
import type { Intervals } from './intervals.ts';
import { intervalTasks, runIntervalTasks } from './intervals.ts';
import type { Report } from './report.ts';

const NONE: Intervals = {};

/** @param isRunning while answers still arrive no interval is computed: each would be old at once */
export function useIntervals(report: Report, isRunning: boolean): Intervals {
  const [found, setFound] = useState<{ report: Report; intervals: Intervals } | null>(null);
  useEffect(() => {
    if (isRunning) return undefined;
    const controller = new AbortController();
    void runIntervalTasks(intervalTasks(report), (intervals) => setFound({ report, intervals }), controller.signal);
    return () => controller.abort();
  }, [report, isRunning]);
  return found?.report === report ? found.intervals : NONE;
}
