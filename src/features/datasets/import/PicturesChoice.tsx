// Copies, a link or thumbnails: what each takes, and which of them fit.
import { formatBytes } from '../../../components/format.ts';
import type { PicturesKept, PicturesOption } from './pictures-choice.ts';
import styles from './ImportDialog.module.css';

export interface PicturesChoiceProps {
  options: readonly PicturesOption[];
  value: PicturesKept;
  onChange: (value: PicturesKept) => void;
}

/** A group of radio buttons. */
export function PicturesChoice({ options, value, onChange }: PicturesChoiceProps) {
  return (
    <fieldset className={styles.pictures}>
      <legend>Pictures</legend>
      {options.map(({ value: kept, label, words, bytes, fits, refused }) => (
        <label key={kept} data-refused={refused !== null || undefined}>
          <input
            type="radio"
            name="pictures"
            value={kept}
            checked={kept === value}
            disabled={refused !== null}
            onChange={() => onChange(kept)}
            data-testid="import-pictures"
            data-bytes={Math.round(bytes)}
            data-fits={fits}
          />
          <span>
            <b>{label}</b>, {formatBytes(bytes)} of browser storage{fits ? '' : ', does not fit'}.{' '}
            <span className={styles.note}>{refused ?? words}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
