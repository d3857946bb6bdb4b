// A chart with its heading, last value, summary sentence and table twin. The drawing itself is loaded when it is first needed.
import { useIntersection } from '@mantine/hooks';
import { Suspense, useMemo, useState } from 'react';
import { ErrorBoundary } from '../ErrorBoundary.tsx';
import { formatValue } from '../format.ts';
import { lazyPart } from '../lazy-part.tsx';
import { useInTurn } from '../use-in-turn.ts';
import { ChartMenu } from './ChartMenu.tsx';
import { OnPaper } from './PaperPlot.tsx';
import type { ChartProps, PlotSource } from './plot-props.ts';
import { CHART_HEIGHT, plotProps } from './plot-props.ts';
import { lastValue, seriesStyle, summarise, summariseLast, tableRows } from './series.ts';
import { StillPlot } from './StillPlot.tsx';
import { TableSwitch } from './TableSwitch.tsx';
import { TableHead } from '../TableHead.tsx';
import styles from './Chart.module.css';

const Plot = lazyPart(async () => (await import('./Plot.tsx')).Plot);

/** Rows shown in a table twin before "show all". */
const TABLE_ROWS = 60;

function TableTwin({ title, series, xName }: Pick<ChartProps, 'title' | 'series'> & { xName: string }) {
  const [showAll, setShowAll] = useState(false);
  const rows = useMemo(() => tableRows(series).toReversed(), [series]);
  const shown = showAll ? rows : rows.slice(0, TABLE_ROWS);
  return (
    <div className={styles.table} role="region" aria-label={`${title}: values`} tabIndex={0}>
      <table>
        <TableHead columns={[xName, ...series.map(({ name }) => name)]} />
        <tbody>
          {shown.map(({ x, values }, i) => (
            <tr key={i}>
              <th scope="row">{formatValue(x)}</th>
              {series.map(({ id }, column) => (
                <td key={id}>{formatValue(values[column] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length ? (
        <button type="button" className={styles.toggle} onClick={() => setShowAll(true)}>
          Show all {rows.length} rows
        </button>
      ) : null}
    </div>
  );
}

/** The lines by name, each with its last value; where lines end apart, with the place of it. */
function Legend({ series, hasLast }: Pick<ChartProps, 'series'> & { hasLast: boolean }) {
  const ends = series.map(({ points }) => points.at(-1)?.x);
  const endApart = new Set(ends).size > 1;
  return (
    <ul className={styles.legend} data-values={hasLast || undefined}>
      {series.map(({ id, name, style, points }, i) => {
        const { color, dash } = seriesStyle(style ?? i);
        return (
          <li key={id}>
            <svg width="22" height="8" aria-hidden>
              <line x1="0" x2="22" y1="4" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} />
            </svg>
            <span>{name}</span>
            {hasLast ? (
              <b>
                {formatValue(lastValue(points))}
                {endApart ? <small> at {formatValue(ends[i] ?? null)}</small> : null}
              </b>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

/** Of a frame that has no size now, because what it stands in is not shown. */
const HIDDEN_WIDTH = 420;

interface DrawnProps extends PlotSource {
  /** Of the frame, in CSS pixels. */
  width: number;
  isNear: boolean;
}

/** Near the screen a drawing that follows the pointer; else, and until that one is loaded, a still one, so that no frame is empty. */
function Drawn({
  series,
  smoothing,
  kind,
  xName,
  yName,
  diagonal,
  markX,
  marks,
  xDomain,
  yDomain,
  logY,
  height,
  width,
  isNear,
}: DrawnProps) {
  const drawn = useMemo(
    () => plotProps({ series, smoothing, kind, xName, yName, diagonal, markX, marks, xDomain, yDomain, logY, height }),
    [series, smoothing, kind, xName, yName, diagonal, markX, marks, xDomain, yDomain, logY, height],
  );
  const still = <StillPlot plot={drawn} width={width} className={styles.still} testId="still-plot" />;
  if (!isNear) return still;
  return (
    <ErrorBoundary place="inline">
      <Suspense fallback={still}>
        <Plot {...drawn} />
      </Suspense>
    </ErrorBoundary>
  );
}

/** Plot of one chart, drawn in its turn, so that a page of charts stays smooth. */
function Drawing({ height = CHART_HEIGHT, ...source }: PlotSource) {
  const { ref, entry } = useIntersection({ rootMargin: '300px' });
  const place = useInTurn(entry);
  return (
    <div ref={ref} style={{ height }} className={styles.plot}>
      {place ? (
        <Drawn {...source} height={height} width={place.boundingClientRect.width || HIDDEN_WIDTH} isNear={place.isIntersecting} />
      ) : null}
    </div>
  );
}

/** One chart of a grid. */
export function Chart(props: ChartProps) {
  const { title, metric, series, help, unit, xName = 'step' } = props;
  const [isTable, setIsTable] = useState(false);
  const points = series.reduce((most, { points }) => Math.max(most, points.length), 0);
  const summary = useMemo(
    () => props.summary ?? (series.length === 1 ? summarise(title, series[0]?.points ?? [], xName) : summariseLast(series)),
    [props.summary, series, title, xName],
  );
  const isCurve = props.kind === 'curve';
  const hasLast = series.length === 1 && !isCurve;
  /** The legend says the same with its figures in a column. */
  const isSaid = props.summary === undefined && series.length > 1 && !isCurve;
  const last = hasLast ? lastValue(series[0]?.points ?? []) : null;
  return (
    <figure className={styles.chart} data-testid="chart" data-metric={metric} data-points={points}>
      <figcaption className={styles.head}>
        <span className={styles.title} title={help ? `${help} (${metric})` : metric}>
          {title}
        </span>
        {hasLast ? (
          <span className={styles.last} data-testid="chart-last" data-metric={metric} data-value={last ?? ''}>
            {formatValue(last)}
            {unit && last !== null ? <small> {unit}</small> : null}
          </span>
        ) : null}
        <TableSwitch label={title} isTable={isTable} onChange={setIsTable} />
        {points > 0 ? <ChartMenu chart={props} /> : null}
      </figcaption>
      {isTable ? (
        <TableTwin title={title} series={series} xName={xName} />
      ) : points === 0 ? (
        <p className={styles.none}>No values yet.</p>
      ) : (
        <OnPaper source={props}>
          <Drawing {...props} />
        </OnPaper>
      )}
      {series.length > 1 ? <Legend series={series} hasLast={!isCurve} /> : null}
      <p className={isSaid ? styles.srOnly : styles.summary}>{summary}</p>
    </figure>
  );
}
