// Values of one metric from the ends of a run's steps. Long runs are judged after every step, so the middle is not looked at.
import type { StepRecord } from '../../../shared/domain/run.ts';

/** Steps over which a figure is averaged. */
export const WINDOW = 5;

/** The newest values of a metric, oldest first; steps without it are passed over, older ones are not looked at. */
export function newestValues(steps: readonly StepRecord[], name: string, count: number): number[] {
  const values: number[] = [];
  for (let i = steps.length - 1; i >= 0 && values.length < count; i--) {
    const value = steps[i]?.metrics[name];
    if (value !== undefined) values.push(value);
  }
  return values.reverse();
}

/** The first values of a metric. */
export function firstValues(steps: readonly StepRecord[], name: string, count: number): number[] {
  const values: number[] = [];
  for (let i = 0; i < steps.length && values.length < count; i++) {
    const value = steps[i]?.metrics[name];
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** NaN for none. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of the first and of the last five values; null below 6 values, where they would be nearly the same. */
export function startAndNow(steps: readonly StepRecord[], name: string): { start: number; now: number } | null {
  const newest = newestValues(steps, name, WINDOW + 1);
  if (newest.length <= WINDOW) return null;
  return { start: mean(firstValues(steps, name, WINDOW)), now: mean(newest.slice(-WINDOW)) };
}
