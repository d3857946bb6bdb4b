// A chart on paper: drawn whole when the page is printed, wherever it lies. The one on the screen comes in its turn and measures its
// frame, for both of which a browser that prints does not wait.
import { useMemo, type ReactNode } from 'react';
import { usePrinting } from '../use-printing.ts';
import styles from './Chart.module.css';
import { plotProps, type PlotSource } from './plot-props.ts';
import { StillPlot } from './StillPlot.tsx';

/** Of the drawing; the sheet makes it as wide as its frame is on paper. */
const WIDTH = 420;

function PaperPlot({ source }: { source: PlotSource }) {
  const plot = useMemo(() => plotProps(source), [source]);
  return <StillPlot plot={plot} width={WIDTH} className={styles.paper} testId="paper-plot" />;
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
