// Choice of a model or checkpoint by name, step and kind.
import { useId } from 'react';
import styles from './ModelSelect.module.css';

/** What the choice shows of a model. */
export interface ModelOption {
  id: string;
  name: string;
  kind: string;
  step: number;
}

export interface ModelSelectProps {
  models: readonly ModelOption[];
  /** null while none is chosen. */
  value: string | null;
  onChange: (modelId: string) => void;
  label?: string;
}

const describe = ({ name, kind, step }: ModelOption): string =>
  kind === 'built-in' ? `${name} (built in)` : `${name} · step ${step} · ${kind}`;

/** A native list, so that keyboard, screen reader and test drivers work as everywhere. */
export function ModelSelect({ models, value, onChange, label = 'Model' }: ModelSelectProps) {
  const id = useId();
  const isKnown = models.some((model) => model.id === value);
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={styles.select}
        data-testid="model-select"
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {isKnown ? null : (
          <option value={value ?? ''} disabled>
            {value ? `${value} (not here)` : 'No model yet'}
          </option>
        )}
        {models.map((model) => (
          <option key={model.id} value={model.id}>
            {describe(model)}
          </option>
        ))}
      </select>
    </div>
  );
}
