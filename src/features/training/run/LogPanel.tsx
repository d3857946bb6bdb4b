// The log of a run: steps, probes, checkpoints and how it ended. Closed at first, and then costs nothing.
import { useState } from 'react';
import { Panel } from '../../../components/Page.tsx';
import { usePrinting } from '../../../components/use-printing.ts';
import type { CheckpointRecord, RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import { RunStore } from '../../../state/run.ts';
import { runLog } from './run-log.ts';
import styles from '../Training.module.css';

const LINES = 100;
const NONE: CheckpointRecord[] = [];

function Lines({ run, steps }: { run: RunRecord; steps: readonly StepRecord[] }) {
  const checkpoints = RunStore.use((state) => state.checkpoints[run.id]) ?? NONE;
  const lines = runLog(run, steps, checkpoints, LINES);
  return (
    <div className={styles.log} role="region" aria-label="Log, newest first" tabIndex={0}>
      <ol>
        {lines.map(({ timestamp, step, kind, text }) => (
          <li key={`${kind}-${step}-${text}`} data-testid="log-line" data-kind={kind}>
            <time dateTime={new Date(timestamp).toISOString()}>{new Date(timestamp).toLocaleTimeString()}</time> step {step} <b>{kind}</b>{' '}
            {text}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The panel below the charts. */
export function LogPanel({ run, steps }: { run: RunRecord; steps: readonly StepRecord[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const isPrinting = usePrinting();
  return (
    <Panel
      title="Log"
      aside={
        <button
          type="button"
          className={styles.textButton}
          aria-expanded={isOpen}
          data-testid="log-toggle"
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? 'Hide' : `Show the newest ${LINES} lines`}
        </button>
      }
    >
      {isOpen || isPrinting ? <Lines run={run} steps={steps} /> : null}
    </Panel>
  );
}
