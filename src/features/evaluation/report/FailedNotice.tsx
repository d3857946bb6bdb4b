// "12 of 200 failed": how many, why, and a way to ask only those again.
import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { formatCount } from '../../../components/format.ts';
import type { AnswerRecord } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import styles from '../Evaluation.module.css';

interface FailedNoticeProps {
  record: EvalRecord;
  answers: readonly AnswerRecord[];
  isLive: boolean;
  /** Opens the list of the failed images with their reasons. */
  onList: () => void;
}

/** Reasons with their counts, most frequent first. */
function reasonsOf(failed: readonly AnswerRecord[]): string {
  const counts = new Map<string, number>();
  for (const { failure } of failed) if (failure) counts.set(failure.code, (counts.get(failure.code) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${count}×`)
    .join(', ');
}

export function FailedNotice({ record, answers, isLive, onList }: FailedNoticeProps) {
  const retryFailed = EvaluationStore.use((state) => state.retryFailed);
  const isWaiting = EvaluationStore.use((state) => state.waiting.includes(record.id));
  const failed = answers.filter(({ failure }) => failure);
  if (failed.length === 0) return null;
  return (
    <section className={styles.failed} data-testid="eval-failed" data-failed={failed.length} aria-label="Failed images">
      <p>
        <b>
          {formatCount(failed.length)} of {formatCount(record.sampleIds.length)} failed
        </b>{' '}
        ({reasonsOf(failed)}). They count against coverage; all other answers are unharmed.
      </p>
      <div className={styles.tools}>
        <button type="button" className={styles.textButton} onClick={onList}>
          List them with their reasons
        </button>
        {record.imported ? null : (
          <Button
            variant="default"
            data-testid="eval-retry-failed"
            disabled={isLive || isWaiting}
            leftSection={<IconRefresh size={14} aria-hidden />}
            onClick={() => void retryFailed(record.id)}
          >
            Retry failed only
          </Button>
        )}
      </div>
    </section>
  );
}
