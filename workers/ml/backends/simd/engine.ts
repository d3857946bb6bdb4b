// The CPU engine: shared memory, jobs and threads. Knows nothing about tensors; the backend and the kernels use it.
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { Control, Op } from '../../kernels/simd/assembly/op-codes.ts';
import { SharedHeap } from './memory.ts';
import { ThreadChoice } from './thread-choice.ts';
import { ThreadPool } from './threads.ts';
import type { KernelExports, SpawnThread } from './threads.ts';

export interface EngineOptions {
  /** kernels.wasm or kernels-relaxed.wasm. */
  module: WebAssembly.Module;
  /** Threads wanted, the caller's own included. */
  threads: number;
  spawn: SpawnThread;
  /** Waiting for a thread longer than this means that it died; see `ThreadPool`. */
  stallMs?: number;
}

export interface EngineStats {
  liveBytes: number;
  reservedBytes: number;
  /** Jobs run so far. */
  jobs: number;
}

/** Idle threads look for work this many times before they sleep. */
const SPIN = 2000;
const INITIAL_SCRATCH = 1 << 20;

export class SimdEngine {
  readonly heap: SharedHeap;
  readonly #pool: ThreadPool;
  readonly #ints: Int32Array;
  readonly #floats: Float32Array;
  readonly #job: Int32Array;
  /** Why there are fewer threads than wanted; null when there are all. */
  threadProblem: string | null = null;
  #jobs = 0;
  #scratchBytes = 0;
  readonly #scratch: Int32Array;
  #packPointer = 0;
  #packBytes = 0;
  readonly #choice = new ThreadChoice();
  /** Threads of every job from now on; null: chosen for each. */
  #pinned: number | null = null;

  constructor(heap: SharedHeap, pool: ThreadPool) {
    const { buffer } = heap.memory;
    this.heap = heap;
    this.#pool = pool;
    // Views of a shared memory stay valid when it grows.
    this.#ints = new Int32Array(buffer, Control.ints, 48);
    this.#floats = new Float32Array(buffer, Control.floats, 16);
    this.#job = new Int32Array(buffer, Control.job, 3);
    this.#scratch = new Int32Array(buffer, Control.scratch, 64);
    new Int32Array(buffer, Control.spin, 1)[0] = SPIN;
    this.needScratch(INITIAL_SCRATCH);
  }

  get stats(): EngineStats {
    return { liveBytes: this.heap.liveBytes, reservedBytes: this.heap.reservedBytes, jobs: this.#jobs };
  }

  /** Threads that exist; `activeThreads` of them took part in the last job that had a choice. */
  get threads(): number {
    return this.#pool.size;
  }

  get activeThreads(): number {
    return this.#pool.active;
  }

  /** Uses n threads from now on (at most those that exist) and stops the automatic choice. */
  pinThreads(n: number): void {
    this.#pinned = Math.max(1, Math.min(n, this.#pool.size));
    this.#pool.active = this.#pinned;
  }

  /**
   * Runs one kernel over `units`, in chunks of `unitsPerChunk` shared between the threads. Returns when it is done.
   * @param work of the whole job, for the choice of threads: in units of this op, e.g. floating-point operations
   * @throws WorkbenchError E-THREAD when a compute thread died
   */
  run(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[] = [], work: number = units): void {
    this.#describe(op, units, unitsPerChunk, ints, floats);
    if (units <= unitsPerChunk || this.#pool.size < 2 || this.#pinned !== null) {
      this.#pool.run(units, unitsPerChunk);
      return;
    }
    const race = this.#choice.raceFor(op, work);
    const crew = race.next();
    this.#pool.active = crew === 'all' ? this.#pool.size : 1;
    const began = performance.now();
    this.#pool.run(units, unitsPerChunk);
    race.note(crew, (performance.now() - began) / work);
  }

  /** Ensures that every thread has at least this much scratch. */
  needScratch(bytes: number): void {
    if (bytes <= this.#scratchBytes) return;
    for (let t = 0; t < this.#pool.size; t++) this.#placeScratch(t, bytes);
    this.#scratchBytes = bytes;
  }

  /** Memory for the packed right-hand side of one product; valid until the next call. */
  packBuffer(bytes: number): number {
    if (bytes > this.#packBytes) {
      if (this.#packPointer) this.heap.release(this.#packPointer, this.#packBytes);
      this.#packPointer = this.heap.allocate(bytes);
      this.#packBytes = bytes;
    }
    return this.#packPointer;
  }

  /** Starts another compute thread. */
  async addThread(module: WebAssembly.Module, spawn: SpawnThread): Promise<void> {
    const thread = this.#pool.size;
    this.#placeScratch(thread, this.#scratchBytes);
    this.#pool.add(await spawn({ module, memory: this.heap.memory, thread }));
  }

  dispose(): void {
    this.#pool.dispose();
  }

  #placeScratch(thread: number, bytes: number): void {
    const old = this.#scratch[thread];
    if (old) this.heap.release(old, this.#scratchBytes);
    this.#scratch[thread] = this.heap.allocate(bytes);
  }

  /** Writes the job to the control page. */
  #describe(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[]): void {
    this.#jobs++;
    this.#job[0] = op;
    this.#job[1] = units;
    this.#job[2] = unitsPerChunk;
    for (let i = 0; i < ints.length; i++) this.#ints[i] = ints[i] ?? 0;
    for (let i = 0; i < floats.length; i++) this.#floats[i] = floats[i] ?? 0;
  }
}

const isKernelExports = (exports: object): exports is KernelExports =>
  ['runAll', 'drain', 'help', 'setThread'].every((name) => name in exports);

/**
 * Creates memory, instantiates the kernels and starts the threads.
 * @returns owned by the caller; `dispose()` ends the threads
 */
export async function createSimdEngine({ module, threads, spawn, stallMs }: EngineOptions): Promise<SimdEngine> {
  const heap = new SharedHeap();
  const { exports } = await WebAssembly.instantiate(module, { env: { memory: heap.memory } });
  if (!isKernelExports(exports)) throw new WorkbenchError('E-INTERNAL', 'The kernel module has other exports than expected.');
  const engine = new SimdEngine(heap, new ThreadPool(heap.memory, exports, stallMs));
  try {
    for (let t = 1; t < threads; t++) await engine.addThread(module, spawn);
  } catch (error) {
    // Fewer threads are slower, not wrong.
    engine.threadProblem = error instanceof Error ? error.message : String(error);
  }
  return engine;
}
