// Which engine runs and why, whether it computes correctly, and what is stored.
import '../../theme/mantine-forms.ts';
import { Button, Progress } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { describeEngine } from '../../components/engine-words.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, formatCount } from '../../components/format.ts';
import { Page, Panel } from '../../components/Page.tsx';
import { EngineStore, useIsGpu } from '../../state/engine.ts';
import { BundlePanel } from './BundlePanel.tsx';
import styles from './DevicePage.module.css';
import { EngineFacts } from './EngineFacts.tsx';
import { ErrorLogPanel } from './ErrorLogPanel.tsx';
import { JournalPanel } from './JournalPanel.tsx';
import { NetworkPanel } from './NetworkPanel.tsx';
import { StoragePanel } from './StoragePanel.tsx';
import { StoredItems } from './StoredItems.tsx';

/** `#/device` */
export function DevicePage() {
  return (
    <Page title="Device & storage" lead="What computes, whether it computes correctly, and what this browser keeps.">
      <div className={styles.columns}>
        <EnginePanel />
        <SelfTestPanel />
      </div>
      <StoragePanel />
      <BundlePanel />
      <StoredItems />
      <NetworkPanel />
      <ErrorLogPanel />
      <JournalPanel />
    </Page>
  );
}

function EnginePanel() {
  const status = EngineStore.use((state) => state.status);
  const error = EngineStore.use((state) => state.error);
  const message = EngineStore.use((state) => state.message);
  const engine = EngineStore.useApi();
  return (
    <Panel title="Engine" aside={status ? describeEngine(status) : undefined}>
      {error ? <ErrorNotice error={error} action={{ label: 'Start again', onClick: () => void engine.getState().start() }} /> : null}
      {status ? <EngineFacts status={status} /> : <p className={styles.quiet}>{message || 'Starting…'}</p>}
      {status ? <MemoryLine /> : null}
    </Panel>
  );
}

const MEMORY_INTERVAL_MS = 3000;

function MemoryLine() {
  const memory = EngineStore.use((state) => state.memory);
  const engine = EngineStore.useApi();
  useEffect(() => {
    const read = () => void engine.getState().refreshMemory();
    read();
    const timer = setInterval(read, MEMORY_INTERVAL_MS);
    return () => clearInterval(timer);
  }, [engine]);
  if (!memory) return null;
  return (
    <p className={styles.quiet}>
      {formatCount(memory.numTensors)} tensors, {formatBytes(memory.liveBytes)} in use of {formatBytes(memory.reservedBytes)} reserved.
    </p>
  );
}

function SelfTestPanel() {
  const test = EngineStore.use((state) => state.selfTest);
  const isReady = EngineStore.use((state) => state.phase === 'ready');
  const isGpu = useIsGpu();
  const engine = EngineStore.useApi();
  const failed = test.checks?.filter(({ ok }) => !ok).length ?? 0;
  return (
    <Panel
      title="Self-test"
      aside={
        <Button variant="default" onClick={() => void engine.getState().runSelfTest()} disabled={!isReady} loading={test.running}>
          Run the self-test
        </Button>
      }
    >
      <p className={styles.quiet}>
        Compares every fused operation of this engine, forward and backward, with a plain reference computed on the spot.
      </p>
      {test.running ? (
        <Progress value={test.total > 0 ? (test.done / test.total) * 100 : 0} size={6} aria-label="Self-test progress" />
      ) : null}
      {test.error ? <ErrorNotice error={test.error} /> : null}
      {test.checks ? (
        <>
          <p className={failed > 0 ? styles.failed : styles.passed} aria-live="polite">
            {failed > 0
              ? `${failed} of ${test.checks.length} checks failed. Do not trust results of this engine${isGpu ? '; put ?backend=simd before the # of the address to use the CPU instead' : ''}.`
              : `All ${test.checks.length} checks passed.`}
          </p>
          <ul className={styles.checks}>
            {test.checks.map(({ name, ok, detail }) => (
              <li key={name} data-ok={ok}>
                {ok ? <IconCheck size={15} aria-label="passed" /> : <IconX size={15} aria-label="failed" />}
                <span>{name}</span>
                <span className={styles.detail}>{detail}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </Panel>
  );
}
