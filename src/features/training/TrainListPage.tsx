// All runs of this browser, newest first; two of them can be compared.
import { Button, Checkbox } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { DeleteAction } from '../../components/DeleteAction.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatDate } from '../../components/format.ts';
import { Page, Panel } from '../../components/Page.tsx';
import type { RunRecord } from '../../shared/domain/run.ts';
import { RunStore } from '../../state/run.ts';
import { useFollowedRun } from '../../state/writer.ts';
import { shownState } from './RunHeader.tsx';
import { ImportLog } from './ImportLog.tsx';
import styles from './Training.module.css';

function RunRow({ run, isChosen, onChoose }: { run: RunRecord; isChosen: boolean; onChoose: (isOn: boolean) => void }) {
  const live = RunStore.use((state) => (state.live?.runId === run.id ? state.live : null));
  const waiting = RunStore.use((state) => state.waiting);
  const remove = RunStore.use((state) => state.remove);
  const followed = useFollowedRun(run.id);
  const state = shownState(run, live ?? followed, waiting);
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
      <td>
        <Link to={`/run/${run.id}`}>{run.name}</Link>
      </td>
      <td>{run.algorithm}</td>
      <td>
        <span className={styles.state} data-state={state}>
          {state}
        </span>
      </td>
      <td className={styles.number}>
        {run.step} / {run.maxSteps}
      </td>
      <td>{run.datasetName}</td>
      <td>{run.baseModelName}</td>
      <td>{formatDate(run.createdAt)}</td>
      <td>
        <DeleteAction
          name={run.name}
          confirm="Delete steps and answers"
          disabled={live !== null || followed !== null}
          onDelete={() => void remove(run.id)}
        />
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
      <div className={styles.scroll} role="region" aria-label="Training runs" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">
                <span className={styles.srOnly}>compare</span>
              </th>
              <th scope="col">run</th>
              <th scope="col">algorithm</th>
              <th scope="col">state</th>
              <th scope="col">step</th>
              <th scope="col">data</th>
              <th scope="col">from</th>
              <th scope="col">started</th>
              <th scope="col">
                <span className={styles.srOnly}>actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <RunRow key={run.id} run={run} isChosen={chosen.includes(run.id)} onChoose={(isOn) => choose(run.id, isOn)} />
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.buttons}>
        <Button variant="default" disabled={chosen.length < 2} onClick={() => void navigate(`/compare?runs=${chosen.join(',')}`)}>
          {chosen.length < 2 ? 'Choose two runs to compare' : `Compare ${chosen.length} runs`}
        </Button>
      </div>
    </>
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
      {runs && runs.length > 0 ? (
        <Panel>
          <RunTable runs={runs} />
        </Panel>
      ) : null}
    </Page>
  );
}
