// Two systems on the same samples: exact McNemar test on the answers, DeLong test on the AUCs.
import type { Label } from '../domain/sample.ts';
import { Z95 } from './proportion.ts';
import { complementaryError } from './error-function.ts';

/** One sample with the answers of both systems; null = unparsed, counted as wrong. */
export interface PairedAnswer {
  label: Label;
  a: Label | null;
  b: Label | null;
}

export interface McNemarResult {
  onlyARight: number;
  onlyBRight: number;
  /** Two-sided; 1 when the systems never differ. */
  p: number;
}

/** P(X <= k) for X ~ Binomial(n, 1/2), summed in logarithms so that large n do not underflow. */
function halfBinomialTail(n: number, k: number): number {
  let logTerm = -n * Math.LN2;
  let total = Math.exp(logTerm);
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i);
    total += Math.exp(logTerm);
  }
  return total;
}

/** Exact two-sided binomial test of `first` against `second` of equally likely outcomes; 1 where there is none. */
export function signTest(first: number, second: number): number {
  const n = first + second;
  return n === 0 ? 1 : Math.min(1, 2 * halfBinomialTail(n, Math.min(first, second)));
}

/** Exact two-sided binomial test on the samples where exactly one system is right. */
export function mcNemarTest(answers: readonly PairedAnswer[]): McNemarResult {
  const onlyARight = answers.filter(({ label, a, b }) => a === label && b !== label).length;
  const onlyBRight = answers.filter(({ label, a, b }) => a !== label && b === label).length;
  return { onlyARight, onlyBRight, p: signTest(onlyARight, onlyBRight) };
}

/** One sample with P(fake) of both systems. */
export interface PairedScore {
  isFake: boolean;
  a: number;
  b: number;
}

export interface DeLongResult {
  aucA: number;
  aucB: number;
  /** 95 % interval of aucB - aucA from the same variance as the test. */
  low: number;
  high: number;
  z: number;
  /** Two-sided; 1 when both difference and variance are 0. */
  p: number;
}

/** Ranks from 1, ties share their mean rank. */
function midranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).toSorted((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i < to; i++) ranks[order[i] ?? 0] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** Placement values: for each fake the share of reals it beats, for each real the share of fakes that beat it. */
interface Placements {
  auc: number;
  fakes: number[];
  reals: number[];
}

function placements(fakes: readonly number[], reals: readonly number[]): Placements {
  const m = fakes.length;
  const n = reals.length;
  const together = midranks([...fakes, ...reals]);
  const ownFakes = midranks(fakes);
  const ownReals = midranks(reals);
  const ofFakes = ownFakes.map((rank, i) => ((together[i] ?? 0) - rank) / n);
  const ofReals = ownReals.map((rank, i) => 1 - ((together[m + i] ?? 0) - rank) / m);
  return { auc: ofFakes.reduce((sum, value) => sum + value, 0) / m, fakes: ofFakes, reals: ofReals };
}

/** Unbiased variance of the differences of two lists. */
function varianceOfDifference(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, i) => value - (b[i] ?? 0));
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  return differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (differences.length - 1);
}

/**
 * DeLong's test of two correlated AUCs (DeLong et al. 1988; ranks as in Sun and Xu 2014).
 * @returns null when a class has fewer than 2 samples
 */
export function deLongTest(samples: readonly PairedScore[]): DeLongResult | null {
  const fakes = samples.filter((sample) => sample.isFake);
  const reals = samples.filter((sample) => !sample.isFake);
  if (fakes.length < 2 || reals.length < 2) return null;
  const a = placements(
    fakes.map((sample) => sample.a),
    reals.map((sample) => sample.a),
  );
  const b = placements(
    fakes.map((sample) => sample.b),
    reals.map((sample) => sample.b),
  );
  // Var(A - B) = var(a) + var(b) - 2 cov(a, b), which is the variance of the placement differences.
  const variance = varianceOfDifference(a.fakes, b.fakes) / fakes.length + varianceOfDifference(a.reals, b.reals) / reals.length;
  const difference = a.auc - b.auc;
  const z = difference === 0 ? 0 : difference / Math.sqrt(variance);
  const half = Z95 * Math.sqrt(variance);
  return {
    aucA: a.auc,
    aucB: b.auc,
    low: -difference - half,
    high: -difference + half,
    z,
    p: complementaryError(Math.abs(z) / Math.SQRT2),
  };
}
