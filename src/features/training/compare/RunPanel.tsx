// The run table with what it shows: columns, kinds of figures, groups.
import { Button, Checkbox, NativeSelect, NumberInput } from '@mantine/core';
import { useMemo } from 'react';
import { Panel } from '../../../components/Page.tsx';
import type { CompareAddress } from './address.ts';
import type { Comparison } from './comparison.ts';
import type { FigureKind, GroupBy } from './figures.ts';
import { groupRuns } from './figures.ts';
import { buildRow, figureColumns, proposedMetrics } from './run-rows.ts';
import { MetricSelect } from './MetricSelect.tsx';
import { RunTable } from './RunTable.tsx';
import type { ChangeView } from './use-compare-view.ts';
import { toggled } from './use-compare-view.ts';
import styles from './Compare.module.css';

const KINDS: { kind: FigureKind; label: string }[] = [
  { kind: 'last', label: 'last' },
  { kind: 'best', label: 'best' },
  { kind: 'at', label: 'at step' },
];
const GROUPS: { value: GroupBy; label: string }[] = [
  { value: 'none', label: 'no groups' },
  { value: 'seeds', label: 'same settings, any seed' },
  { value: 'algorithm', label: 'algorithm' },
  { value: 'group', label: 'my groups' },
  { value: 'data', label: 'data' },
];

interface ControlsProps {
  view: CompareAddress;
  change: ChangeView;
  metrics: readonly string[];
  shown: readonly string[];
}

function Controls({ view, change, metrics, shown }: ControlsProps) {
  const setKind = (kind: FigureKind) => {
    const kinds = toggled(view.figures, kind);
    const figures = KINDS.map((one) => one.kind).filter((one) => kinds.includes(one));
    if (figures.length > 0) change({ figures });
  };
  return (
    <div className={styles.controls}>
      <MetricSelect
        className={styles.grow}
        label="Columns"
        metrics={metrics}
        value={shown}
        onChange={(columns) => change({ columns })}
        hook="compare-columns"
      />
      <fieldset className={styles.kinds}>
        <legend>Figures</legend>
        {KINDS.map(({ kind, label }) => (
          <Checkbox key={kind} size="xs" label={label} checked={view.figures.includes(kind)} onChange={() => setKind(kind)} />
        ))}
      </fieldset>
      {view.figures.includes('at') ? (
        <NumberInput
          className={styles.narrow}
          size="xs"
          label="Step"
          min={1}
          allowDecimal={false}
          value={view.at ?? ''}
          onChange={(value) => change({ at: typeof value === 'number' ? value : null })}
          data-testid="compare-at"
        />
      ) : null}
      <NativeSelect
        size="xs"
        label="Rows in groups by"
        value={view.groupBy}
        data={GROUPS}
        onChange={(event) => change({ groupBy: GROUPS.find(({ value }) => value === event.currentTarget.value)?.value ?? 'none' })}
        data-testid="compare-group-by"
      />
    </div>
  );
}

/** All runs of the comparison; hidden ones too, so that they can be shown again. */
export function RunPanel({ comparison, view, change }: { comparison: Comparison; view: CompareAddress; change: ChangeView }) {
  const { runs, metrics, marks, stepsOf } = comparison;
  const shown = view.columns ?? proposedMetrics(metrics);
  const rows = useMemo(() => runs.map((run) => buildRow(run, stepsOf(run.id), shown, view)), [runs, stepsOf, shown, view]);
  const groups = useMemo(() => groupRuns(runs, view.groupBy), [runs, view.groupBy]);
  return (
    <Panel title="Runs" aside="best is the lowest for losses, KL and times, the highest for all else">
      <Controls view={view} change={change} metrics={metrics} shown={shown} />
      <RunTable
        groups={groups}
        rows={rows}
        columns={figureColumns(shown, view.figures)}
        view={view}
        marks={marks}
        onSort={(sort) => change({ sort })}
        onPin={(id) => change({ pinned: toggled(view.pinned, id) })}
        onHide={(id) => change({ hidden: toggled(view.hidden, id) })}
        onTakeOut={(id) => change({ runs: runs.filter((run) => run.id !== id).map((run) => run.id) })}
      />
      {view.hidden.length > 0 ? (
        <Button variant="subtle" size="xs" onClick={() => change({ hidden: [] })}>
          Show all lines again
        </Button>
      ) : null}
    </Panel>
  );
}
