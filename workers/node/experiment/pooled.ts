// One method over another on several benchmarks together: over pictures, and over trainings.
import { averageGain, gainsBySeed, type TableCell } from './table.ts';

/** 97.5 % quantiles of Student's t for 1 to 11 degrees of freedom, as in any table of it. */
const T_975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201];

/**
 * A line like averageGain's for the benchmarks together, each held-out domain of each benchmark a fold of its own, then the gain of every
 * training (a policy seed on a benchmark) and the interval of their mean by Student's t, which is what a lead between two methods needs.
 *
 * @param benchmarks the cells of each benchmark by its seed
 */
export function pooledGain(benchmarks: ReadonlyMap<number, readonly TableCell[]>, method: string, base: string): string {
  const cells = [...benchmarks].flatMap(([seed, own]) => own.map((cell) => ({ ...cell, domain: `${cell.domain} ${seed}` })));
  const gains = [...benchmarks.values()].flatMap((own) => gainsBySeed(own, method, base));
  const [line] = averageGain(cells, method, base).split('; seeds');
  return `${line ?? ''}; trainings ${gains.map((gain) => gain.toFixed(1)).join(', ')}${trainingInterval(gains)}`;
}

/** @param gains F1 points, one a training */
function trainingInterval(gains: readonly number[]): string {
  const n = gains.length;
  const quantile = T_975[n - 2];
  if (quantile === undefined) return '';
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / n;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (n - 1);
  const half = quantile * Math.sqrt(variance / n);
  return ` (mean ${mean.toFixed(1)} [${(mean - half).toFixed(1)}, ${(mean + half).toFixed(1)}])`;
}
