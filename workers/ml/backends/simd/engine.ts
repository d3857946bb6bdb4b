// The CPU engine: shared memory, jobs and threads. Knows nothing about tensors; the backend and the kernels use it.
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { Control, Job as Field, Op } from '../../kernels/simd/assembly/op-codes.ts';
import { CrewChoice } from './crew-choice.ts';
import { JobList, JobRecord, JobRecorder, listBytes, type JobSink } from './job-list.ts';
import { JobQueue } from './job-queue.ts';
import { SharedHeap } from './memory.ts';
import { ThreadChoice, type ThreadRace } from './thread-choice.ts';
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

/** Where matrix products go. */
export interface ProductSink extends JobSink {
  /** Memory for the packed right-hand side of one product; valid until the next call. */
  packBuffer(bytes: number): number;
}

export interface EngineStats {
  liveBytes: number;
  reservedBytes: number;
  /** Most that can ever be in use. */
  maximumBytes: number;
  /** Jobs run so far. */
  jobs: number;
}

/**
 * Idle threads look for work this many times before they sleep: about as long as JavaScript takes from one job to the next. The same
 * where one thread is ahead: there the others sleep anyway, and a short look would spoil the trials in which they may win it back.
 */
const SPIN = 30_000;
const INITIAL_SCRATCH = 1 << 20;
/** Waking another thread costs about 12 microseconds. */
const LEAST_SHARED_FLOPS = 1e6;
/** Lists are a kind of job of their own for the choice of threads. */
const LIST_KIND = 1000;

export class SimdEngine implements ProductSink {
  readonly leastSharedFlops = LEAST_SHARED_FLOPS;
  readonly heap: SharedHeap;
  readonly #pool: ThreadPool;
  readonly #record: JobRecord;
  /** Why there are fewer threads than wanted; null when there are all. */
  threadProblem: string | null = null;
  #jobs = 0;
  #scratchBytes = 0;
  readonly #scratch: Int32Array;
  #packPointer = 0;
  #packBytes = 0;
  readonly #choice = new ThreadChoice();
  readonly #queue: JobQueue;
  readonly #crews = new CrewChoice();
  /** Jobs were handed over since the last `settle`. */
  #isBusy = false;
  /** What went wrong where nobody could be told. */
  #failure: unknown = null;
  /** Threads of every job from now on; null: chosen for each. */
  #pinned: number | null = null;

  constructor(heap: SharedHeap, pool: ThreadPool) {
    const { buffer } = heap.memory;
    this.heap = heap;
    this.#pool = pool;
    // Views of a shared memory stay valid when it grows.
    this.#record = new JobRecord(buffer, Control.job);
    this.#scratch = new Int32Array(buffer, Control.scratch, 64);
    new Int32Array(buffer, Control.spin, 1)[0] = SPIN;
    this.#queue = new JobQueue(heap, pool);
    this.needScratch(INITIAL_SCRATCH);
  }

  /** The same sink, but `run` returns at once: jobs are done in order, by the other threads as long as JavaScript goes on. See `settle`. */
  readonly ahead: ProductSink = {
    leastSharedFlops: LEAST_SHARED_FLOPS,
    run: (op, units, unitsPerChunk, ints, floats = [], work = units) => this.#runAhead(op, units, unitsPerChunk, ints, floats, work),
    needScratch: (bytes) => this.needScratch(bytes),
    packBuffer: (bytes) => this.packBuffer(bytes),
  };

  /** The memory for JavaScript to read and write, where `ahead` is used: with all jobs done. */
  get settledBuffer(): ArrayBufferLike {
    this.settle();
    return this.heap.memory.buffer;
  }

  get stats(): EngineStats {
    return {
      liveBytes: this.heap.liveBytes,
      reservedBytes: this.heap.reservedBytes,
      maximumBytes: this.heap.maximumBytes,
      jobs: this.#jobs,
    };
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
    this.settle();
    this.#pinned = Math.max(1, Math.min(n, this.#pool.size));
    this.#pool.active = this.#pinned;
  }

  /** Goes back to the automatic choice. */
  unpinThreads(): void {
    this.settle();
    this.#pinned = null;
  }

  /**
   * Runs one kernel over `units`, in chunks of `unitsPerChunk` shared between the threads. Returns when it is done.
   * @param work of the whole job, for the choice of threads: in units of this op, e.g. floating-point operations
   * @throws WorkbenchError E-THREAD when a compute thread died
   */
  run(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[] = [], work: number = units): void {
    this.settle();
    this.#jobs++;
    this.#record.write(op, units, unitsPerChunk, ints, floats);
    const end = Control.job + Field.bytes;
    if (units <= unitsPerChunk) this.#pool.runAlone(Control.job, end);
    else this.#share(Control.job, end, op, work);
  }

  /**
   * Waits until all jobs that were handed over to `ahead` are done. Happens by itself before JavaScript's turn ends.
   * @throws WorkbenchError E-THREAD when a compute thread died in one of them: those behind it are not done
   */
  settle(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
    if (!this.#isBusy) return;
    this.#isBusy = false;
    const began = performance.now();
    this.#queue.finish();
    if (this.#choosesCrew) this.#crews.pause(began, performance.now());
  }

  /**
   * Writes jobs to memory once, to be run often.
   * @param record hands its jobs to the sink
   * @returns owned by the caller; `releaseList` it
   */
  recordList(record: (sink: JobSink) => void): JobList {
    const recorder = new JobRecorder((bytes) => this.needScratch(bytes));
    record(recorder);
    this.settle();
    const address = this.heap.allocate(listBytes(recorder.jobs.length));
    return new JobList(this.heap.memory.buffer, address, recorder.jobs);
  }

  releaseList(list: JobList): void {
    this.heap.release(list.address, listBytes(list.length));
  }

  /**
   * Runs the jobs from..to of a list, `to` excluded; returns when they are done.
   * @throws WorkbenchError E-THREAD when a compute thread died
   */
  runList(list: JobList, from = 0, to = list.length): void {
    this.settle();
    this.#jobs += to - from;
    this.#share(list.address + listBytes(from), list.address + listBytes(to), LIST_KIND, list.work(from, to));
  }

  /** Ensures that every thread has at least this much scratch. */
  needScratch(bytes: number): void {
    if (bytes <= this.#scratchBytes) return;
    const larger = this.#allocateForAll(bytes);
    for (const [thread, pointer] of larger.entries()) {
      const old = this.#scratch[thread];
      if (old) this.heap.release(old, this.#scratchBytes);
      this.#scratch[thread] = pointer;
    }
    this.#scratchBytes = bytes;
  }

  packBuffer(bytes: number): number {
    if (bytes > this.#packBytes) {
      if (this.#packPointer) this.heap.release(this.#packPointer, this.#packBytes);
      [this.#packPointer, this.#packBytes] = [0, 0]; // that one is gone, also where there is no memory for a larger one
      this.#packPointer = this.heap.allocate(bytes);
      this.#packBytes = bytes;
    }
    return this.#packPointer;
  }

  /** Starts another compute thread. */
  async addThread(module: WebAssembly.Module, spawn: SpawnThread): Promise<void> {
    const thread = this.#pool.size;
    this.#scratch[thread] = this.heap.allocate(this.#scratchBytes);
    this.#pool.add(await spawn({ module, memory: this.heap.memory, thread }));
  }

  dispose(): void {
    this.settle();
    this.#pool.dispose();
  }

  #runAhead(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[], work: number): void {
    if (!this.#isBusy) this.#becomeBusy(performance.now());
    this.#jobs++;
    if (this.#choosesCrew) this.#appointCrew(op, work);
    const began = performance.now();
    if (this.#pool.active > 1) this.#queue.add(op, units, unitsPerChunk, ints, floats);
    else {
      this.#record.write(op, units, unitsPerChunk, ints, floats);
      this.#pool.runAlone(Control.job, Control.job + Field.bytes);
    }
    if (!this.#choosesCrew) return;
    this.#crews.noteJob(op, work, began, performance.now());
    if (this.#crews.isFull) this.#chooseAnew();
  }

  #appointCrew(op: Op, work: number): void {
    if (this.#crews.isNew(op, work)) this.#chooseAnew();
    this.#pool.active = this.#crews.crew === 'all' ? this.#pool.size : 1;
  }

  /** Once all is done that was handed over so far. */
  #chooseAnew(): void {
    const began = performance.now();
    this.#queue.finish();
    this.#crews.pause(began, performance.now());
    this.#crews.resume(performance.now());
  }

  get #choosesCrew(): boolean {
    return this.#pinned === null && this.#pool.size > 1;
  }

  #becomeBusy(now: number): void {
    this.settle(); // tells of an earlier failure
    this.#isBusy = true;
    this.#crews.resume(now);
    queueMicrotask(() => {
      try {
        this.settle();
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  /** A block for each thread, or none when there is no memory for all of them. */
  #allocateForAll(bytes: number): number[] {
    const pointers: number[] = [];
    try {
      while (pointers.length < this.#pool.size) pointers.push(this.heap.allocate(bytes));
      return pointers;
    } catch (error) {
      for (const pointer of pointers) this.heap.release(pointer, bytes);
      throw error;
    }
  }

  /** With the threads that were asked for, or those that were faster so far. */
  #share(first: number, end: number, kind: number, work: number): void {
    if (this.#pool.size < 2) this.#pool.runAlone(first, end);
    else if (this.#pinned !== null) this.#pool.run(first, end);
    else this.#compete(first, end, this.#choice.raceFor(kind, work), work);
  }

  #compete(first: number, end: number, race: ThreadRace, work: number): void {
    const crew = race.next();
    this.#pool.active = crew === 'all' ? this.#pool.size : 1;
    const began = performance.now();
    this.#pool.run(first, end);
    race.note(crew, performance.now() - began, work);
  }
}

const isKernelExports = (exports: object): exports is KernelExports =>
  ['runAlone', 'openList', 'extend', 'drain', 'help', 'setThread'].every((name) => name in exports);

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
