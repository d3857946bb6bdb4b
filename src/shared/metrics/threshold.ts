// Where to cut P(fake): counts and error rates at a threshold, and the rules that choose one on validation images.
import type { ThresholdCounts, ThresholdRule } from '../domain/run.ts';
import type { ScoredSample } from './ranking.ts';

/** A score at or above the threshold counts as fake. */
export function countsAt(samples: readonly ScoredSample[], threshold: number): ThresholdCounts {
  const counts: ThresholdCounts = { tp: 0, fp: 0, tn: 0, fn: 0 };
  for (const { isFake, score } of samples) {
    if (score >= threshold) counts[isFake ? 'tp' : 'fp']++;
    else counts[isFake ? 'fn' : 'tn']++;
  }
  return counts;
}

/** Figures of counts; null where a class is missing. Precision and F1 are 0 on division by zero, as everywhere (metrics.md 6). */
export interface ThresholdRates {
  accuracy: number | null;
  precision: number;
  /** TPR, fake accuracy: share of fake images called fake. */
  recall: number | null;
  f1: number;
  /** Share of real images called fake. */
  fpr: number | null;
  balancedAccuracy: number | null;
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export function ratesOf({ tp, fp, tn, fn }: ThresholdCounts): ThresholdRates {
  const recall = share(tp, tp + fn);
  const fpr = share(fp, fp + tn);
  return {
    accuracy: share(tp + tn, tp + fp + tn + fn),
    precision: share(tp, tp + fp) ?? 0,
    recall,
    f1: share(2 * tp, 2 * tp + fp + fn) ?? 0,
    fpr,
    balancedAccuracy: recall === null || fpr === null ? null : (recall + 1 - fpr) / 2,
  };
}

/** Greatest false positive rate that the rule `fpr-5` allows on the validation images. */
const FPR_LIMIT = 0.05;

/** What a rule makes as large as possible; null where it refuses the threshold. */
function worth(counts: ThresholdCounts, rule: ThresholdRule): number | null {
  const { f1, recall, fpr, balancedAccuracy } = ratesOf(counts);
  if (rule === 'max-f1') return f1;
  if (rule === 'max-balanced-accuracy') return balancedAccuracy;
  return fpr !== null && fpr <= FPR_LIMIT ? recall : null;
}

export interface ChosenThreshold {
  value: number;
  counts: ThresholdCounts;
}

/** Halfway between two neighbouring scores: a threshold that no validation image decides alone. */
function* cuts(descending: readonly number[]): Generator<number> {
  for (const [i, score] of descending.entries()) {
    const below = descending[i + 1];
    if (below !== undefined && below !== score) yield (score + below) / 2;
  }
}

/**
 * Chooses a threshold. Candidates lie halfway between neighbouring distinct scores; 0 calls everything fake, and a value
 * above the greatest score nothing. Of equally good ones the greatest is taken: it calls the fewest images fake.
 * @returns null where a class is missing, for then no error rate can be measured
 */
export function chooseThreshold(samples: readonly ScoredSample[], rule: ThresholdRule): ChosenThreshold | null {
  if (!samples.some(({ isFake }) => isFake) || !samples.some(({ isFake }) => !isFake)) return null;
  const ascending = samples.toSorted((a, b) => a.score - b.score);
  const scores = ascending.map(({ score }) => score).reverse();
  const greatest = scores[0] ?? 1;
  const aboveAll = greatest < 1 ? (greatest + 1) / 2 : 1 + 1e-6;
  const counts = countsAt(samples, Infinity);
  let at = ascending.length - 1;
  let best: (ChosenThreshold & { worth: number }) | null = null;
  for (const value of [aboveAll, ...cuts(scores), 0]) {
    for (; at >= 0 && (ascending[at]?.score ?? 0) >= value; at--) {
      const isFake = ascending[at]?.isFake ?? false;
      counts[isFake ? 'tp' : 'fp']++;
      counts[isFake ? 'fn' : 'tn']--;
    }
    const found = worth(counts, rule);
    if (found !== null && (best === null || found > best.worth)) best = { value, counts: { ...counts }, worth: found };
  }
  return best && { value: best.value, counts: best.counts };
}
