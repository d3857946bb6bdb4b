// Speed of a run from its stored steps. Pure.
import type { StepRecord } from '../../../shared/domain/run.ts';

export interface RunSpeed {
  /** Mean of the last few steps, everything included. */
  stepMs: number | null;
  /** All tokens that a step sees, per second. */
  tokensPerSecond: number | null;
  /** Tokens of the written answers per second of generating. */
  generatedPerSecond: number | null;
}

/** Steps over which the figures are averaged. */
const WINDOW = 10;

const durationOf = ({ phaseMs }: StepRecord): number => Object.values(phaseMs).reduce((sum, ms) => sum + ms, 0);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** @param answersPerStep 0 for SFT */
export function runSpeed(steps: readonly StepRecord[], answersPerStep: number): RunSpeed {
  const last = steps.slice(-WINDOW);
  const elapsedMs = sum(last.map(durationOf));
  if (last.length === 0 || elapsedMs === 0) return { stepMs: null, tokensPerSecond: null, generatedPerSecond: null };
  const before = steps.at(-WINDOW - 1)?.metrics['num_tokens'] ?? 0;
  const tokens = (last.at(-1)?.metrics['num_tokens'] ?? Number.NaN) - before;
  const generateMs = sum(last.map(({ phaseMs }) => phaseMs.generate ?? 0));
  const written = sum(last.map(({ metrics }) => (metrics['completions/mean_length'] ?? 0) * answersPerStep));
  return {
    stepMs: elapsedMs / last.length,
    tokensPerSecond: Number.isFinite(tokens) && tokens > 0 ? (1000 * tokens) / elapsedMs : null,
    generatedPerSecond: generateMs > 0 && written > 0 ? (1000 * written) / generateMs : null,
  };
}
