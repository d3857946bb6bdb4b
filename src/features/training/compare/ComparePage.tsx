// Runs side by side: figures, curves, settings, answers that changed, tables for a paper.
import { Checkbox, MultiSelect } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatPlural } from '../../../components/format.ts';
import { LinkNotes } from '../../../components/LinkNotes.tsx';
import type { LinkRule } from '../../../components/link-values.ts';
import { ModelNotes } from '../../../components/ModelNotes.tsx';
import { Page } from '../../../components/Page.tsx';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { RunStore } from '../../../state/run.ts';
import { type CompareAddress, WORD_RULES } from './address.ts';
import { ChartsPanel } from './ChartsPanel.tsx';
import { useComparison } from './comparison.ts';
import { FlipsPanel } from './FlipsPanel.tsx';
import { RunPanel } from './RunPanel.tsx';
import { SaveReport } from './SaveReport.tsx';
import { DataWarning, SettingsDiff } from './SettingsDiff.tsx';
import { TableBuilder } from './TableBuilder.tsx';
import type { ChangeView } from './use-compare-view.ts';
import { useCompareView } from './use-compare-view.ts';
import { useRunNotes } from './use-run-notes.ts';
import styles from './Compare.module.css';

/** More lines than this cannot be told apart. */
const MOST_RUNS = 24;
const NO_RUNS: readonly RunRecord[] = [];

interface PartProps {
  view: CompareAddress;
  change: ChangeView;
  all: readonly RunRecord[];
  chosen: readonly RunRecord[];
}

function Picker({ view, change, all, chosen }: PartProps) {
  const offered = all.filter((run) => view.archived || !run.archived || chosen.includes(run));
  return (
    <div className={styles.controls}>
      <MultiSelect
        className={styles.grow}
        label="Runs"
        searchable
        value={chosen.map(({ id }) => id)}
        onChange={(runs) => change({ runs })}
        data={offered.map(({ id, name, step }) => ({ value: id, label: `${name} · step ${step} · ${id.slice(4)}` }))}
        maxValues={MOST_RUNS}
      />
      {all.some(({ archived }) => archived) ? (
        <Checkbox
          size="xs"
          label="offer archived runs"
          checked={view.archived}
          onChange={(event) => change({ archived: event.currentTarget.checked })}
        />
      ) : null}
    </div>
  );
}

/** A link may ask for the figures of a step that none of the runs has. */
function stepRule(runs: readonly RunRecord[]): LinkRule {
  const last = Math.max(0, ...runs.map(({ step }) => step));
  return {
    parameter: 'at',
    what: 'the figures of step',
    isKnown: (value) => /^[1-9]\d*$/.test(value) && Number(value) <= last,
    why: `none of these runs has: the longest has ${formatPlural(last, 'step')}`,
  };
}

function Comparison({ view, change, all, chosen }: PartProps) {
  const comparison = useComparison(chosen, all);
  const notes = useRunNotes(chosen);
  return (
    <>
      <div className={styles.buttons}>
        <SaveReport comparison={comparison} view={view} notes={notes.sentences} />
      </div>
      <DataWarning runs={chosen} />
      <LinkNotes rules={[stepRule(chosen), ...WORD_RULES]} />
      <RunPanel comparison={comparison} view={view} change={change} />
      <ChartsPanel comparison={comparison} view={view} change={change} />
      <SettingsDiff runs={chosen} />
      <FlipsPanel runs={chosen} view={view} change={change} />
      <TableBuilder comparison={comparison} view={view} change={change} />
      <ModelNotes tiny={notes.tiny} synthetic={notes.synthetic} />
    </>
  );
}

/** Answers made elsewhere have no runs: their evaluations are compared all the same. */
function EvaluationsAlone({ view, change, all }: Omit<PartProps, 'chosen'>) {
  const { evals, refresh } = EvaluationStore.use((state) => state);
  const comparison = useComparison(NO_RUNS, all);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  if (!evals || evals.length === 0) return null;
  const alone: CompareAddress = { ...view, builder: { ...view.builder, rows: 'evaluations' } };
  return (
    <>
      <FlipsPanel runs={NO_RUNS} view={view} change={change} />
      <TableBuilder comparison={comparison} view={alone} change={change} />
      <ModelNotes tiny={false} synthetic={evals.some(({ synthetic }) => synthetic)} />
    </>
  );
}

/** The page `#/compare?runs=a,b`; without ids it proposes the two newest. */
export function ComparePage() {
  const [view, change] = useCompareView();
  const { runs, error, refresh, open } = RunStore.use((state) => state);
  const all = runs ?? NO_RUNS;
  const ids = useMemo(
    () =>
      view.runs ??
      all
        .filter(({ archived }) => !archived)
        .slice(0, 2)
        .map(({ id }) => id),
    [view.runs, all],
  );
  const key = ids.join(',');
  useEffect(() => {
    void refresh();
  }, [refresh]);
  useEffect(() => {
    for (const id of key.split(',').filter(Boolean)) void open(id);
  }, [key, open]);
  const chosen = useMemo(() => ids.flatMap((id) => all.find((run) => run.id === id) ?? []), [ids, all]);
  const missing = runs === null ? [] : ids.filter((id) => !all.some((run) => run.id === id));
  return (
    <Page title="Compare runs" width="full" lead="A run keeps its colour and dash pattern in all charts. The address holds the whole view.">
      {error ? <ErrorNotice error={error} action={{ label: 'Try again', onClick: () => void refresh() }} /> : null}
      {runs === null && !error ? <p className={styles.muted}>Reading the runs…</p> : null}
      {all.length > 0 ? <Picker view={view} change={change} all={all} chosen={chosen} /> : null}
      {missing.length > 0 ? <p className={styles.warning}>Not in this browser: {missing.join(', ')}.</p> : null}
      {chosen.length > 0 ? <Comparison view={view} change={change} all={all} chosen={chosen} /> : null}
      {runs !== null && chosen.length === 0 ? (
        <EmptyState
          title={all.length === 0 ? 'No runs to compare yet' : 'Pick two runs'}
          actions={<Link to="/train/new?algorithm=pair">Set up a GRPO vs PRPO pair</Link>}
        >
          The pair shares data, seed and budget, so that only credit assignment differs.
        </EmptyState>
      ) : null}
      {runs !== null && chosen.length === 0 ? <EvaluationsAlone view={view} change={change} all={all} /> : null}
    </Page>
  );
}
