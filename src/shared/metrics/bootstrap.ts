// Percentile bootstrap: how much a number would move with another sample of the same size. Seeded, so that reports repeat.
import { RandomStream } from '../random.ts';

export interface Interval {
  low: number;
  high: number;
  /** Resamples in which the statistic existed. */
  resamples: number;
}

export interface BootstrapOptions {
  seed: number;
  /** 1000 unless told. */
  resamples?: number;
  /** Share of the resamples inside the interval; 0.95 unless told. */
  level?: number;
}

function quantile(ascending: readonly number[], share: number): number {
  const at = share * (ascending.length - 1);
  const below = Math.floor(at);
  const low = ascending[below] ?? NaN;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] ?? NaN;
  return low + (high - low) * (at - below);
}

/**
 * Interval of a statistic, resample by resample: whoever draws it may rest between two of them.
 * @param statistic of a resample; null where it does not exist (one class only), which is then left out
 * @returns null without samples or when the statistic never existed
 */
export function* bootstrapSteps<T>(
  samples: readonly T[],
  statistic: (resample: T[]) => number | null,
  { seed, resamples = 1000, level = 0.95 }: BootstrapOptions,
): Generator<void, Interval | null> {
  if (samples.length === 0) return null;
  const random = RandomStream.fromText(`${seed}/bootstrap`);
  const values: number[] = [];
  for (let i = 0; i < resamples; i++) {
    const value = statistic(samples.map(() => random.pick(samples)));
    if (value !== null) values.push(value);
    yield;
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2), resamples: values.length };
}

/** The same at once. */
export function bootstrapInterval<T>(
  samples: readonly T[],
  statistic: (resample: T[]) => number | null,
  options: BootstrapOptions,
): Interval | null {
  const steps = bootstrapSteps(samples, statistic, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
