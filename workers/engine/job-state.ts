// The life of a stored job: which state its record gets when it ends, one way or another.
import type { JobState } from '../../src/shared/domain/run.ts';
import type { ErrorRecord } from '../../src/shared/errors.ts';
import { toErrorRecord } from '../../src/shared/errors.ts';
import type { JobControl } from './queue.ts';

/** How a job ended without an error. */
export type JobEnd = 'done' | 'paused' | 'stopped';

/**
 * The state that a request of the user means; null = go on.
 * @throws E-LOCKED when another tab has taken over: then no state is this tab's to write
 */
export function requestedEnd({ request, signal }: JobControl): JobEnd | null {
  if (signal.aborted && toErrorRecord(signal.reason).code === 'E-LOCKED') throw signal.reason;
  if (request === 'stop') return 'stopped';
  return request === 'pause' || signal.aborted ? 'paused' : null;
}

/** What a record says after an error: a cancelled job and one that ran out of storage can go on later. */
export function stateAfter(error: unknown): { state: JobState; error?: ErrorRecord } {
  const record = toErrorRecord(error);
  if (record.code === 'E-CANCELLED') return { state: 'paused' };
  if (record.code === 'E-QUOTA') return { state: 'paused', error: record };
  return { state: 'failed', error: record };
}

/** Remaining time from the last few durations. */
export class Eta {
  readonly #recent: number[] = [];
  readonly #least: number;

  /** @param least durations that must be known before a guess is made */
  constructor(least: number) {
    this.#least = least;
  }

  /** @param ms of one unit of work */
  add(ms: number): void {
    this.#recent.push(ms);
    if (this.#recent.length > 20) this.#recent.shift();
  }

  /** Milliseconds for so many units; null while too little is known. */
  of(remaining: number): number | null {
    if (this.#recent.length < this.#least) return null;
    return (remaining * this.#recent.reduce((sum, ms) => sum + ms, 0)) / this.#recent.length;
  }
}
