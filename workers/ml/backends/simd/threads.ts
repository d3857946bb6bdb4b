// The engine's side of the compute threads: begins a list of jobs, takes part in it, waits for the rest. The protocol is described in
// kernels/simd/assembly/index.ts. Waiting and waking happen here and in kernel-thread.js, never inside wasm.
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { Control } from '../../kernels/simd/assembly/op-codes.ts';

/** What a compute thread needs to start. */
export interface ThreadMessage {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** 1, 2, ... ; 0 is the engine itself. */
  thread: number;
}

export interface ComputeThread {
  terminate(): void;
}

/** Starts one compute thread; resolves when it is ready. */
export type SpawnThread = (message: ThreadMessage) => Promise<ComputeThread>;

/** Exports of the kernel module. */
export interface KernelExports {
  runAlone(first: number, end: number): void;
  openList(first: number): void;
  extend(end: number): void;
  drain(): number;
  help(): void;
  setThread(id: number): void;
}

/**
 * A thread that finishes no chunk while the engine has waited this long counts as dead: nothing else tells that one was killed in the
 * middle of a chunk. Chunks take milliseconds; where the engine's own share of the work took long, the limit is that many times it.
 */
const STALL_MS = 5000;
const STALL_SHARES = 100;
/** Of one look at the clock at most this counts as waiting: a machine that was asleep, or a page that was frozen, waited for nothing. */
const LOOK_MS = 100;
const word = (address: number): number => address >> 2;

/** How long the other threads have been still. */
class StallClock {
  readonly #stallMs: number;
  readonly #began = performance.now();
  #limit: number | null = null;
  #progress = '';
  #still = 0;
  #looked = 0;

  constructor(stallMs: number) {
    this.#stallMs = stallMs;
  }

  /** @param progress anything that changes when a thread gets on */
  isStalled(progress: string): boolean {
    const now = performance.now();
    this.#limit ??= Math.max(this.#stallMs, STALL_SHARES * (now - this.#began));
    this.#still = progress === this.#progress ? this.#still + Math.min(now - this.#looked, LOOK_MS) : 0;
    [this.#progress, this.#looked] = [progress, now];
    return this.#still > this.#limit;
  }
}

export class ThreadPool {
  readonly #words: Int32Array;
  readonly #exports: KernelExports;
  #threads: ComputeThread[] = [];
  /** Threads a list may use, the engine included. */
  active = 1;

  readonly #stallMs: number;

  /** @param stallMs waiting that counts as a dead thread */
  constructor(memory: WebAssembly.Memory, exports: KernelExports, stallMs = STALL_MS) {
    this.#stallMs = stallMs;
    this.#words = new Int32Array(memory.buffer, 0, Control.heap / 4);
    this.#exports = exports;
  }

  /** Threads that exist, the engine included. */
  get size(): number {
    return this.#threads.length + 1;
  }

  add(thread: ComputeThread): void {
    this.#threads.push(thread);
    this.active = this.size;
  }

  /** As `run`, on the engine's own thread only. */
  runAlone(first: number, end: number): void {
    this.#exports.runAlone(first, end);
  }

  /**
   * Runs the jobs whose records lie from `first` to `end`, one after the other, with all active threads. Nothing else may be under way.
   * @throws WorkbenchError E-THREAD when a compute thread died in it; the pool then has one thread left
   */
  run(first: number, end: number): void {
    if (this.active < 2) {
      this.runAlone(first, end);
      return;
    }
    this.begin(first);
    this.extend(end, true);
    this.finish();
  }

  /** A new list begins at `first`, still empty; the one before must be finished. */
  begin(first: number): void {
    Atomics.store(this.#words, word(Control.failed), 0);
    this.#exports.openList(first);
  }

  /**
   * The list now ends at `end`. Returns while other threads are at it, or with all done where no job was worth sharing.
   * @param shared whether a job was added that several threads can share
   * @throws WorkbenchError E-THREAD as `run`
   */
  extend(end: number, shared: boolean): void {
    if (shared) this.#wake();
    this.#guarded(() => this.#exports.extend(end));
  }

  /**
   * Takes part until the list is finished.
   * @throws WorkbenchError E-THREAD as `run`
   */
  finish(): void {
    const clock = new StallClock(this.#stallMs);
    this.#guarded(() => {
      for (let state = this.#exports.drain(); state !== 1; state = this.#exports.drain()) {
        if (state === 2) this.#wake();
        else this.#rest(clock, 0);
      }
    });
  }

  dispose(): void {
    for (const thread of this.#threads) thread.terminate();
    this.#threads = [];
    this.active = 1;
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof WorkbenchError) throw error;
      this.#endAfterTrap(error);
    }
  }

  /** Also before a job is there: who wakes up too early stays awake for a while. */
  #wake(): void {
    const words = this.#words;
    Atomics.add(words, word(Control.generation), 1);
    if (Atomics.exchange(words, word(Control.asleep), 0) > 0) Atomics.notify(words, word(Control.generation));
  }

  /** The engine's own chunk failed: nobody may claim more, and the others must finish before the arguments may change. */
  #endAfterTrap(cause: unknown): never {
    const unclaimed = Math.max(0, Atomics.exchange(this.#words, word(Control.chunks), 0));
    Atomics.add(this.#words, word(Control.failed), 1);
    const clock = new StallClock(this.#stallMs);
    try {
      for (;;) this.#rest(clock, unclaimed);
    } catch (error) {
      throw error instanceof WorkbenchError ? new WorkbenchError(error.code, `${error.message} (${String(cause)})`, error) : error;
    }
  }

  /**
   * Sleeps at most a millisecond, so that a busy machine can schedule the threads that have the last chunks of the open job.
   * @param unclaimed chunks that nobody will do
   * @throws WorkbenchError E-THREAD when no thread is left that could finish the job
   */
  #rest(clock: StallClock, unclaimed: number): void {
    const words = this.#words;
    const at = (control: number): number => Atomics.load(words, word(control));
    // In this order: a job in which a thread failed stays open, so what is read next is of that job.
    const [failed, open, done] = [at(Control.failed), at(Control.open), at(Control.done)];
    if (failed > 0 && done + failed >= at(Control.total) - unclaimed) this.#abandon('A compute thread failed.');
    if (clock.isStalled(`${open} ${done}`)) this.#abandon('A compute thread stopped answering.');
    Atomics.store(words, word(Control.waiting), 1);
    // The limit: no lost wake-up can hang the engine.
    Atomics.wait(words, word(Control.done), done, 1);
    Atomics.store(words, word(Control.waiting), 0);
  }

  /** A thread that was only slow finishes its chunk, and finds no next job. */
  #abandon(what: string): never {
    for (const control of [Control.chunks, Control.end, Control.next, Control.open]) Atomics.store(this.#words, word(control), 0);
    this.dispose();
    throw new WorkbenchError('E-THREAD', `${what} The engine goes on with one thread.`, {
      safe: 'Stored data and the last checkpoint are unharmed; the current step is lost.',
      remedy: 'Repeat the action; reload the page to get all threads back.',
    });
  }
}
