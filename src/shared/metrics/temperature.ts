// Temperature scaling: one number, fitted on validation images, that makes probabilities less or more sure without changing
// their order (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
import { calibrationMetrics } from './calibration.ts';
import type { ScoredSample } from './ranking.ts';

/** Scores are kept this far from 0 and 1, so that their logits are finite. */
const CLIP = 1e-7;
/** Outside these the fit stands for "surer than any data can say" and "knows nothing". */
export const TEMPERATURE_RANGE = [0.05, 20] as const;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** P(fake) after dividing its logit by the temperature. */
export function scaleByTemperature(score: number, temperature: number): number {
  const clipped = Math.min(Math.max(score, CLIP), 1 - CLIP);
  return 1 / (1 + Math.exp(-Math.log(clipped / (1 - clipped)) / temperature));
}

/** All scores after scaling. */
export function scaleScores(samples: readonly ScoredSample[], temperature: number): ScoredSample[] {
  return samples.map(({ isFake, score }) => ({ isFake, score: scaleByTemperature(score, temperature) }));
}

export interface TemperatureFit {
  temperature: number;
  /** Mean negative log-likelihood in nats on the images of the fit. */
  nllBefore: number;
  nllAfter: number;
}

/**
 * The temperature with the least negative log-likelihood, by golden section on its logarithm (the likelihood has one minimum).
 * @returns null without samples of both classes
 */
export function fitTemperature(samples: readonly ScoredSample[]): TemperatureFit | null {
  if (!samples.some(({ isFake }) => isFake) || !samples.some(({ isFake }) => !isFake)) return null;
  const nll = (logTemperature: number): number => calibrationMetrics(scaleScores(samples, Math.exp(logTemperature))).nll ?? Infinity;
  let low = Math.log(TEMPERATURE_RANGE[0]);
  let high = Math.log(TEMPERATURE_RANGE[1]);
  for (let i = 0; i < 48; i++) {
    const [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    if (nll(left) <= nll(right)) high = right;
    else low = left;
  }
  const logTemperature = (low + high) / 2;
  return {
    temperature: Math.exp(logTemperature),
    nllBefore: calibrationMetrics(samples).nll ?? Infinity,
    nllAfter: nll(logTemperature),
  };
}
