// Jobs as the kernels read them: records in the engine's memory, one by one or as a list that is written once and run many times.
import { Job as Field, type Op } from '../../kernels/simd/assembly/op-codes.ts';

/** One kernel over `units`, in chunks of `unitsPerChunk` that threads share. */
export interface Job {
  op: Op;
  units: number;
  unitsPerChunk: number;
  ints: readonly number[];
  floats: readonly number[];
  /** Of the whole job, for the choice of threads: in units of this op, e.g. floating-point operations. */
  work: number;
}

/** Where jobs go: the engine, which runs them at once, or a recorder, which keeps them for a list. */
export interface JobSink {
  /** What sharing a job costs, as the least floating-point operations that make up for it. */
  readonly leastSharedFlops: number;
  /** @param work as in `Job`; `units` by default */
  run(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats?: readonly number[], work?: number): void;
  /** Ensures that every thread has at least this much scratch. */
  needScratch(bytes: number): void;
}

/** Chunks at the end of a job that are cut, and into how many parts each: a thread then waits for a part of a chunk, not for a whole one. */
const CUT_CHUNKS = 2;
const CUT_PARTS = 4;

/** How a job is cut: `small` chunks of `smallUnits`, the others of `unitsPerChunk`. */
function chunksOf(units: number, unitsPerChunk: number): { chunks: number; small: number; smallUnits: number } {
  if (units <= unitsPerChunk) return { chunks: 1, small: 0, smallUnits: 0 };
  const smallUnits = Math.max(1, Math.floor(unitsPerChunk / CUT_PARTS));
  const small = Math.floor(Math.min(units, CUT_CHUNKS * unitsPerChunk) / smallUnits);
  return { chunks: small + Math.ceil((units - small * smallUnits) / unitsPerChunk), small, smallUnits };
}

/** The place of one job in memory. */
export class JobRecord {
  readonly #head: Int32Array;
  readonly #ints: Int32Array;
  readonly #floats: Float32Array;
  readonly #small: Int32Array;

  constructor(buffer: ArrayBufferLike, address: number) {
    this.#head = new Int32Array(buffer, address, Field.ints / 4);
    this.#ints = new Int32Array(buffer, address + Field.ints, (Field.floats - Field.ints) / 4);
    this.#floats = new Float32Array(buffer, address + Field.floats, (Field.smallChunks - Field.floats) / 4);
    this.#small = new Int32Array(buffer, address + Field.smallChunks, 2);
  }

  write(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[]): void {
    this.#head[Field.op / 4] = op;
    this.#head[Field.units / 4] = units;
    this.#head[Field.unitsPerChunk / 4] = unitsPerChunk;
    const { chunks, small, smallUnits } = chunksOf(units, unitsPerChunk);
    this.#head[Field.chunks / 4] = chunks;
    this.#small[0] = small;
    this.#small[1] = smallUnits;
    for (let i = 0; i < ints.length; i++) this.#ints[i] = ints[i] ?? 0;
    for (let i = 0; i < floats.length; i++) this.#floats[i] = floats[i] ?? 0;
  }
}

/** Inside a list the other threads are awake, and meet within a fraction of a microsecond. */
const LEAST_SHARED_FLOPS = 1e5;

/** Collects the jobs of a list. */
export class JobRecorder implements JobSink {
  readonly leastSharedFlops = LEAST_SHARED_FLOPS;
  readonly jobs: Job[] = [];
  readonly #needScratch: (bytes: number) => void;

  /** @param needScratch the engine's */
  constructor(needScratch: (bytes: number) => void) {
    this.#needScratch = needScratch;
  }

  run(op: Op, units: number, unitsPerChunk: number, ints: readonly number[], floats: readonly number[] = [], work: number = units): void {
    this.jobs.push({ op, units, unitsPerChunk, ints, floats, work });
  }

  needScratch(bytes: number): void {
    this.#needScratch(bytes);
  }
}

/** Records one behind the other. The addresses they name are borrowed: whoever runs the list keeps them alive. */
export class JobList {
  /** Of the first record. */
  readonly address: number;
  readonly #jobs: readonly Job[];
  readonly #records: JobRecord[];
  /** Work of the jobs before each, and of all. */
  readonly #workBefore: number[];

  /** @param address of `jobs.length` records; borrowed */
  constructor(buffer: ArrayBufferLike, address: number, jobs: readonly Job[]) {
    this.address = address;
    this.#jobs = jobs;
    this.#records = jobs.map((_, i) => new JobRecord(buffer, address + i * Field.bytes));
    this.#workBefore = [0];
    for (const [i, { ints, floats, work }] of jobs.entries()) {
      this.replace(i, ints, floats);
      this.#workBefore.push((this.#workBefore[i] ?? 0) + work);
    }
  }

  get length(): number {
    return this.#jobs.length;
  }

  /** Changes the arguments of one job, not its size. */
  replace(index: number, ints: readonly number[], floats: readonly number[]): void {
    const job = this.#jobs[index];
    if (job) this.#records[index]?.write(job.op, job.units, job.unitsPerChunk, ints, floats);
  }

  /** Work of the jobs from..to, `to` excluded. */
  work(from: number, to: number): number {
    return (this.#workBefore[to] ?? 0) - (this.#workBefore[from] ?? 0);
  }
}

/** Bytes of a list. */
export const listBytes = (jobs: number): number => jobs * Field.bytes;
