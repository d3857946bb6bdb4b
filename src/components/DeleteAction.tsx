// A delete button in a row of a list that asks once before it acts.
import { useState } from 'react';
import styles from './Table.module.css';

export interface DeleteActionProps {
  /** What would be deleted, for screen readers. */
  name: string;
  /** The second, deciding button: "Delete its answers". */
  confirm: string;
  disabled?: boolean;
  onDelete: () => void;
}

export function DeleteAction({ name, confirm, disabled = false, onDelete }: DeleteActionProps) {
  const [asks, setAsks] = useState(false);
  if (!asks) {
    return (
      <button type="button" className={styles.textButton} disabled={disabled} onClick={() => setAsks(true)} aria-label={`Delete ${name}`}>
        Delete
      </button>
    );
  }
  return (
    <span className={styles.links}>
      <button type="button" className={styles.textButton} onClick={onDelete}>
        {confirm}
      </button>
      <button type="button" className={styles.textButton} onClick={() => setAsks(false)}>
        Keep
      </button>
    </span>
  );
}
