// From the series of a chart to what its plot draws: rows, axes, styles. Pure; the page and the saved picture share it.
import type { PlotProps } from './Plot.tsx';
import type { ChartSeries, SeriesStyle } from './series.ts';
import { logDomain, logRows, logTicks, niceDomain, niceTicks, plotRows, seriesStyle } from './series.ts';

/** What decides a drawing. */
export interface PlotSource {
  series: readonly ChartSeries[];
  xName?: string;
  /** 0 = raw only. */
  smoothing?: number;
  height?: number;
  xDomain?: [number, number];
  yDomain?: [number, number];
  /** Curves such as ROC: no raw line, diagonal of chance. */
  kind?: 'series' | 'curve';
  diagonal?: boolean;
  markX?: number;
  /** Places on the x axis where something was changed. */
  marks?: readonly { x: number; label: string }[];
  /** Powers of ten on the y axis; values that are not above 0 are then left out of the drawing. */
  logY?: boolean;
}

/** Of a chart in a grid, in CSS pixels. */
export const CHART_HEIGHT = 168;

function allValues(series: readonly ChartSeries[]): number[] {
  return series.flatMap(({ points, band = [] }) => [...points.map(({ y }) => y), ...band.flatMap(({ low, high }) => [low, high])]);
}

function xRange(series: readonly ChartSeries[]): [number, number] {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  if (xs.length === 0) return [0, 1];
  const low = xs.reduce((a, b) => Math.min(a, b));
  const high = xs.reduce((a, b) => Math.max(a, b));
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** A single line is solid; dashes tell lines apart. */
function styleOf(index: number, count: number): SeriesStyle {
  const style = seriesStyle(index);
  return count === 1 ? { ...style, dash: undefined } : style;
}

/** The plot of a chart. */
export function plotProps(source: PlotSource): PlotProps {
  const { series, smoothing = 0, height = CHART_HEIGHT, kind = 'series', xName = 'step', diagonal, markX } = source;
  const values = allValues(series);
  const domain = source.yDomain ?? niceDomain(values);
  const powers = source.logY ? logDomain(values) : null;
  const rows = plotRows(series, kind === 'series' ? smoothing : 0);
  return {
    rows: powers ? logRows(rows, powers[0]) : rows,
    series: series.map(({ id, name, style }, i) => ({ id, name, style: styleOf(style ?? i, series.length) })),
    xDomain: source.xDomain ?? xRange(series),
    yDomain: powers ?? domain,
    yTicks: powers ? logTicks(powers) : niceTicks(domain, 4),
    yScale: powers ? 'log' : 'linear',
    xName,
    height,
    showRaw: kind === 'series',
    diagonal,
    markX,
    marks: source.marks,
  };
}
