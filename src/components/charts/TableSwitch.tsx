// The button between a drawing and its table twin.
import styles from '../Controls.module.css';

export interface TableSwitchProps {
  /** Name of the drawing, for screen readers. */
  label: string;
  isTable: boolean;
  onChange: (isTable: boolean) => void;
  /** What the button calls the drawing. */
  drawing?: string;
}

/** Says what a click shows. */
export function TableSwitch({ label, isTable, onChange, drawing = 'Chart' }: TableSwitchProps) {
  return (
    <button
      type="button"
      className={styles.quietButton}
      aria-pressed={isTable}
      aria-label={`${label}: show as table`}
      onClick={() => onChange(!isTable)}
    >
      {isTable ? drawing : 'Table'}
    </button>
  );
}
