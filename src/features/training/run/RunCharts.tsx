// The charts of a run with what can be set about them. They are drawn again only for new steps, one after the other, not for phases
// and not for other changes of the page.
import { memo, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { Chart } from '../../../components/charts/Chart.tsx';
import { runStyles } from '../../../components/charts/series.ts';
import { HeatMap } from '../../../components/charts/HeatMap.tsx';
import { useInTurn, useTurn } from '../../../components/use-in-turn.ts';
import { usePrinting } from '../../../components/use-printing.ts';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import { RunStore } from '../../../state/run.ts';
import { ChartTools } from './ChartTools.tsx';
import type { ChartSpec, SeenNames } from './run-series.ts';
import {
  describePositions,
  drawnCount,
  mainCharts,
  metricPoints,
  otherCharts,
  probeCharts,
  rewardByPosition,
  seeNames,
  X_NAMES,
  xValues,
} from './run-series.ts';
import type { ChartView } from './use-run-view.ts';
import styles from '../Training.module.css';

/** The steps that charts draw; the same array until `drawnCount` changes. */
function useDrawnSteps(steps: readonly StepRecord[]): readonly StepRecord[] {
  const count = drawnCount(steps.length);
  const [drawn, setDrawn] = useState(steps);
  if (drawn.length === count && (drawn.at(-1)?.step ?? 0) === (steps[count - 1]?.step ?? 0)) return drawn;
  const next = count === steps.length ? steps : steps.slice(0, count);
  setDrawn(next);
  return next;
}

/** Names of all metrics; only steps that were not seen before are looked at. */
function useMetricNames(steps: readonly StepRecord[]): ReadonlySet<string> {
  const [seen, setSeen] = useState<SeenNames>(() => ({ count: 0, last: null, names: new Set() }));
  if (seen.count === steps.length && seen.last === (steps.at(-1)?.step ?? null)) return seen.names;
  const next = seeNames(seen, steps);
  setSeen(next);
  return next.names;
}

/** What all charts share. */
interface Drawn {
  /** The run's colour and dashes, the same as where it is compared. */
  style: number | undefined;
  steps: readonly StepRecord[];
  xs: readonly number[];
  view: ChartView;
  /** The step whose answers are on show, on the axis. */
  markX: number | undefined;
  /** Where a setting was changed while the run was paused. */
  marks: readonly { x: number; label: string }[];
}

/** Drawn again only when something of its own changed. */
const StillChart = memo(Chart);

const ChartSlot = memo(function ChartSlot({ spec, drawn }: { spec: ChartSpec; drawn: Drawn }) {
  const { steps, xs, view, markX, marks, style } = useInTurn(drawn);
  const { metric, title, help, unit } = spec;
  const series = useMemo(
    () => [{ id: 'run', name: title, points: metricPoints(steps, metric, xs), style }],
    [title, steps, metric, xs, style],
  );
  return (
    <StillChart
      title={title}
      metric={metric}
      help={help}
      unit={unit}
      smoothing={view.smoothing}
      logY={view.isLog}
      xName={X_NAMES[view.xAxis]}
      series={series}
      markX={markX}
      marks={marks}
    />
  );
});

/** A chart beyond the first ones: mounted in a task of its own, because many of them together hold the page up. */
function LaterSlot(props: { spec: ChartSpec; drawn: Drawn }) {
  return useTurn() ? <ChartSlot {...props} /> : <div className={styles.place} data-testid="chart-place" />;
}

interface PositionMapProps {
  steps: readonly StepRecord[];
  names: ReadonlySet<string>;
  isPrpo: boolean;
}

const PositionMap = memo(function PositionMap({ steps, names, isPrpo }: PositionMapProps) {
  const shown = useInTurn(steps);
  const positions = useMemo(() => rewardByPosition(shown, names), [shown, names]);
  if (!isPrpo && positions.columns.length === 0) return null;
  return (
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
  );
});

/** What each chart shows, for everyone to whom its name says nothing; open on paper. */
function ChartGuide({ specs }: { specs: readonly ChartSpec[] }) {
  const isPrinting = usePrinting();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className={styles.guide} open={isOpen || isPrinting} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>What do these charts show?</summary>
      <dl>
        {specs.map(({ metric, title, help }) => (
          <div key={metric}>
            <dt>{title}</dt>
            <dd>{help}.</dd>
          </div>
        ))}
      </dl>
      <p>
        All words are in <Link to="/learn">Learn</Link>, with one update step by step.
      </p>
    </details>
  );
}

export interface RunChartsProps {
  run: RunRecord;
  steps: readonly StepRecord[];
  view: ChartView;
  onView: (change: Partial<ChartView>) => void;
  /** The step whose answers are on show; null while the newest is followed. */
  markStep: number | null;
}

/** Tools and charts of a run. */
export function RunCharts({ run, steps: all, view, onView, markStep }: RunChartsProps) {
  const { id, algorithm, config, changes } = run;
  const style = RunStore.use(({ runs }) => runStyles(runs ?? []).get(id));
  const steps = useDrawnSteps(all);
  const { smoothing, isLog, xAxis, showAll } = view;
  const xs = useMemo(() => xValues(steps, xAxis), [steps, xAxis]);
  const probed = useMemo(() => probeCharts(config), [config]);
  const names = useMetricNames(steps);
  const others = useMemo(() => otherCharts(algorithm, names, probed), [algorithm, names, probed]);
  const drawn = useMemo((): Drawn => {
    const place = (number: number): number | undefined => xs[steps.findIndex(({ step }) => step === number)];
    const marks = (changes ?? []).flatMap(({ step, name }) => {
      const x = place(step);
      return x === undefined ? [] : [{ x, label: name === 'learning_rate' ? 'LR' : 'KL' }];
    });
    return { style, steps, xs, view: { smoothing, isLog, xAxis, showAll }, markX: markStep === null ? undefined : place(markStep), marks };
  }, [style, steps, xs, smoothing, isLog, xAxis, showAll, markStep, changes]);
  // Without a KL term nothing is measured: an empty chart would look like a fault.
  const main = mainCharts(algorithm).filter(({ metric }) => metric !== 'kl' || config.policy.beta > 0 || names.has('kl'));
  const first = [...main, ...probed];
  const later = showAll ? others : [];
  return (
    <div className={styles.chartColumn}>
      <ChartTools view={view} onView={onView} others={others.length} />
      <ChartGuide specs={[...first, ...later]} />
      <div className={styles.charts}>
        {first.map((spec) => (
          <ChartSlot key={spec.metric} spec={spec} drawn={drawn} />
        ))}
        {later.map((spec) => (
          <LaterSlot key={spec.metric} spec={spec} drawn={drawn} />
        ))}
        <PositionMap steps={steps} names={names} isPrpo={algorithm === 'prpo'} />
      </div>
    </div>
  );
}
