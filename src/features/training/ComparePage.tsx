// Runs side by side: overlaid charts, last and best values, and what their settings differ in.
import { MultiSelect } from '@mantine/core';
import { useEffect } from 'react';
import { Link, useSearchParams } from 'react-router';
import { Chart } from '../../components/charts/Chart.tsx';
import { formatValue } from '../../components/charts/series.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ModelNotes } from '../../components/ModelNotes.tsx';
import { Page, Panel } from '../../components/Page.tsx';
import type { RunRecord, StepRecord } from '../../shared/domain/run.ts';
import { DatasetsStore } from '../../state/datasets.ts';
import { RunStore } from '../../state/run.ts';
import { runFigures, settingsDiff, sharedMetrics } from './compare-series.ts';
import { mainCharts, metricPoints } from './run-series.ts';
import styles from './Training.module.css';

const NO_STEPS: readonly StepRecord[] = [];

function FiguresTable({ runs, stepsOf }: { runs: readonly RunRecord[]; stepsOf: (id: string) => readonly StepRecord[] }) {
  const metrics = sharedMetrics(runs.map(({ id }) => stepsOf(id)));
  return (
    <div className={styles.scroll} role="region" aria-label="Figures by run" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">metric</th>
            {runs.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}: last (best at step)
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric}>
              <th scope="row">
                <code>{metric}</code>
              </th>
              {runs.map(({ id }) => {
                const { last, best, bestStep } = runFigures(stepsOf(id), metric);
                return (
                  <td key={id}>
                    {formatValue(last)}
                    {bestStep === null ? (
                      ''
                    ) : (
                      <span className={styles.muted}>
                        {' '}
                        ({formatValue(best)} at {bestStep})
                      </span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SettingsDiff({ runs }: { runs: readonly RunRecord[] }) {
  const rows = settingsDiff(runs);
  if (rows.length === 0) return <p className={styles.muted}>All settings are the same.</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">setting</th>
          {runs.map(({ id, name }) => (
            <th key={id} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, values }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            {values.map((value, i) => (
              <td key={runs[i]?.id ?? i}>
                <code>{value}</code>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Charts, figures and settings of the chosen runs. */
function Comparison({ runs }: { runs: readonly RunRecord[] }) {
  const steps = RunStore.use((state) => state.steps);
  const stepsOf = (id: string): readonly StepRecord[] => steps[id] ?? NO_STEPS;
  const specs = mainCharts(runs[0]?.algorithm ?? 'prpo');
  const hashes = new Set(runs.map(({ datasetHash }) => datasetHash));
  return (
    <>
      {hashes.size > 1 ? <p className={styles.blocked}>These runs saw different data (content hashes differ): compare with care.</p> : null}
      <div className={styles.charts}>
        {specs.map(({ metric, title, help }) => (
          <Chart
            key={metric}
            title={title}
            metric={metric}
            help={help}
            smoothing={0.6}
            series={runs.map(({ id, name }) => ({ id, name, points: metricPoints(stepsOf(id), metric) }))}
          />
        ))}
      </div>
      <Panel title="Figures">
        <FiguresTable runs={runs} stepsOf={stepsOf} />
      </Panel>
      <Panel title="What differs in the settings">
        <SettingsDiff runs={runs} />
      </Panel>
    </>
  );
}

/** The page `#/compare?runs=a,b`; without ids it suggests the two newest. */
export function ComparePage() {
  const [params, setParams] = useSearchParams();
  const { runs, refresh, open } = RunStore.use((state) => state);
  const synthetic = DatasetsStore.use((state) => state.datasets.some((dataset) => dataset.synthetic));
  const wanted = params.get('runs');
  const all = runs ?? [];
  const ids = wanted === null ? all.slice(0, 2).map(({ id }) => id) : wanted.split(',').filter(Boolean);
  const key = ids.join(',');
  useEffect(() => {
    void refresh();
  }, [refresh]);
  useEffect(() => {
    for (const id of key.split(',').filter(Boolean)) void open(id);
  }, [key, open]);
  const chosen = ids.flatMap((id) => all.find((run) => run.id === id) ?? []);
  const missing = runs === null ? [] : ids.filter((id) => !all.some((run) => run.id === id));
  return (
    <Page title="Compare runs" width="full" lead="A run keeps its colour and dash pattern in all charts.">
      {all.length > 0 ? (
        <MultiSelect
          label="Runs"
          value={chosen.map(({ id }) => id)}
          onChange={(next) => setParams({ runs: next.join(',') }, { replace: true })}
          data={all.map(({ id, name, step }) => ({ value: id, label: `${name} · step ${step} · ${id.slice(4)}` }))}
          maxValues={6}
        />
      ) : null}
      {missing.length > 0 ? <p className={styles.blocked}>Not in this browser: {missing.join(', ')}.</p> : null}
      {chosen.length > 0 ? (
        <Comparison runs={chosen} />
      ) : (
        <EmptyState
          title={all.length === 0 ? 'No runs to compare yet' : 'Pick two runs'}
          actions={<Link to="/train/new?algorithm=pair">Set up a GRPO vs PRPO pair</Link>}
        >
          The pair shares data, seed and budget, so that only credit assignment differs.
        </EmptyState>
      )}
      {chosen.length > 0 ? <ModelNotes tiny synthetic={synthetic} /> : null}
    </Page>
  );
}
