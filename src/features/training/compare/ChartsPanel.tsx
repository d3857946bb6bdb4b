// The curves over each other.
import { Slider } from '@mantine/core';
import { formatFigure } from '../../../components/format.ts';
import { Chart } from '../../../components/charts/Chart.tsx';
import { Pills } from '../../../components/Pills.tsx';
import { Panel } from '../../../components/Page.tsx';
import type { CompareAddress } from './address.ts';
import { comparedCharts, comparedSeries } from './compare-charts.ts';
import type { Comparison } from './comparison.ts';
import { groupRuns } from './figures.ts';
import { MetricSelect } from './MetricSelect.tsx';
import type { ChangeView } from './use-compare-view.ts';
import styles from './Compare.module.css';

interface ChartsPanelProps {
  comparison: Comparison;
  view: CompareAddress;
  change: ChangeView;
}

function Controls({ comparison, view, change }: ChartsPanelProps) {
  const specs = comparedCharts(comparison, view.charts);
  const largest = Math.max(0, ...groupRuns(comparison.runs, 'seeds').map(({ runs }) => runs.length));
  return (
    <div className={styles.controls}>
      <MetricSelect
        className={styles.grow}
        label="Charts"
        metrics={comparison.metrics}
        value={specs.map(({ metric }) => metric)}
        onChange={(charts) => change({ charts })}
        hook="compare-charts"
      />
      <div className={styles.controlLabel}>
        <span>Lines</span>
        <Pills
          label="Lines"
          value={view.means ? 'mean' : 'runs'}
          onChange={(value) => change({ means: value === 'mean' })}
          options={[
            { value: 'runs', label: 'each run' },
            { value: 'mean', label: 'mean over seeds' },
          ]}
        />
      </div>
      {view.means ? (
        <div className={styles.controlLabel}>
          <span>Band</span>
          <Pills
            label="Band"
            value={view.band}
            onChange={(band) => change({ band })}
            options={[
              { value: 'minmax', label: 'min to max' },
              { value: 'sd', label: '± 1 sd' },
            ]}
          />
        </div>
      ) : null}
      <div className={styles.controlLabel}>
        <span>Smoothing {formatFigure(view.smoothing, 2)}</span>
        <Slider
          className={styles.smoothing}
          size="sm"
          min={0}
          max={0.95}
          step={0.05}
          label={null}
          thumbLabel="Smoothing"
          value={view.smoothing}
          onChange={(smoothing) => change({ smoothing })}
        />
      </div>
      {view.means && largest < 2 ? (
        <p className={styles.muted}>No two of these runs differ only in the seed, so each mean is of one run and has no band.</p>
      ) : null}
    </div>
  );
}

/** One chart per metric; the band states how many runs it is of. */
export function ChartsPanel(props: ChartsPanelProps) {
  const { comparison, view } = props;
  const specs = comparedCharts(comparison, view.charts);
  return (
    <Panel title="Curves" aside="smoothing is drawn over the raw line and changes no value">
      <Controls {...props} />
      <div className={styles.charts}>
        {specs.map(({ metric, title, help }) => (
          <Chart
            key={metric}
            title={title}
            metric={metric}
            help={help}
            smoothing={view.smoothing}
            series={comparedSeries(comparison, metric, view)}
            fileName={comparison.runs
              .map(({ name }) => name)
              .join(' vs ')
              .slice(0, 80)}
          />
        ))}
      </div>
    </Panel>
  );
}
