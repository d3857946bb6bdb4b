// One batch before the run: measured instead of estimated.
import { Button } from '@mantine/core';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { FactTable } from '../../../components/FactTable.tsx';
import { formatBytes, formatDuration, formatFigure, formatValue } from '../../../components/format.ts';
import type { DryRunReport } from '../../../shared/domain/preview.ts';
import type { PreviewRequest } from '../../../state/preview.ts';
import { previewKey, PreviewStore } from '../../../state/preview.ts';
import { PHASES } from '../run/phases.ts';
import styles from './Preview.module.css';

function Report({ report, isOld }: { report: DryRunReport; isOld: boolean }) {
  const { phaseMs, stepMs, probeMs, totalMs, peakBytes, reservedBytes, tokensPerSecond, metrics, skipped, stateBytes } = report;
  const rows = [
    ...PHASES.flatMap(({ phase, label }) => (phaseMs[phase] === undefined ? [] : [[label, formatDuration(phaseMs[phase])] as const])),
    ['One step', formatDuration(stepMs)] as const,
    ...(probeMs === null ? [] : [['One probe', `about ${formatDuration(probeMs)}`] as const]),
    ...(tokensPerSecond === null ? [] : [['Generating', `${formatFigure(tokensPerSecond, 0)} tokens/s`] as const]),
    ['Tensors at the peak', formatBytes(peakBytes)] as const,
    ['Held by the engine', formatBytes(reservedBytes)] as const,
    ['Stored per step', formatBytes(stateBytes)] as const,
    ['Loss, gradient norm', `${formatValue(metrics.loss ?? null)}, ${formatValue(metrics.grad_norm ?? null)}`] as const,
  ];
  return (
    <div data-testid="dry-run-report" data-step-ms={stepMs} data-peak-bytes={peakBytes} data-old={isOld || undefined}>
      <p className={styles.total}>
        The whole run: about <b>{formatDuration(totalMs)}</b>
        {isOld ? <span className={styles.muted}> with other settings</span> : null}
      </p>
      <FactTable className={styles.figures} rows={rows} />
      <p className={styles.muted}>
        {skipped ? 'Loss or gradient was not finite: lower the learning rate before you start. ' : ''}
        Measured on the first batch and thrown away: nothing is stored, the weights are as before.
      </p>
    </div>
  );
}

/** The button with its report; waits for a job that runs. */
export function DryRun({ request, isValid, isBusy }: { request: PreviewRequest; isValid: boolean; isBusy: boolean }) {
  const { dryRun, phase, runDry, cancel } = PreviewStore.use((state) => state);
  const label = PHASES.find((one) => one.phase === phase?.phase)?.label;
  return (
    <div className={styles.dryRun}>
      <div className={styles.actions}>
        <Button
          variant="default"
          data-testid="dry-run"
          disabled={!isValid || isBusy}
          loading={dryRun.isRunning}
          onClick={() => void runDry(request)}
        >
          Try one batch
        </Button>
        {dryRun.isRunning ? (
          <>
            <Button variant="default" onClick={() => cancel('dryRun')}>
              Cancel
            </Button>
            <span className={styles.muted}>
              {label ? `${label}${phase && phase.total > 1 ? ` ${phase.done}/${phase.total}` : ''}` : 'Loading the model'}
            </span>
          </>
        ) : null}
        {isBusy ? <span className={styles.muted}>A run is in progress; it has the engine to itself.</span> : null}
      </div>
      {dryRun.error ? <ErrorNotice error={dryRun.error} /> : null}
      {dryRun.result ? <Report report={dryRun.result} isOld={dryRun.key !== previewKey(request, 'dryRun')} /> : null}
    </div>
  );
}
