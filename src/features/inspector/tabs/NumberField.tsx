import { useState } from 'react';
import styles from './WhatIf.module.css';

export interface NumberFieldProps {
  label: string;
  value: number;
  min: number;
  max: number;
  /** May be handed a number beyond both ends while it is being typed. */
  onChange: (value: number) => void;
}

/** A number that can be typed anew: what stands in the field is left alone, empty or not, until the field is left. */
export function NumberField({ label, value, min, max, onChange }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <label className={styles.inline}>
      {label}
      <input
        type="number"
        min={min}
        max={max}
        value={typed ?? value}
        onChange={({ currentTarget: { value: text } }) => {
          setTyped(text);
          if (text !== '') onChange(Number(text));
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  );
}
