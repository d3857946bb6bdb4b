// All evaluations of this browser, newest first.
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { Link, useNavigate } from 'react-router';
import { DropZone } from '../../components/DropZone.tsx';
import { DeleteAction } from '../../components/DeleteAction.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatCount, formatDate, formatHash, formatPlural } from '../../components/format.ts';
import { Page, Panel } from '../../components/Page.tsx';
import { numberHeads, TableHead } from '../../components/TableHead.tsx';
import type { EvalRecord } from '../../shared/domain/run.ts';
import { EvaluationStore } from '../../state/evaluation.ts';
import { isInterrupted } from '../../state/interrupted.ts';
import { useImportDrop } from '../../state/use-import-drop.ts';
import { useElsewhereId } from '../../state/writer.ts';
import styles from './Evaluation.module.css';

function EvalRow({ record, sweepRows }: { record: EvalRecord; sweepRows: number }) {
  const live = EvaluationStore.use((state) => (state.live?.evalId === record.id ? state.live : null));
  const waiting = EvaluationStore.use((state) => state.waiting);
  const remove = EvaluationStore.use((state) => state.remove);
  const elsewhereId = useElsewhereId();
  const state = isInterrupted(record, { liveId: live?.evalId ?? elsewhereId, waiting }) ? 'paused' : record.state;
  return (
    <tr>
      <td>
        <Link to={`/eval/${record.id}`}>{record.name}</Link>
        {sweepRows > 0 ? <small> with a robustness sweep of {formatPlural(sweepRows, 'change')}</small> : null}
      </td>
      <td>
        <span className={styles.state} data-state={state}>
          {state}
        </span>
      </td>
      <td className={styles.figure}>{live ? `${live.done} / ${live.total}` : formatCount(record.sampleIds.length)}</td>
      <td>
        {record.datasetName}{' '}
        <code className={styles.muted}>{formatHash(record.datasetHash || (record.imported?.sha256?.answers ?? ''))}</code>
      </td>
      <td>{record.modelName}</td>
      <td>{formatDate(record.createdAt)}</td>
      <td>
        <DeleteAction
          name={record.name}
          confirm={sweepRows > 0 ? 'Delete its answers and its sweep' : 'Delete its answers'}
          disabled={live !== null || elsewhereId === record.id}
          onDelete={() => void remove(record.id)}
        />
      </td>
    </tr>
  );
}

/** The way to a report without a model. */
function ScoreAnswers() {
  return (
    <Panel title="Score an answers.jsonl" aside="made elsewhere, no model needed">
      <DropZone label="Score answers" {...useImportDrop()}>
        <p className={styles.muted}>
          Drop it here with its question file, together or one after the other. The report opens by itself: figures by domain with
          intervals, coverage, contradictions. Pictures may lie beside them.
        </p>
      </DropZone>
    </Panel>
  );
}

const rowsOf = (evals: readonly EvalRecord[], id: string): number => evals.filter(({ sweepOf }) => sweepOf === id).length;

/** The page `#/eval`. */
export function EvaluationListPage() {
  const navigate = useNavigate();
  const { evals, error, refresh } = EvaluationStore.use((state) => state);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  const ids = new Set(evals?.map(({ id }) => id));
  // Rows of a sweep are reached through their clean evaluation.
  const isListed = ({ sweepOf }: EvalRecord): boolean => sweepOf === undefined || !ids.has(sweepOf);
  const start = (
    <>
      <Button variant="default" data-testid="eval-domains" onClick={() => void navigate('/eval/domains')}>
        Train × test domains
      </Button>
      <Button data-testid="eval-new" onClick={() => void navigate('/eval/new')}>
        New evaluation
      </Button>
    </>
  );
  return (
    <Page
      title="Evaluations"
      lead="A model answers a part of a dataset. Every answer is stored as it is made, so that a reload loses nothing."
      actions={start}
    >
      {error ? <ErrorNotice error={error} action={{ label: 'Try again', onClick: () => void refresh() }} /> : null}
      <ScoreAnswers />
      {evals === null && !error ? <p className={styles.muted}>Reading the evaluations…</p> : null}
      {evals?.length === 0 ? (
        <EmptyState title="No evaluations yet" actions={<Link to="/eval/new">Set up the first one</Link>}>
          A report gives accuracy, F1, AUC and coverage with intervals, per domain, and lists where the reasoning contradicts itself.
        </EmptyState>
      ) : null}
      {evals && evals.length > 0 ? (
        <Panel>
          <div className={styles.scroll} role="region" aria-label="Evaluations" tabIndex={0}>
            <table className={styles.table}>
              <TableHead
                columns={['evaluation', 'state', ...numberHeads('images'), 'data, hash', 'model', 'started', { hidden: 'actions' }]}
              />
              <tbody>
                {evals.filter(isListed).map((record) => (
                  <EvalRow key={record.id} record={record} sweepRows={rowsOf(evals, record.id)} />
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
      ) : null}
    </Page>
  );
}
