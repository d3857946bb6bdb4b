// All runs of this browser, newest first; two of them can be compared.
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatDate } from '../../components/format.ts';
import { Page, Panel } from '../../components/Page.tsx';
import type { RunRecord } from '../../shared/domain/run.ts';
import { ALGORITHM_NAMES } from '../../state/run-name.ts';
import { RunStore } from '../../state/run.ts';
import { useElsewhereId, useFollowedRun } from '../../state/writer.ts';
import { RunActions } from './compare/RunActions.tsx';
import { shownState } from './run/RunHeader.tsx';
import { ImportLog } from './ImportLog.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import { useParameters } from '../../components/use-parameters.ts';
import table from './compare/Compare.module.css';
import styles from './Training.module.css';

/** Group, tags and note, as the user wrote them. */
function RunWords({ run: { group, tags = [], notes, archived } }: { run: RunRecord }) {
  const words = [...(archived ? ['archived'] : []), ...(group ? [group] : []), ...tags.map((tag) => `#${tag}`), ...(notes ? [notes] : [])];
  return words.length === 0 ? null : <div className={table.notes}>{words.join(' · ')}</div>;
}

function RunRow({ run, isChosen, onChoose }: { run: RunRecord; isChosen: boolean; onChoose: (isOn: boolean) => void }) {
  const live = RunStore.use((state) => (state.live?.runId === run.id ? state.live : null));
  const waiting = RunStore.use((state) => state.waiting);
  const followed = useFollowedRun(run.id);
  const elsewhereId = useElsewhereId();
  const state = shownState(run, { live: live ?? followed, waiting, elsewhereId });
  return (
    <tr>
      <td>
        <Checkbox
          size="xs"
          checked={isChosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
          aria-label={`Compare ${run.name}`}
        />
      </td>
      <td className={styles.listName}>
        <Link to={`/run/${run.id}`}>{run.name}</Link>
        <RunWords run={run} />
      </td>
      <td className={styles.listWord}>{ALGORITHM_NAMES[run.algorithm]}</td>
      <td>
        <span className={styles.state} data-state={state}>
          {state}
        </span>
      </td>
      <td data-figure>
        {run.step} / {run.maxSteps}
      </td>
      <td className={styles.listName}>{run.datasetName}</td>
      <td>{run.baseModelName}</td>
      <td className={styles.listWord}>{formatDate(run.createdAt)}</td>
      <td>
        <span className={table.srOnly}>Actions</span>
        <RunActions run={run} />
      </td>
    </tr>
  );
}

function RunTable({ runs }: { runs: readonly RunRecord[] }) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string[]>([]);
  const choose = (id: string, isOn: boolean) => setChosen(isOn ? [...chosen, id] : chosen.filter((other) => other !== id));
  return (
    <>
      <div className={table.scroll} role="region" aria-label="Training runs" tabIndex={0}>
        <table className={table.table} data-testid="run-list">
          <TableHead
            columns={[{ hidden: 'compare' }, 'run', 'algorithm', 'state', 'step', 'data', 'from', 'started', { hidden: 'actions' }]}
          />
          <tbody>
            {runs.map((run) => (
              <RunRow key={run.id} run={run} isChosen={chosen.includes(run.id)} onChoose={(isOn) => choose(run.id, isOn)} />
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.buttons}>
        <Link to="/run/latest">Follow the latest run</Link>
        <Button variant="default" disabled={chosen.length < 2} onClick={() => void navigate(`/compare?runs=${chosen.join(',')}`)}>
          {chosen.length < 2 ? 'Choose two runs to compare' : `Compare ${chosen.length} runs`}
        </Button>
      </div>
    </>
  );
}

/** Runs whose name, group, tags or note hold the text. */
function matching(runs: readonly RunRecord[], text: string, withArchived: boolean): RunRecord[] {
  const wanted = text.trim().toLowerCase();
  return runs.filter(({ name, group = '', tags = [], notes = '', archived = false }) => {
    const isFound = [name, group, notes, ...tags].some((words) => words.toLowerCase().includes(wanted));
    return isFound && (withArchived || !archived);
  });
}

/** The list with its filter, which is in the address. */
function FilteredRuns({ runs }: { runs: readonly RunRecord[] }) {
  const [params, change] = useParameters();
  const [text, withArchived] = [params.get('q') ?? '', params.get('archived') === '1'];
  const archived = runs.filter((run) => run.archived).length;
  const set = (name: string, value: string) =>
    change((now) => {
      if (value === '') now.delete(name);
      else now.set(name, value);
      return now;
    });
  const shown = matching(runs, text, withArchived);
  return (
    <Panel>
      <div className={table.controls}>
        <TextInput
          className={table.grow}
          size="xs"
          label="Find"
          placeholder="name, group, tag or note"
          value={text}
          onChange={(event) => set('q', event.currentTarget.value)}
          data-testid="run-find"
        />
        {archived > 0 ? (
          <Checkbox
            size="xs"
            label={`show archived (${archived})`}
            checked={withArchived}
            onChange={(event) => set('archived', event.currentTarget.checked ? '1' : '')}
          />
        ) : null}
      </div>
      {shown.length === 0 ? <p className={table.muted}>No run matches.</p> : <RunTable runs={shown} />}
    </Panel>
  );
}

/** The page `#/train`. */
export function TrainListPage() {
  const navigate = useNavigate();
  const { runs, error, refresh } = RunStore.use((state) => state);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  const start = (
    <>
      <ImportLog />
      <Button data-testid="train-new" onClick={() => void navigate('/train/new')}>
        New training run
      </Button>
    </>
  );
  return (
    <Page title="Training" lead="Supervised stages, GRPO and PRPO, run in this tab. Every step and every answer is kept." actions={start}>
      {error ? <ErrorNotice error={error} action={{ label: 'Try again', onClick: () => void refresh() }} /> : null}
      {runs === null && !error ? <p className={styles.muted}>Reading the runs…</p> : null}
      {runs?.length === 0 ? (
        <EmptyState title="No runs yet" actions={<Link to="/train/new">Set up the first run</Link>}>
          A run shows its reward by paragraph, its health, and every answer it wrote on the way. The Tiny demo preset takes a few minutes.
        </EmptyState>
      ) : null}
      {runs && runs.length > 0 ? <FilteredRuns runs={runs} /> : null}
    </Page>
  );
}
