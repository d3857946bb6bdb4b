// Jobs that run while JavaScript goes on: the engine writes them behind one another into a list that the other threads are already
// working on, and takes part only when somebody needs the results. So what tfjs does between two kernels costs no time of its own.
import { Job as Field, type Op } from '../../kernels/simd/assembly/op-codes.ts';
import { JobRecord, listBytes } from './job-list.ts';
import type { SharedHeap } from './memory.ts';
import type { ThreadPool } from './threads.ts';

/** Jobs before the queue is finished and begins anew: a training step of a small model. */
const LENGTH = 1024;

/** Owned by the engine. Done in order, as if each had run at once: memory that was released may be used by later jobs. */
export class JobQueue {
  readonly #pool: ThreadPool;
  readonly #first: number;
  readonly #records: JobRecord[];
  #length = 0;

  constructor(heap: SharedHeap, pool: ThreadPool) {
    this.#pool = pool;
    this.#first = heap.allocate(listBytes(LENGTH));
    // Views of a shared memory stay valid when it grows.
    this.#records = Array.from({ length: LENGTH }, (_, i) => new JobRecord(heap.memory.buffer, this.#first + listBytes(i)));
  }

  /** Whether all jobs are known to be done. */
  get isFinished(): boolean {
    return this.#length === 0;
  }

  /** Returns while other threads may be at the job. @throws WorkbenchError E-THREAD when a compute thread died */
  add(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[]): void {
    if (this.#length === LENGTH) this.finish();
    if (this.#length === 0) this.#pool.begin(this.#first);
    this.#records[this.#length]?.write(op, units, unitsPerChunk, ints, floats);
    this.#length++;
    this.#guarded(() => this.#pool.extend(this.#first + this.#length * Field.bytes, units > unitsPerChunk));
  }

  /** Takes part until all jobs are done. @throws WorkbenchError E-THREAD when a compute thread died; the jobs left are not done */
  finish(): void {
    if (this.#length === 0) return;
    this.#guarded(() => this.#pool.finish());
    this.#length = 0;
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#length = 0;
      throw error;
    }
  }
}
