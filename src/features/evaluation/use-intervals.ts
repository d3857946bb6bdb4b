// Intervals of the report on show, started anew when its samples change.
import { useEffect, useState } from 'react';
import type { EvaluatedSample } from '../../shared/metrics/evaluation.ts';
import type { Intervals } from './intervals.ts';
import { intervalTasks, runIntervalTasks } from './intervals.ts';

const NONE: Intervals = {};

/** @param isRunning while answers still arrive no interval is computed: each would be old at once */
export function useIntervals(samples: readonly EvaluatedSample[], isRunning: boolean): Intervals {
  const [intervals, setIntervals] = useState(NONE);
  useEffect(() => {
    if (isRunning) {
      setIntervals(NONE);
      return undefined;
    }
    const controller = new AbortController();
    void runIntervalTasks(intervalTasks(samples), setIntervals, controller.signal);
    return () => controller.abort();
  }, [samples, isRunning]);
  return intervals;
}
