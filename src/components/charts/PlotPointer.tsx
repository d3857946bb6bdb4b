// What is under the pointer: a line at the nearest row of a plot and that row's figures. The table twin holds the same for everyone.
import { useState, type PointerEvent, type ReactNode } from 'react';
import type { PlotArea } from './plot-paths.ts';
import { nearestRow, plotScales } from './plot-paths.ts';
import type { PlotProps } from './plot-props.ts';
import { formatValue } from '../format.ts';
import type { PlotRow } from './series.ts';
import styles from './Chart.module.css';

type PointerProps = Pick<PlotProps, 'rows' | 'series' | 'xDomain' | 'xName' | 'showRaw'> & {
  /** The part inside the axes, of a frame so wide. */
  areaOf: (width: number) => PlotArea;
  children: ReactNode;
};

interface Place {
  row: PlotRow;
  width: number;
}

function Figures({ row, series, xName, showRaw }: Pick<PointerProps, 'series' | 'xName' | 'showRaw'> & { row: PlotRow }) {
  const figure = (key: string): string => {
    const value = row[key];
    return formatValue(typeof value === 'number' ? value : null);
  };
  return (
    <>
      <b>
        {xName} {formatValue(row.x)}
      </b>
      {series.map(({ id, name, style }) =>
        row[`${id}:raw`] === undefined ? null : (
          <span key={id}>
            <i style={{ background: style.color }} data-drawn /> {name} {figure(`${id}:raw`)}
            {showRaw ? <small> smooth {figure(`${id}:smooth`)}</small> : null}
          </span>
        ),
      )}
    </>
  );
}

/** The plot as its child, with the pointer's line and figures over it. */
export function PlotPointer({ areaOf, children, ...plot }: PointerProps) {
  const { rows, xDomain } = plot;
  const [place, setPlace] = useState<Place | null>(null);
  const follow = ({ currentTarget, clientX }: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const area = areaOf(width);
    const share = (clientX - left - area.x) / area.width;
    const row = nearestRow(rows, xDomain[0] + share * (xDomain[1] - xDomain[0]));
    setPlace(row && share >= 0 && share <= 1 ? { row, width } : null);
  };
  const area = place && areaOf(place.width);
  const at = area ? plotScales(area, { xDomain, yDomain: [0, 1], yScale: 'linear' }).x(place.row.x) : 0;
  return (
    <div className={styles.pointer} onPointerMove={follow} onPointerLeave={() => setPlace(null)}>
      {children}
      {place && area ? (
        <>
          <span className={styles.cursor} style={{ left: at, top: area.y, height: area.height }} />
          <div
            className={styles.hover}
            data-testid="chart-hover"
            style={at < place.width / 2 ? { left: at + 10 } : { right: place.width - at + 10 }}
          >
            <Figures {...plot} row={place.row} />
          </div>
        </>
      ) : null}
    </div>
  );
}
