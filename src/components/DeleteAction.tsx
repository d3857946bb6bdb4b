// A delete button in a row of a list that asks once before it acts.
import { useEffect, useRef, useState } from 'react';
import styles from './Table.module.css';

export interface DeleteActionProps {
  /** What would be deleted, for screen readers. */
  name: string;
  /** The second, deciding button: "Delete its answers". */
  confirm: string;
  disabled?: boolean;
  onDelete: () => void;
}

/** The focus goes to Keep, so that a key pressed twice deletes nothing, and back from there. */
export function DeleteAction({ name, confirm, disabled = false, onDelete }: DeleteActionProps) {
  const [asks, setAsks] = useState<boolean | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asks !== null) button.current?.focus();
  }, [asks]);
  if (!asks) {
    return (
      <button
        ref={button}
        type="button"
        className={styles.textButton}
        disabled={disabled}
        onClick={() => setAsks(true)}
        aria-label={`Delete ${name}`}
      >
        Delete
      </button>
    );
  }
  return (
    <span className={styles.links} role="group" aria-label={`Delete ${name}?`}>
      <button type="button" className={styles.textButton} onClick={onDelete}>
        {confirm}
      </button>
      <button ref={button} type="button" className={styles.textButton} onClick={() => setAsks(false)}>
        Keep
      </button>
    </span>
  );
}
