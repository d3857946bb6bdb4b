// Percentile bootstrap: how much numbers would move with another sample of the same size. Seeded, so that reports repeat.
import { RandomStream } from '../random.ts';

export interface Interval {
  low: number;
  high: number;
  /** Resamples in which the statistic existed. */
  resamples: number;
  /** Absent: percentiles of the resamples. */
  method?: 'wilson';
}

export interface BootstrapOptions {
  seed: number;
  /** 1000 unless told. */
  resamples?: number;
  /** Share of the resamples inside the interval; 0.95 unless told. */
  level?: number;
}

/** Statistics of one resample by name; null where one does not exist (one class only), which is then left out. */
export type Statistics = Readonly<Record<string, number | null>>;

function quantile(ascending: readonly number[], share: number): number {
  const at = share * (ascending.length - 1);
  const below = Math.floor(at);
  const low = ascending[below] ?? NaN;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] ?? NaN;
  return low + (high - low) * (at - below);
}

function intervalOf(values: number[], level: number): Interval {
  values.sort((a, b) => a - b);
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2), resamples: values.length };
}

/**
 * Intervals of several statistics of the same resamples, resample by resample: whoever draws them may rest between two.
 * @param strata each is drawn by itself, as often as it has samples; one stratum is the ordinary bootstrap
 * @returns by name; a statistic that never existed has none
 */
export function* bootstrapSteps<T>(
  strata: readonly (readonly T[])[],
  statistics: (resample: T[][]) => Statistics,
  { seed, resamples = 1000, level = 0.95 }: BootstrapOptions,
): Generator<void, Record<string, Interval>> {
  if (strata.every((stratum) => stratum.length === 0)) return {};
  const random = RandomStream.fromText(`${seed}/bootstrap`);
  const values = new Map<string, number[]>();
  for (let i = 0; i < resamples; i++) {
    const drawn = statistics(strata.map((stratum) => stratum.map(() => random.pick(stratum))));
    for (const [name, value] of Object.entries(drawn)) {
      if (value === null) continue;
      const known = values.get(name);
      if (known) known.push(value);
      else values.set(name, [value]);
    }
    yield;
  }
  return Object.fromEntries([...values].map(([name, found]) => [name, intervalOf(found, level)]));
}

/**
 * Interval of one statistic, at once.
 * @param statistic of a resample; null where it does not exist
 * @returns null without samples or when the statistic never existed
 */
export function bootstrapInterval<T>(
  samples: readonly T[],
  statistic: (resample: T[]) => number | null,
  options: BootstrapOptions,
): Interval | null {
  const steps = bootstrapSteps([samples], ([resample = []]) => ({ value: statistic(resample) }), options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value['value'] ?? null;
  }
}

/** False where every resample gave the same value: the sample holds no case that could tell how far the figure may be off. */
export function hasSpread({ low, high }: Pick<Interval, 'low' | 'high'>): boolean {
  return high > low;
}
