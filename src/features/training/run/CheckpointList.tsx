// Checkpoints of a run, with what can be done with each.
import { Link } from 'react-router';
import { formatBytes, formatDate, formatFigure } from '../../../components/format.ts';
import { Panel } from '../../../components/Page.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { RunStore } from '../../../state/run.ts';
import styles from '../Training.module.css';

/** The panel; empty until the first checkpoint is stored. */
export function CheckpointList({ run }: { run: RunRecord }) {
  const checkpoints = RunStore.use((state) => state.checkpoints[run.id]);
  return (
    <Panel title="Checkpoints" aside={`every ${run.config.saveSteps} steps`}>
      {!checkpoints || checkpoints.length === 0 ? <p className={styles.muted}>None yet.</p> : null}
      {checkpoints && checkpoints.length > 0 ? (
        <div className={styles.scroll} role="region" aria-label="Checkpoints" tabIndex={0}>
          <table className={styles.table}>
            <TableHead columns={['step', 'stored', ...numberHeads('size'), 'use']} />
            <tbody>
              {checkpoints.map(({ id, step, kind, createdAt, sizeBytes, resumable }) => (
                <tr key={id} data-testid="checkpoint-row" data-checkpoint-id={id} data-step={step} data-kind={kind}>
                  <td>
                    {step}
                    {resumable ? <span className={styles.muted}> resumable</span> : null}
                    {run.best?.checkpointId === id ? (
                      <b data-testid="best-checkpoint">
                        {' '}
                        best: {run.best.metric} {formatFigure(run.best.value)}
                      </b>
                    ) : null}
                  </td>
                  <td>{formatDate(createdAt)}</td>
                  <td>{formatBytes(sizeBytes)}</td>
                  <td className={styles.links}>
                    <Link to={`/eval/new?model=${encodeURIComponent(id)}&dataset=${encodeURIComponent(run.datasetId)}`}>evaluate</Link>
                    <Link
                      to={`/inspect?dataset=${encodeURIComponent(run.datasetId)}&model=${encodeURIComponent(run.baseModelId)}&compare=${encodeURIComponent(id)}&tab=compare`}
                    >
                      before / after
                    </Link>
                    <Link
                      to={`/train/new?model=${encodeURIComponent(id)}&dataset=${encodeURIComponent(run.datasetId)}&algorithm=${run.algorithm}`}
                    >
                      train further
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Panel>
  );
}
