// Real, fake or unparsed as a word with a shape: colour is never alone.
import styles from './LabelMark.module.css';

export interface LabelMarkProps {
  label: 'real' | 'fake' | 'unparsed' | null;
  /** Words after the label, such as "predicted". */
  children?: string;
}

const SHAPES = { real: '○', fake: '◆', unparsed: '–' };

/** A label; null reads "no label". */
export function LabelMark({ label, children }: LabelMarkProps) {
  return (
    <span className={styles.mark} data-label={label ?? 'none'}>
      <span aria-hidden>{label ? SHAPES[label] : '·'}</span> {label ?? 'no label'}
      {children ? ` ${children}` : ''}
    </span>
  );
}
