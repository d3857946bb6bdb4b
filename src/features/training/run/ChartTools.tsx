// What can be set about all charts of a run: smoothing, what they are drawn over, logarithmic axis, further metrics.
import { Slider, Switch } from '@mantine/core';
import { formatFigure } from '../../../components/format.ts';
import { Pills } from '../../../components/Pills.tsx';
import type { XAxis } from './run-series.ts';
import type { ChartView } from './use-run-view.ts';
import styles from '../Training.module.css';

const AXES: { value: XAxis; label: string }[] = [
  { value: 'step', label: 'Steps' },
  { value: 'time', label: 'Time' },
  { value: 'tokens', label: 'Tokens' },
];

export interface ChartToolsProps {
  view: ChartView;
  onView: (change: Partial<ChartView>) => void;
  /** Metrics without a chart of their own place. */
  others: number;
}

/** One row above the charts. */
export function ChartTools({ view, onView, others }: ChartToolsProps) {
  return (
    <div className={styles.chartTools}>
      <span className={styles.muted} id="smoothing-label">
        Smoothing
      </span>
      <Slider
        className={styles.smoothing}
        size="xs"
        min={0}
        max={0.95}
        step={0.05}
        value={view.smoothing}
        onChange={(smoothing) => onView({ smoothing })}
        label={null}
        thumbProps={{ 'aria-labelledby': 'smoothing-label' }}
      />
      <span className={styles.muted} title="The faint line and the band are all raw points; smoothing changes no value.">
        {formatFigure(view.smoothing, 2)}; faint: raw points
      </span>
      <Pills label="Charts over" value={view.xAxis} onChange={(xAxis) => onView({ xAxis })} options={AXES} />
      <Switch
        label="Log scale"
        data-testid="log-scale"
        checked={view.isLog}
        onChange={(event) => onView({ isLog: event.currentTarget.checked })}
      />
      {others > 0 ? (
        <Switch
          label={`All metrics (${others} more)`}
          checked={view.showAll}
          onChange={(event) => onView({ showAll: event.currentTarget.checked })}
        />
      ) : null}
    </div>
  );
}
