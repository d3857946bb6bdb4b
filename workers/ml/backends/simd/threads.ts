// The engine's side of the compute threads: opens a job, takes part in it, waits for the rest. The protocol is described in
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
  runAll(): void;
  drain(chunks: number): number;
  help(): void;
  setThread(id: number): void;
}

/**
 * A thread that finishes no chunk while the engine has waited this long counts as dead: nothing else tells that one was killed in the
 * middle of a chunk. Chunks take milliseconds; where the engine's own share of the job took long, the limit is that many times it.
 */
const STALL_MS = 5000;
const STALL_SHARES = 100;
/** Of one look at the clock at most this counts as waiting: a machine that was asleep, or a page that was frozen, waited for nothing. */
const LOOK_MS = 100;
const word = (address: number): number => address >> 2;

export class ThreadPool {
  readonly #words: Int32Array;
  readonly #exports: KernelExports;
  #threads: ComputeThread[] = [];
  /** Threads a job may use, the engine included. */
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

  /**
   * Runs the job that lies in the control page.
   * @throws WorkbenchError E-THREAD when a compute thread died in it; the pool then has one thread left
   */
  run(units: number, unitsPerChunk: number): void {
    const chunks = Math.ceil(units / unitsPerChunk);
    if (this.active < 2 || chunks < 2) {
      this.#exports.runAll();
      return;
    }
    this.#open(chunks);
    const began = performance.now();
    try {
      this.#exports.drain(chunks);
    } catch (error) {
      this.#endAfterTrap(chunks, error);
    }
    this.#waitFor(chunks, Math.max(this.#stallMs, STALL_SHARES * (performance.now() - began)));
  }

  dispose(): void {
    for (const thread of this.#threads) thread.terminate();
    this.#threads = [];
    this.active = 1;
  }

  #open(chunks: number): void {
    const words = this.#words;
    Atomics.store(words, word(Control.done), 0);
    Atomics.store(words, word(Control.failed), 0);
    Atomics.store(words, word(Control.chunks), chunks);
    Atomics.add(words, word(Control.generation), 1);
    if (Atomics.load(words, word(Control.asleep)) > 0) Atomics.notify(words, word(Control.generation));
  }

  /** The engine's own chunk failed: nobody may claim more, and the others must finish before the arguments may change. */
  #endAfterTrap(chunks: number, cause: unknown): never {
    const unclaimed = Math.max(0, Atomics.exchange(this.#words, word(Control.chunks), 0));
    Atomics.add(this.#words, word(Control.failed), 1);
    try {
      this.#waitFor(chunks - unclaimed, this.#stallMs);
    } catch (error) {
      throw error instanceof WorkbenchError ? new WorkbenchError(error.code, `${error.message} (${String(cause)})`, error) : error;
    }
    throw cause;
  }

  /** Sleeps until every chunk is done or lost, so that a busy machine can schedule the other threads. */
  #waitFor(chunks: number, stallMs: number): void {
    const words = this.#words;
    let [progress, waited, looked] = [-1, 0, performance.now()];
    Atomics.store(words, word(Control.waiting), 1);
    for (;;) {
      const done = Atomics.load(words, word(Control.done));
      const failed = Atomics.load(words, word(Control.failed));
      if (done + failed >= chunks) break;
      const now = performance.now();
      waited = done === progress ? waited + Math.min(now - looked, LOOK_MS) : 0;
      [progress, looked] = [done, now];
      if (waited > stallMs) this.#abandon('A compute thread stopped answering.');
      // The 1 ms limit: no lost wake-up can hang the engine.
      Atomics.wait(words, word(Control.done), done, 1);
    }
    Atomics.store(words, word(Control.waiting), 0);
    if (Atomics.load(words, word(Control.failed)) > 0) this.#abandon('A compute thread failed.');
  }

  #abandon(what: string): never {
    Atomics.store(this.#words, word(Control.waiting), 0);
    Atomics.store(this.#words, word(Control.chunks), 0);
    this.dispose();
    throw new WorkbenchError('E-THREAD', `${what} The engine goes on with one thread.`, {
      safe: 'Stored data and the last checkpoint are unharmed; the current step is lost.',
      remedy: 'Repeat the action; reload the page to get all threads back.',
    });
  }
}
