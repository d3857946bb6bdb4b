// Values of the training form as text.
import type { FieldValue, TrainField } from './fields/field.ts';

/** `0.0001` stays readable and exact: `1e-4`, `0.01`, `4294967295`. */
export function formatFieldNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e12) ? value.toExponential() : String(value);
}

/** A value as the form shows it: a switch is on or off, a choice has its label. */
export function fieldValueText(field: TrainField, value: FieldValue): string {
  if (typeof value === 'number') return formatFieldNumber(value);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const known = field.kind === 'choice' ? field.choices.find((option) => option.value === value) : undefined;
  return known?.label ?? value;
}
