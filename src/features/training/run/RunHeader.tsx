// State of a run: step, phase inside the step, remaining time, and what can be done with it now.
import { Button, Progress } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconDeviceFloppy } from '@tabler/icons-react';
import { formatDuration, formatPlural } from '../../../components/format.ts';
import { Spoken, spokenShare } from '../../../components/Spoken.tsx';
import { WorkingButton } from '../../../components/WorkingButton.tsx';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import { isInterrupted } from '../../../state/interrupted.ts';
import type { LiveRun } from '../../../state/run-state.ts';
import { RunStore } from '../../../state/run.ts';
import { useElsewhereId, useFollowedRun, useWriterReason } from '../../../state/writer.ts';
import { ChangeSettings, changeSentence } from './ChangeSettings.tsx';
import { KeepAwake } from './KeepAwake.tsx';
import { PHASES } from './phases.ts';
import { RunFigures } from './RunFigures.tsx';
import { runSentence, type RunStanding } from './run-sentence.ts';
import styles from '../Training.module.css';

export interface RunHeaderProps {
  run: RunRecord;
  live: LiveRun | null;
  steps: readonly StepRecord[];
}

/** The state as people read it; an interrupted run is paused until it is resumed. */
export function shownState(run: RunRecord, { live, waiting, elsewhereId }: RunStanding): RunRecord['state'] {
  if (waiting.includes(run.id)) return 'queued';
  if (live && run.state === 'queued') return 'running'; // nothing is before it: its model is being loaded
  return isInterrupted(run, { liveId: live?.runId ?? elsewhereId, waiting }) ? 'paused' : run.state;
}

/** Parts of a step with the share that is done; times of the last step where the phase is over. */
function PhaseBar({ live, lastStep }: { live: LiveRun | null; lastStep: StepRecord | undefined }) {
  const active = live?.phase?.phase ?? null;
  const known = PHASES.filter(({ phase }) => phase === active || lastStep?.phaseMs[phase] !== undefined);
  const shown = known.length > 0 ? known : PHASES.slice(0, 4);
  const current = live?.phase;
  return (
    <ol className={styles.phases} aria-label="Phases of a step">
      {shown.map(({ phase, label }) => {
        const elapsedMs = lastStep?.phaseMs[phase];
        const share = current && phase === active && current.total > 0 ? current.done / current.total : 0;
        return (
          <li key={phase} data-active={phase === active || undefined} style={{ flexGrow: Math.max(1, Math.sqrt(elapsedMs ?? 0) / 8) }}>
            <span className={styles.phaseFill} data-drawn style={{ width: `${100 * share}%` }} />
            <span className={styles.phaseName}>{label}</span>
            <span className={styles.phaseTime}>
              {phase === active && current && current.total > 0
                ? `${current.done}/${current.total}`
                : elapsedMs === undefined
                  ? ''
                  : formatDuration(elapsedMs)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Controls({ run, live, isFollowed }: Pick<RunHeaderProps, 'run' | 'live'> & { isFollowed: boolean }) {
  const { control, resume } = RunStore.useApi().getState();
  const isWaiting = RunStore.use((state) => state.waiting.includes(run.id));
  const { dequeue } = RunStore.useApi().getState();
  const reason = useWriterReason();
  const canResume = !live && !isFollowed && !isWaiting && run.state !== 'done' && run.state !== 'stopped';
  return (
    <div className={styles.buttons}>
      {live || isFollowed ? (
        <>
          <WorkingButton
            variant="default"
            data-testid="train-pause"
            isWorking={isFollowed || (live?.stopping ?? false)}
            title={reason}
            leftSection={<IconPlayerPause size={15} aria-hidden />}
            onClick={() => void control('pause')}
          >
            Pause
          </WorkingButton>
          <WorkingButton
            variant="default"
            data-testid="train-stop"
            isWorking={isFollowed || (live?.stopping ?? false)}
            title={reason}
            leftSection={<IconPlayerStop size={15} aria-hidden />}
            onClick={() => void control('stop')}
          >
            Stop
          </WorkingButton>
          <Button
            variant="default"
            data-testid="train-checkpoint"
            disabled={isFollowed}
            title={reason}
            leftSection={<IconDeviceFloppy size={15} aria-hidden />}
            onClick={() => void control('checkpoint')}
          >
            Checkpoint now
          </Button>
        </>
      ) : null}
      {isWaiting ? (
        <Button variant="default" data-testid="train-dequeue" onClick={() => dequeue(run.id)}>
          Take out of the queue
        </Button>
      ) : null}
      {canResume ? (
        <Button
          data-testid="train-resume"
          disabled={reason !== undefined}
          title={reason}
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          onClick={() => void resume(run.id)}
        >
          Resume
        </Button>
      ) : null}
    </div>
  );
}

/** The head of the run page; also `run-status` for tests. */
export function RunHeader({ run, live, steps }: RunHeaderProps) {
  const lastStep = steps.at(-1);
  const waiting = RunStore.use((state) => state.waiting);
  const followed = useFollowedRun(run.id);
  const shown = live ?? followed;
  const standing = { live: shown, waiting, elsewhereId: useElsewhereId() };
  const state = shownState(run, standing);
  const words = runSentence(run, standing);
  return (
    <section
      className={styles.status}
      data-testid="run-status"
      data-run-id={run.id}
      data-state={state}
      data-followed={followed !== null}
      data-step={run.step}
      data-max-steps={run.maxSteps}
      aria-label="State of the run"
    >
      <div className={styles.statusRow}>
        <span className={styles.state} data-state={state}>
          {state}
        </span>
        <span className={styles.stepCount}>
          step <b>{run.step}</b> of {run.maxSteps}
        </span>
        <Spoken
          words={shown && !shown.stopping && run.step > 0 ? spokenShare(run.step, run.maxSteps, 'the steps') : `${state}. ${words}`}
        />
        <span className={styles.muted}>
          {words}
          {followed ? ' Another tab trains it; the buttons are off here.' : ''}
          {run.skippedSteps > 0 ? ` ${formatPlural(run.skippedSteps, 'step')} skipped because of numbers that are not finite.` : ''}
        </span>
        <Controls run={run} live={live} isFollowed={followed !== null} />
      </div>
      <Progress
        size="sm"
        value={run.maxSteps > 0 ? (100 * run.step) / run.maxSteps : 0}
        aria-label={`Step ${run.step} of ${run.maxSteps}`}
      />
      {shown || lastStep ? <PhaseBar live={shown} lastStep={lastStep} /> : null}
      <RunFigures run={run} live={shown} steps={steps} />
      <KeepAwake isWorking={live !== null} />
      {run.changes?.length ? <p className={styles.muted}>{changeSentence(run)}</p> : null}
      {state === 'paused' && followed === null && !run.importedFrom ? <ChangeSettings key={run.step} run={run} /> : null}
    </section>
  );
}
