// How long the parts of a step take.
import type { StepPhase } from '../../../src/shared/domain/run.ts';

export type OnPhase = (phase: StepPhase, done: number, total: number) => void;

/** Milliseconds. */
export type PhaseTimes = Partial<Record<StepPhase, number>>;

/** Measures the phases of a step and reports them; one that is entered again goes on. */
export class PhaseClock {
  readonly #onPhase: OnPhase | undefined;
  readonly #phaseMs: PhaseTimes = {};
  #phase: StepPhase | null = null;
  #since = 0;

  constructor(onPhase?: OnPhase) {
    this.#onPhase = onPhase;
  }

  enter(phase: StepPhase): void {
    this.stop();
    this.#phase = phase;
    this.#since = performance.now();
    this.progress(0, 1);
  }

  progress(done: number, total: number): void {
    if (this.#phase) this.#onPhase?.(this.#phase, done, total);
  }

  stop(): PhaseTimes {
    if (this.#phase) this.#phaseMs[this.#phase] = (this.#phaseMs[this.#phase] ?? 0) + performance.now() - this.#since;
    this.#phase = null;
    return this.#phaseMs;
  }
}
