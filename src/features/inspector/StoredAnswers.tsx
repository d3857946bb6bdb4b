// Which of the known answers to this image is on show: the one asked for just now, or one of a stored evaluation.
import type { StoredAnswer } from '../../state/inspection.ts';
import { describeStored } from './reading.ts';
import styles from './Inspector.module.css';

export interface StoredAnswersProps {
  /** Of the chosen model, newest evaluation first. */
  stored: readonly StoredAnswer[];
  hasFresh: boolean;
  /** Evaluation of the shown answer; null: the one asked for just now. */
  shown: string | null;
  onChoose: (evalId: string | null) => void;
}

/** Nothing where there is no choice. */
export function StoredAnswers({ stored, hasFresh, shown, onChoose }: StoredAnswersProps) {
  if (stored.length + (hasFresh ? 1 : 0) < 2) return null;
  return (
    <label className={styles.inlineField}>
      Answer
      <select
        className={styles.select}
        data-testid="stored-answers"
        value={shown ?? ''}
        onChange={(event) => onChoose(event.currentTarget.value || null)}
      >
        {hasFresh ? <option value="">asked just now</option> : shown === null ? <option value="">none on show</option> : null}
        {stored.map(({ evaluation }) => (
          <option key={evaluation.id} value={evaluation.id}>
            {describeStored(evaluation)}
          </option>
        ))}
      </select>
    </label>
  );
}
