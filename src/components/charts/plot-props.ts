// From the series of a chart to what its plot draws: rows, axes, styles. Pure; the page and the saved picture share it.
import type { ChartSeries, PlotRow, SeriesStyle } from './series.ts';
import { logDomain, logRows, logTicks, niceDomain, niceTicks, plotRows, seriesStyle } from './series.ts';

/** What decides a drawing. */
export interface PlotSource {
  series: readonly ChartSeries[];
  xName?: string;
  /** Where the title does not name what is drawn, as in ROC. */
  yName?: string;
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

/** A chart with what stands around its drawing. */
export interface ChartProps extends PlotSource {
  title: string;
  /** Metric name for data attributes and the tooltip. */
  metric: string;
  /** Plain words for the title's tooltip. */
  help?: string;
  unit?: string;
  /** Replaces the generated sentence. */
  summary?: string;
  /** What saved files are called before the metric; otherwise the page's title, which names the run. */
  fileName?: string;
}

/** One line as it is drawn. */
export interface PlotSeries {
  id: string;
  name: string;
  style: SeriesStyle;
}

/** What a plot draws. */
export interface PlotProps {
  rows: PlotRow[];
  series: readonly PlotSeries[];
  xDomain: [number, number];
  yDomain: [number, number];
  yTicks: number[];
  yScale: 'linear' | 'log';
  xName: string;
  yName?: string;
  height: number;
  /** In CSS pixels; otherwise the width of the frame. */
  width?: number;
  /** Faint raw line and envelope under the smooth one; off for curves such as ROC. */
  showRaw: boolean;
  diagonal?: boolean;
  /** Vertical markers, such as the step on show. */
  markX?: number;
  /** Places where something was changed, such as the learning rate. */
  marks?: readonly { x: number; label: string }[];
}

/** Of a chart in a grid, in CSS pixels. */
export const CHART_HEIGHT = 182;

/** Lowest and highest finite value, and the lowest above 0; empty where there is none. One pass, without copies: a run is long. */
function endsOf(series: readonly ChartSeries[]): number[] {
  let [low, high, lowPositive] = [Infinity, -Infinity, Infinity];
  const take = (value: number): void => {
    if (!Number.isFinite(value)) return;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value > 0 && value < lowPositive) lowPositive = value;
  };
  for (const { points, band = [] } of series) {
    for (const { y } of points) take(y);
    for (const edge of band) {
      take(edge.low);
      take(edge.high);
    }
  }
  return [low, high, lowPositive].filter(Number.isFinite);
}

function xRange(series: readonly ChartSeries[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { points } of series) {
    for (const { x } of points) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** Dashes tell lines apart: a single one is solid, unless it is a run's, which looks the same everywhere. */
function styleOf({ style }: ChartSeries, index: number, isAlone: boolean): SeriesStyle {
  const own = seriesStyle(style ?? index);
  return isAlone ? { ...own, dash: undefined } : own;
}

/** The plot of a chart. */
export function plotProps(source: PlotSource): PlotProps {
  const { series, smoothing = 0, height = CHART_HEIGHT, kind = 'series', xName = 'step', yName, diagonal, markX } = source;
  const isAlone = ({ style }: ChartSeries): boolean => series.length === 1 && (style === undefined || kind === 'curve');
  const values = endsOf(series);
  const domain = source.yDomain ?? niceDomain(values);
  const powers = source.logY ? logDomain(values) : null;
  const rows = plotRows(series, kind === 'series' ? smoothing : 0);
  return {
    rows: powers ? logRows(rows, powers[0]) : rows,
    series: series.map((one, i) => ({ id: one.id, name: one.name, style: styleOf(one, i, isAlone(one)) })),
    xDomain: source.xDomain ?? xRange(series),
    yDomain: powers ?? domain,
    yTicks: powers ? logTicks(powers) : niceTicks(domain, 5),
    yScale: powers ? 'log' : 'linear',
    xName,
    yName,
    height,
    showRaw: kind === 'series',
    diagonal,
    markX,
    marks: source.marks,
  };
}
