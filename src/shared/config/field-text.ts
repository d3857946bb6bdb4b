// Numbers of the training form as text.

/** `0.0001` stays readable and exact: `1e-4`, `0.01`, `4294967295`. */
export function formatFieldNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e12) ? value.toExponential() : String(value);
}
