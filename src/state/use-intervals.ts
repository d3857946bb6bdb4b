// Intervals of what is on show, computed in the statistics worker and started anew when the request changes.
import { useEffect, useState } from 'react';
import type { IntervalRequest, Intervals } from '../shared/metrics/intervals.ts';
import { StatisticsStore } from './statistics.ts';

export interface FoundIntervals {
  /** All that are found so far. */
  intervals: Intervals;
  isComplete: boolean;
}

const NONE: FoundIntervals = { intervals: {}, isComplete: false };

/** @param request memoised by the caller; null while answers still arrive, for each interval would be old at once */
export function useIntervals(request: IntervalRequest | null): Intervals {
  return useFoundIntervals(request).intervals;
}

/** The same, and whether more will come. */
export function useFoundIntervals(request: IntervalRequest | null): FoundIntervals {
  const statistics = StatisticsStore.useApi();
  const [found, setFound] = useState<(FoundIntervals & { request: IntervalRequest }) | null>(null);
  useEffect(() => {
    if (!request) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const show = (intervals: Intervals, isComplete: boolean) => {
      if (!signal.aborted) setFound({ request, intervals, isComplete });
    };
    statistics
      .getState()
      .intervals(request, { signal, onProgress: (intervals) => show(intervals, false) })
      .then((intervals) => show(intervals, true))
      .catch(() => undefined); // stopped; or the worker died, which the page says by itself
    return () => controller.abort();
  }, [request, statistics]);
  return found && found.request === request ? found : NONE;
}
