// How far the scores can be taken as probabilities: ECE, Brier score, negative log-likelihood (metrics.md 6).
import type { ScoredSample } from './ranking.ts';

const BINS = 15;
/** Scores are kept this far from 0 and 1 in the logarithm. */
const CLIP = 2 ** -52;

/** One bar of the reliability diagram, over (k/15, (k+1)/15] of the confidence. */
export interface ReliabilityBin {
  count: number;
  /** Means; null where the bin is empty. */
  confidence: number | null;
  accuracy: number | null;
}

function binOf(confidence: number): number {
  let bin = 0;
  while (bin < BINS - 1 && confidence > (bin + 1) / BINS) bin++;
  return bin;
}

/** Confidence max(p, 1 - p) against accuracy; predicted fake where p >= 0.5. */
export function reliabilityBins(samples: readonly ScoredSample[]): ReliabilityBin[] {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, correct: 0 }));
  for (const { isFake, score } of samples) {
    const confidence = Math.max(score, 1 - score);
    const sum = sums[binOf(confidence)];
    if (sum === undefined) continue;
    sum.count++;
    sum.confidence += confidence;
    if (score >= 0.5 === isFake) sum.correct++;
  }
  return sums.map(({ count, confidence, correct }) =>
    count === 0 ? { count, confidence: null, accuracy: null } : { count, confidence: confidence / count, accuracy: correct / count },
  );
}

/** All null without samples. */
export interface CalibrationMetrics {
  ece: number | null;
  brier: number | null;
  nll: number | null;
}

/** Expected calibration error over 15 bins, Brier score, and NLL with natural logarithms. */
export function calibrationMetrics(samples: readonly ScoredSample[]): CalibrationMetrics {
  const n = samples.length;
  if (n === 0) return { ece: null, brier: null, nll: null };
  let ece = 0;
  for (const { count, confidence, accuracy } of reliabilityBins(samples)) {
    if (confidence !== null && accuracy !== null) ece += (count / n) * Math.abs(accuracy - confidence);
  }
  let brier = 0;
  let nll = 0;
  for (const { isFake, score } of samples) {
    brier += (score - (isFake ? 1 : 0)) ** 2;
    const clipped = Math.min(Math.max(score, CLIP), 1 - CLIP);
    nll -= Math.log(isFake ? clipped : 1 - clipped);
  }
  return { ece, brier: brier / n, nll: nll / n };
}
