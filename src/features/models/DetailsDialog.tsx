// One model in full: the way it was made, what was built on it, its files with their hashes, all its metrics.
import { Modal } from '@mantine/core';
import { Fragment } from 'react';
import { Link } from 'react-router';
import { TableHead } from '../../components/TableHead.tsx';
import { formatBytes, formatDate, formatValue } from '../../components/format.ts';
import type { RunRecord } from '../../shared/domain/run.ts';
import type { ModelEntry } from '../../state/models.ts';
import { dependentsOf, lineageOf } from './lineage.ts';
import styles from './ModelsPage.module.css';

interface DetailsProps {
  model: ModelEntry;
  models: readonly ModelEntry[];
  runs: readonly RunRecord[];
}

/** Start model, run, checkpoint, run, ... as a list that reads in order. */
function Lineage({ model, models, runs }: DetailsProps) {
  return (
    <ol className={styles.lineage} data-testid="lineage">
      {lineageOf(model.id, models, runs).map(({ id, model: step, run }) => (
        <Fragment key={id}>
          {run ? (
            <li>
              run <Link to={`/run/${run.id}`}>{run.name}</Link>
            </li>
          ) : null}
          <li data-model-id={id}>
            {step ? (
              <>
                <b>{step.name}</b>
                {step.note ? <span className={styles.note}> {step.note}</span> : null}
              </>
            ) : (
              <span>
                <code>{id}</code>, not in this browser any more
              </span>
            )}
          </li>
        </Fragment>
      ))}
    </ol>
  );
}

function Files({ model: { checkpoint } }: { model: ModelEntry }) {
  if (!checkpoint) return <p className={styles.quiet}>Shipped with this page; hashes are in its list of models.</p>;
  return (
    <div className={styles.scroll} role="region" aria-label="Files" tabIndex={0}>
      <table className={styles.table}>
        <TableHead columns={['file', 'size', 'SHA-256']} />
        <tbody>
          {checkpoint.files.map(({ path, sizeBytes, sha256 }) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              <td>{formatBytes(sizeBytes)}</td>
              <td>
                <code title={sha256}>{sha256.slice(0, 16)}…</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Opened from the list. */
export function DetailsDialog({ model, models, runs, onClose }: DetailsProps & { onClose: () => void }) {
  const dependents = dependentsOf(model.id, models);
  const metrics = Object.entries(model.metrics);
  return (
    <Modal opened onClose={onClose} title={model.name} size={680}>
      <h3>Lineage</h3>
      <Lineage model={model} models={models} runs={runs} />
      {dependents.length > 0 ? (
        <p className={styles.quiet}>Built on it: {dependents.map(({ name }) => name).join(', ')}. Without it they could not be loaded.</p>
      ) : null}
      <h3>Files</h3>
      <Files model={model} />
      <h3>Metrics</h3>
      {metrics.length === 0 ? (
        <p className={styles.quiet}>None recorded.</p>
      ) : (
        <dl className={styles.allMetrics}>
          {metrics.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{formatValue(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {model.checkpoint ? <p className={styles.note}>Stored {formatDate(model.checkpoint.createdAt)}.</p> : null}
    </Modal>
  );
}
