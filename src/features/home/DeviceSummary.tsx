import { Link } from 'react-router';
import { describeEngine } from '../../components/engine-words.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import { EngineStore } from '../../state/engine.ts';
import { StorageStore } from '../../state/storage.ts';
import styles from './HomePage.module.css';

/** Whether this machine is ready, in three lines. */
export function DeviceSummary() {
  const status = EngineStore.use((state) => state.status);
  const error = EngineStore.use((state) => state.error);
  const message = EngineStore.use((state) => state.message);
  const engine = EngineStore.useApi();
  return (
    <Panel title="This machine" className={styles.wide} aside={<Link to="/device">Check and details</Link>}>
      {error ? (
        <ErrorNotice error={error} action={{ label: 'Start the engine again', onClick: () => void engine.getState().start() }} />
      ) : null}
      <dl className={styles.facts}>
        <dt>Engine</dt>
        <dd>{status ? describeEngine(status) : message || 'starting…'}</dd>
        {status ? (
          <>
            <dt>Why</dt>
            <dd>{status.reason}</dd>
          </>
        ) : null}
        <dt>Storage</dt>
        <dd>
          <StorageWords />
        </dd>
      </dl>
    </Panel>
  );
}

function StorageWords() {
  const used = StorageStore.use((state) => state.usedBytes);
  const quota = StorageStore.use((state) => state.quotaBytes);
  const persisted = StorageStore.use((state) => state.persisted);
  const error = StorageStore.use((state) => state.error);
  if (error) return <>Not available: {error.message}</>;
  return (
    <>
      {formatBytes(used)} used of {formatBytes(quota)},{' '}
      {persisted ? 'protected' : 'not protected: the browser may delete it when the disk runs full'}
    </>
  );
}
