// A delete button in a row of a list that asks once before it acts.
import { useEffect, useRef, useState } from 'react';
import styles from './Table.module.css';

export interface DeleteActionProps {
  /** What would be deleted, for screen readers. */
  name: string;
  /** The second, deciding button: "Delete its answers". */
  confirm: string;
  /** Of the first button, where its row does not say what goes: "Delete everything". */
  label?: string;
  disabled?: boolean;
  onDelete: () => void;
}

/** The focus goes to Keep, so that a key pressed twice deletes nothing, and back from there. */
export function DeleteAction({ name, confirm, label = 'Delete', disabled = false, onDelete }: DeleteActionProps) {
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
        className={styles.actionWord}
        disabled={disabled}
        onClick={() => setAsks(true)}
        aria-label={`Delete ${name}`}
      >
        {label}
      </button>
    );
  }
  return (
    <span className={styles.links} role="group" aria-label={`Delete ${name}?`}>
      <button
        type="button"
        className={styles.actionWord}
        disabled={disabled}
        onClick={({ detail }) => {
          if (detail < 2) onDelete(); // it stands where the first button stood: the end of a double click decides nothing
        }}
      >
        {confirm}
      </button>
      <button ref={button} type="button" className={styles.actionWord} onClick={() => setAsks(false)}>
        Keep
      </button>
    </span>
  );
}
