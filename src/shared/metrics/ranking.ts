// Metrics of the scores P(fake): ROC, AUC, average precision, equal error rate, TPR at 5 % FPR (scikit-learn's definitions).

/** A sample's truth and its score. */
export interface ScoredSample {
  isFake: boolean;
  /** P(fake). */
  score: number;
}

/** Counts of samples with a score at or above each distinct threshold, thresholds descending. */
interface ThresholdCounts {
  thresholds: number[];
  falsePositives: number[];
  truePositives: number[];
  reals: number;
  fakes: number;
}

/** Scores of both classes, each ascending; NaN ranks nowhere and is left out. Typed arrays sort without a comparator, which is most of the time of every bootstrap. */
function sortedScores(samples: readonly ScoredSample[]): { fakes: Float64Array; reals: Float64Array } {
  const all = { fakes: new Float64Array(samples.length), reals: new Float64Array(samples.length) };
  let [fakes, reals] = [0, 0];
  for (const { isFake, score } of samples) {
    if (Number.isNaN(score)) continue;
    if (isFake) all.fakes[fakes++] = score;
    else all.reals[reals++] = score;
  }
  return { fakes: all.fakes.subarray(0, fakes).sort(), reals: all.reals.subarray(0, reals).sort() };
}

function countThresholds(samples: readonly ScoredSample[]): ThresholdCounts {
  const { fakes, reals } = sortedScores(samples);
  const counts: ThresholdCounts = { thresholds: [], falsePositives: [], truePositives: [], reals: reals.length, fakes: fakes.length };
  let [fake, real] = [fakes.length - 1, reals.length - 1];
  while (fake >= 0 || real >= 0) {
    const score = Math.max(fakes[fake] ?? -Infinity, reals[real] ?? -Infinity);
    while (fakes[fake] === score) fake--;
    while (reals[real] === score) real--;
    counts.thresholds.push(score);
    counts.falsePositives.push(reals.length - 1 - real);
    counts.truePositives.push(fakes.length - 1 - fake);
  }
  return counts;
}

export interface RocCurve {
  fpr: number[];
  tpr: number[];
  /** The first is null: above every score. */
  thresholds: (number | null)[];
}

function toRoc(counts: ThresholdCounts, keep: (index: number) => boolean): RocCurve {
  const indices = counts.thresholds.map((_, i) => i).filter(keep);
  return {
    fpr: [0, ...indices.map((i) => (counts.falsePositives[i] ?? 0) / counts.reals)],
    tpr: [0, ...indices.map((i) => (counts.truePositives[i] ?? 0) / counts.fakes)],
    thresholds: [null, ...indices.map((i) => counts.thresholds[i] ?? 0)],
  };
}

/** Every point of the ROC curve; null when only one class is present. */
export function rocCurve(samples: readonly ScoredSample[]): RocCurve | null {
  const counts = countThresholds(samples);
  return counts.reals === 0 || counts.fakes === 0 ? null : toRoc(counts, () => true);
}

/** An inner point on a straight line is dropped, as scikit-learn's roc_curve does unless told otherwise. */
function isCorner({ falsePositives, truePositives }: ThresholdCounts): (index: number) => boolean {
  const bends = (values: number[], i: number): boolean => (values[i + 1] ?? 0) - 2 * (values[i] ?? 0) + (values[i - 1] ?? 0) !== 0;
  const last = falsePositives.length - 1;
  return (i) => i === 0 || i === last || bends(falsePositives, i) || bends(truePositives, i);
}

export interface PrecisionRecallCurve {
  precision: number[];
  recall: number[];
  /** Ascending; one fewer than the points: the last point (recall 0, precision 1) has none. */
  thresholds: number[];
}

/** scikit-learn's precision_recall_curve; null when only one class is present. */
export function precisionRecallCurve(samples: readonly ScoredSample[]): PrecisionRecallCurve | null {
  const { thresholds, falsePositives, truePositives, reals, fakes } = countThresholds(samples);
  if (reals === 0 || fakes === 0) return null;
  const precision = truePositives.map((hits, i) => hits / (hits + (falsePositives[i] ?? 0)));
  const recall = truePositives.map((hits) => hits / fakes);
  return { precision: [...precision.reverse(), 1], recall: [...recall.reverse(), 0], thresholds: thresholds.toReversed() };
}

/** Ranking metrics; all null when only one class is present. */
export interface RankingMetrics {
  auc: number | null;
  ap: number | null;
  eer: number | null;
  tpr_at_5fpr: number | null;
}

function areaUnder({ fpr, tpr }: RocCurve): number {
  let area = 0;
  for (let i = 1; i < fpr.length; i++) area += (((fpr[i] ?? 0) - (fpr[i - 1] ?? 0)) * ((tpr[i] ?? 0) + (tpr[i - 1] ?? 0))) / 2;
  return area;
}

function averagePrecision({ falsePositives, truePositives, fakes }: ThresholdCounts): number {
  let previous = 0;
  let total = 0;
  truePositives.forEach((hits, i) => {
    total += ((hits - previous) / fakes) * (hits / (hits + (falsePositives[i] ?? 0)));
    previous = hits;
  });
  return total;
}

/** FPR where FNR is nearest to FPR; the first such point. */
function equalErrorRate({ fpr, tpr }: RocCurve): number {
  let best = 0;
  const gap = (i: number): number => Math.abs(1 - (tpr[i] ?? 0) - (fpr[i] ?? 0));
  for (let i = 1; i < fpr.length; i++) if (gap(i) < gap(best)) best = i;
  return fpr[best] ?? 0;
}

/** AUC (ties count one half), AP (no interpolation), EER and the largest TPR with FPR <= 0.05. */
export function rankingMetrics(samples: readonly ScoredSample[]): RankingMetrics {
  const counts = countThresholds(samples);
  if (counts.reals === 0 || counts.fakes === 0) return { auc: null, ap: null, eer: null, tpr_at_5fpr: null };
  const curve = toRoc(counts, () => true);
  return {
    auc: areaUnder(curve),
    ap: averagePrecision(counts),
    eer: equalErrorRate(toRoc(counts, isCorner(counts))),
    tpr_at_5fpr: Math.max(...curve.tpr.filter((_, i) => (curve.fpr[i] ?? 1) <= 0.05)),
  };
}
