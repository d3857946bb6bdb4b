// What the training loop asks of an algorithm, whichever it is.
import type { CompletionRecord, StepPhase } from '../../src/shared/domain/run.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { Trained } from './trainer-state.ts';

/** A completion before the loop knows where it is stored. */
export type StepCompletion = Omit<CompletionRecord, 'runId' | 'step'>;

export interface AlgorithmStep {
  /** May hold NaN for what has no value in this step. */
  metrics: Record<string, number>;
  completions: StepCompletion[];
  phaseMs: Partial<Record<StepPhase, number>>;
  /** Tokens that this step saw. */
  numTokens: number;
  /** Loss or gradient was not finite; the weights are unchanged. */
  skipped: boolean;
}

export interface StepHooks {
  signal: AbortSignal;
  onPhase: (phase: StepPhase, done: number, total: number) => void;
}

/** One way of training. A step depends on weights, moments, configuration and its number, on nothing else. */
export interface Algorithm {
  readonly trained: Trained;
  /** @param step counted from 0 */
  step: (step: number, hooks: StepHooks) => Promise<AlgorithmStep>;
  /** Losses on samples that are not learnt from, as `eval_loss` and its parts; nothing for samples that cannot be used. */
  evaluate: (samples: readonly SampleRecord[], signal: AbortSignal) => Promise<Record<string, number>>;
  dispose: () => void;
}
