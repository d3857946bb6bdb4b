// How far an evaluation is, with pause and resume.
import { Button, Progress } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { formatCount, formatDuration, formatPlural } from '../../../components/format.ts';
import { Spoken, spokenShare } from '../../../components/Spoken.tsx';
import { WorkingButton } from '../../../components/WorkingButton.tsx';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import type { LiveEvaluation } from '../../../state/evaluation-state.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { isInterrupted } from '../../../state/interrupted.ts';
import { useElsewhereId, useWriterReason } from '../../../state/writer.ts';
import styles from '../Evaluation.module.css';

interface Standing {
  live: LiveEvaluation | null;
  isWaiting: boolean;
  done: number;
  elsewhereId: string | null | undefined;
}

function stateText(record: EvalRecord, { live, isWaiting, done, elsewhereId }: Standing): string {
  if (elsewhereId === record.id) return 'Another tab works on it; this one follows.';
  if (isWaiting) return 'Waits for the evaluation in progress.';
  const total = record.sampleIds.length;
  if (live?.stopping) return 'Pauses after the current image.';
  if (live) {
    if (done === 0) return 'Loading the model; the first answer follows.';
    return live.etaMs === null ? 'Remaining time after 5 answers.' : `About ${formatDuration(live.etaMs)} left.`;
  }
  if (record.state === 'done') return `Finished: all ${formatCount(total)} images.`;
  if (isInterrupted(record, { liveId: elsewhereId, waiting: [] }))
    return 'Interrupted: the page was closed or reloaded. All answers so far are stored; it goes on with the next image.';
  return `${formatPlural(total - done, 'image')} left.`;
}

/** Stays on top of the report until the evaluation is done. */
export function ProgressPanel({ record, done }: { record: EvalRecord; done: number }) {
  const { pause, resume } = EvaluationStore.useApi().getState();
  const live = EvaluationStore.use((state) => (state.live?.evalId === record.id ? state.live : null));
  const isWaiting = EvaluationStore.use((state) => state.waiting.includes(record.id));
  const elsewhereId = useElsewhereId();
  const offReason = useWriterReason();
  const total = record.sampleIds.length;
  const words = stateText(record, { live, isWaiting, done, elsewhereId });
  return (
    <section className={styles.progress} data-testid="eval-progress" data-done={done} data-total={total} aria-label="Progress">
      <div className={styles.progressRow}>
        <span>
          <b>{formatCount(done)}</b> of {formatPlural(total, 'image')}
        </span>
        <span className={styles.muted}>{words}</span>
        <Spoken words={live && !live.stopping && done > 0 ? spokenShare(done, total, 'the images') : words} />
        <span className={styles.buttons}>
          {live ? (
            <WorkingButton
              variant="default"
              data-testid="eval-pause"
              isWorking={live.stopping}
              leftSection={<IconPlayerPause size={15} aria-hidden />}
              onClick={() => void pause()}
            >
              Pause
            </WorkingButton>
          ) : record.state !== 'done' ? (
            <Button
              data-testid="eval-resume"
              disabled={isWaiting || offReason !== undefined}
              title={offReason}
              leftSection={<IconPlayerPlay size={15} aria-hidden />}
              onClick={() => void resume(record.id)}
            >
              Resume
            </Button>
          ) : null}
        </span>
      </div>
      <Progress value={total === 0 ? 0 : (100 * done) / total} size="sm" aria-label={`${done} of ${total} images`} />
    </section>
  );
}
