// The chart grid of a run. It is drawn again only for new steps, not for phases and not for other changes of the page.
import { memo, useState } from 'react';
import { Chart } from '../../components/charts/Chart.tsx';
import { HeatMap } from '../../components/charts/HeatMap.tsx';
import type { Algorithm, StepRecord } from '../../shared/domain/run.ts';
import { describePositions, drawnCount, mainCharts, metricPoints, otherCharts, rewardByPosition } from './run-series.ts';
import styles from './Training.module.css';

/** The steps that charts draw; the same array until `drawnCount` changes. */
function useDrawnSteps(steps: readonly StepRecord[]): readonly StepRecord[] {
  const count = drawnCount(steps.length);
  const [drawn, setDrawn] = useState(steps);
  if (drawn.length === count) return drawn;
  const next = count === steps.length ? steps : steps.slice(0, count);
  setDrawn(next);
  return next;
}

export interface RunChartsProps {
  algorithm: Algorithm;
  steps: readonly StepRecord[];
  smoothing: number;
  /** Also every metric that has no chart of its own place. */
  showAll: boolean;
  /** The step whose answers are on show. */
  markX: number | undefined;
}

const ChartGrid = memo(function ChartGrid({ algorithm, steps, smoothing, showAll, markX }: RunChartsProps) {
  const specs = [...mainCharts(algorithm), ...(showAll ? otherCharts(algorithm, steps) : [])];
  const positions = rewardByPosition(steps);
  return (
    <div className={styles.charts}>
      {specs.map(({ metric, title, help, unit }) => (
        <Chart
          key={metric}
          title={title}
          metric={metric}
          help={help}
          unit={unit}
          smoothing={smoothing}
          series={[{ id: 'run', name: title, points: metricPoints(steps, metric) }]}
          markX={markX}
        />
      ))}
      {algorithm === 'prpo' || positions.columns.length > 0 ? (
        <div className={styles.wide}>
          <HeatMap
            title="Reward by paragraph position"
            metric="prpo/reward_by_position"
            rowTitle="mean reward of the 1st, 2nd … paragraph"
            rowNames={positions.rowNames}
            columns={positions.columns}
            summary={describePositions(positions)}
          />
        </div>
      ) : null}
    </div>
  );
});

/** All charts of a run. */
export function RunCharts(props: RunChartsProps) {
  const drawn = useDrawnSteps(props.steps);
  return <ChartGrid {...props} steps={drawn} />;
}
