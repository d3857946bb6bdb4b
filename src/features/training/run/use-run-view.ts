// What is looked at on the page of a run, kept in its address: chart settings and the step whose answers are shown.
import { useMemo } from 'react';
import { useParameters } from '../../../components/use-parameters.ts';
import type { XAxis } from './run-series.ts';

export interface ChartView {
  /** Weight of the moving average, 0 = none. */
  smoothing: number;
  xAxis: XAxis;
  isLog: boolean;
  /** Also every metric that has no chart of its own place. */
  showAll: boolean;
}

export interface RunView {
  charts: ChartView;
  setCharts: (change: Partial<ChartView>) => void;
  /** The chosen step; null follows the newest. */
  step: number | null;
  setStep: (step: number | null) => void;
}

/** Weight of the moving average where an address says nothing. */
export const DEFAULT_SMOOTHING = 0.6;

/** The weight that an address asks for; the usual one where that is none. */
export function readSmoothing(text: string | null): number {
  const value = text === null ? DEFAULT_SMOOTHING : Number(text);
  return value >= 0 && value <= 0.95 ? value : DEFAULT_SMOOTHING;
}

/** Unknown or broken values in the address mean the usual ones. */
export function readChartView(params: URLSearchParams): ChartView {
  const x = params.get('x');
  return {
    smoothing: readSmoothing(params.get('smoothing')),
    xAxis: x === 'time' || x === 'tokens' ? x : 'step',
    isLog: params.get('scale') === 'log',
    showAll: params.get('metrics') === 'all',
  };
}

/** The address of a view; usual values are left out. */
export function writeChartView(params: URLSearchParams, { smoothing, xAxis, isLog, showAll }: ChartView): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (name: string, value: string | null) => (value === null ? next.delete(name) : next.set(name, value));
  put('smoothing', smoothing === DEFAULT_SMOOTHING ? null : String(smoothing));
  put('x', xAxis === 'step' ? null : xAxis);
  put('scale', isLog ? 'log' : null);
  put('metrics', showAll ? 'all' : null);
  return next;
}

/** Reads and writes the address; a changed view makes no new entry in the history. */
export function useRunView(): RunView {
  const [params, change] = useParameters();
  const charts = useMemo(() => readChartView(params), [params]);
  const step = Number(params.get('step') ?? Number.NaN);
  return {
    charts,
    setCharts: (charts) => change((now) => writeChartView(now, { ...readChartView(now), ...charts })),
    step: Number.isInteger(step) && step > 0 ? step : null,
    setStep: (next) =>
      change((now) => {
        if (next === null) now.delete('step');
        else now.set('step', String(next));
        return now;
      }),
  };
}
