// The CPU engine: shared memory, jobs and threads. Knows nothing about tensors; the backend and the kernels use it.
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { Control, Op } from '../../kernels/simd/assembly/op-codes.ts';
import { SharedHeap } from './memory.ts';
import { ThreadPool } from './threads.ts';
import type { KernelExports, SpawnThread } from './threads.ts';

export interface EngineOptions {
  /** kernels.wasm or kernels-relaxed.wasm. */
  module: WebAssembly.Module;
  /** Threads wanted, the caller's own included. */
  threads: number;
  spawn: SpawnThread;
}

export interface EngineStats {
  liveBytes: number;
  reservedBytes: number;
  /** Jobs run so far. */
  jobs: number;
}

/** Idle threads look for work this many times before they sleep. */
const SPIN = 2000;
const CALIBRATION_MS = 3000;
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
  #nextCalibration = 0;

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

  /** Threads that exist; `activeThreads` of them are used at the moment. */
  get threads(): number {
    return this.#pool.size;
  }

  get activeThreads(): number {
    return this.#pool.active;
  }

  /** Uses n threads from now on (at most those that exist) and stops the automatic choice. */
  pinThreads(n: number): void {
    this.#pool.active = Math.max(1, Math.min(n, this.#pool.size));
    this.#nextCalibration = Infinity;
  }

  /**
   * Runs one kernel over `units`, in chunks of `unitsPerChunk` shared between the threads. Returns when it is done.
   * @throws WorkbenchError E-THREAD when a compute thread died
   */
  run(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[] = []): void {
    if (units > unitsPerChunk && this.#pool.size > 1 && performance.now() > this.#nextCalibration) this.#calibrate();
    this.#start(op, units, unitsPerChunk, ints, floats);
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

  #start(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[]): void {
    this.#jobs++;
    this.#job[0] = op;
    this.#job[1] = units;
    this.#job[2] = unitsPerChunk;
    for (let i = 0; i < ints.length; i++) this.#ints[i] = ints[i] ?? 0;
    for (let i = 0; i < floats.length; i++) this.#floats[i] = floats[i] ?? 0;
    this.#pool.run(units, unitsPerChunk);
  }

  /**
   * Times a small product on one thread and on all, and keeps the faster: on a machine that is busy with other work the second
   * thread often only adds waiting. About 5 ms every few seconds.
   */
  #calibrate(): void {
    const [one, all] = [1, this.#pool.size].map((threads) => this.#timeProducts(threads));
    this.#pool.active = (all ?? 0) < (one ?? 0) * 0.95 ? this.#pool.size : 1;
    this.#nextCalibration = performance.now() + CALIBRATION_MS;
  }

  /** Milliseconds of a few fixed products; the sum, because stalls count. */
  #timeProducts(threads: number): number {
    const [M, N, K] = [128, 64, 128];
    const bytes = 4 * (M * K + K * N + M * N);
    const a = this.heap.allocate(bytes);
    const [panels, c] = [a + 4 * M * K, a + 4 * (M * K + K * N)];
    new Float32Array(this.heap.memory.buffer, a, bytes / 4).fill(0);
    this.#pool.active = threads;
    const begin = performance.now();
    for (let i = 0; i < 12; i++) this.#start(Op.gemm, 4, 1, [0, a, K * 4, panels, c, N * 4, 0, 0, M, N, K, 32, 1], []);
    const elapsed = performance.now() - begin;
    this.heap.release(a, bytes);
    return elapsed;
  }
}

const isKernelExports = (exports: object): exports is KernelExports =>
  ['runAll', 'drain', 'help', 'setThread'].every((name) => name in exports);

/**
 * Creates memory, instantiates the kernels and starts the threads.
 * @returns owned by the caller; `dispose()` ends the threads
 */
export async function createSimdEngine({ module, threads, spawn }: EngineOptions): Promise<SimdEngine> {
  const heap = new SharedHeap();
  const { exports } = await WebAssembly.instantiate(module, { env: { memory: heap.memory } });
  if (!isKernelExports(exports)) throw new WorkbenchError('E-INTERNAL', 'The kernel module has other exports than expected.');
  const engine = new SimdEngine(heap, new ThreadPool(heap.memory, exports));
  try {
    for (let t = 1; t < threads; t++) await engine.addThread(module, spawn);
  } catch (error) {
    // Fewer threads are slower, not wrong.
    engine.threadProblem = error instanceof Error ? error.message : String(error);
  }
  return engine;
}
