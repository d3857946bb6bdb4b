// Which of the known answers to this image is on show: the one asked for just now, or one of a stored evaluation.
import type { StoredAnswer } from '../../state/inspection-state.ts';
import { ASKED_HERE, describeStored, type AskedReading } from './reading.ts';
import styles from './Inspector.module.css';

export interface StoredAnswersProps {
  /** Of the chosen model, newest evaluation first. */
  stored: readonly StoredAnswer[];
  /** The answer that was asked for here. */
  asked: AskedReading | null;
  /** The answer on show; null: none. */
  shown: AskedReading | null;
  onChoose: (from: string | null) => void;
}

/** Nothing where there is no choice. */
export function StoredAnswers({ stored, asked, shown, onChoose }: StoredAnswersProps) {
  const isChoice = stored.length + (asked ? 1 : 0) > 1 || stored.some(({ isEarlier }) => isEarlier); // such a one is not on show by itself
  if (!isChoice) return null;
  return (
    <label className={styles.inlineField}>
      Answer
      <select
        className={styles.select}
        data-testid="stored-answers"
        value={shown ? (shown.evalId ?? ASKED_HERE) : ''}
        onChange={(event) => onChoose(event.currentTarget.value || null)}
      >
        {shown ? null : <option value="">none on show</option>}
        {asked ? <option value={ASKED_HERE}>{asked.source}</option> : null}
        {stored.map((one) => (
          <option key={one.evaluation.id} value={one.evaluation.id}>
            {describeStored(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
