// A chart on paper: drawn whole when the page is printed, wherever it lies, with axes of its own. The one on the screen is drawn only
// near it, comes in its turn and measures its frame, for all of which a browser that prints does not wait.
import { useMemo, type ReactNode } from 'react';
import { formatValue } from '../format.ts';
import { usePrinting } from '../use-printing.ts';
import styles from './Chart.module.css';
import { plotArea, xTicks } from './plot-layout.ts';
import { plotScales } from './plot-paths.ts';
import { CHART_HEIGHT, plotProps, type PlotSource } from './plot-props.ts';
import { PlotShapes } from './PlotShapes.tsx';

/** Of the drawing; the sheet makes it as wide as its frame is on paper. */
const WIDTH = 420;

function PaperPlot({ source }: { source: PlotSource }) {
  const height = source.height ?? CHART_HEIGHT;
  const plot = useMemo(() => plotProps(source), [source]);
  const area = useMemo(() => plotArea(WIDTH, height), [height]);
  const { x, y } = plotScales(area, plot);
  const bottom = area.y + area.height;
  return (
    <svg className={styles.paper} viewBox={`0 0 ${WIDTH} ${height}`} fontSize={11} fill="var(--ink-3)" data-testid="paper-plot" aria-hidden>
      <PlotShapes {...plot} area={area} />
      <line x1={area.x} x2={area.x + area.width} y1={bottom} y2={bottom} stroke="var(--line)" />
      {xTicks(plot.xDomain, plot.xName).map((tick) => (
        <text key={tick} x={x(tick)} y={bottom + 15} textAnchor="middle">
          {formatValue(tick)}
        </text>
      ))}
      {plot.yTicks.map((tick) => (
        <text key={tick} x={area.x - 8} y={y(tick) + 4} textAnchor="end">
          {formatValue(tick)}
        </text>
      ))}
    </svg>
  );
}

/** Shows its children on the screen and the whole plot on paper. */
export function OnPaper({ source, children }: { source: PlotSource; children: ReactNode }) {
  const isPrinting = usePrinting();
  return (
    <>
      <div className={styles.screen}>{children}</div>
      {isPrinting ? <PaperPlot source={source} /> : null}
    </>
  );
}
