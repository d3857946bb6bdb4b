// Intervals of what is on show, computed in the statistics worker and started anew when the request changes.
import { useEffect, useState } from 'react';
import type { IntervalRequest, Intervals } from '../shared/metrics/intervals.ts';
import { StatisticsStore } from './statistics.ts';

const NONE: Intervals = {};

/** @param request memoised by the caller; null while answers still arrive, for each interval would be old at once */
export function useIntervals(request: IntervalRequest | null): Intervals {
  const statistics = StatisticsStore.useApi();
  const [found, setFound] = useState<{ request: IntervalRequest; intervals: Intervals } | null>(null);
  useEffect(() => {
    if (!request) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const show = (intervals: Intervals) => {
      if (!signal.aborted) setFound({ request, intervals });
    };
    statistics
      .getState()
      .intervals(request, { signal, onProgress: show })
      .then(show)
      .catch(() => undefined); // stopped; or the worker died, which the page says by itself
    return () => controller.abort();
  }, [request, statistics]);
  return found && found.request === request ? found.intervals : NONE;
}
