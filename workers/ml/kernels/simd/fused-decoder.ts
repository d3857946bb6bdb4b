// The decoder of one batch as lists of jobs: written once, run for every token. Where there are sequences enough, each thread has some
// of them to itself and decodes token after token without meeting the others: a thread that has to wait for a processor then holds up
// nobody. With few sequences the threads share the products of each job instead.
import { backend, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { SimdBackend } from '../../backends/simd/backend.ts';
import { listBytes, type JobList } from '../../backends/simd/job-list.ts';
import { registerDecoder } from '../decode-step.ts';
import type { SamplingSettings } from '../sample-tokens.ts';
import type { BoundDecoder, DecodeModel, DrawRequest, LayerCache } from '../decode-step.ts';
import { Op } from './assembly/op-codes.ts';
import { DecoderJobs, decoderSizes, placeDecoder, type DecoderPlaces, type DecoderSizes } from './decoder-jobs.ts';
import { drawArguments } from './tokens.ts';

/** Fewest sequences for a thread of its own: a register tile has four rows, and every thread reads all weights. */
const ROWS_A_THREAD = 4;

function simdBackend(): SimdBackend {
  const current = backend();
  if (current instanceof SimdBackend) return current;
  throw new WorkbenchError('E-INTERNAL', 'The SIMD decoder was bound on another backend.');
}

function assertBelow(limit: number, value: number, name: string, row: number): void {
  if (!(value >= 0 && value < limit)) throw new WorkbenchError('E-INTERNAL', `${name}[${row}] is ${value}, outside 0..${limit - 1}.`);
}

/** Sequences that one list decodes: `first` to `first + sizes.R`, and their places. */
class RowGroup {
  readonly first: number;
  readonly sizes: DecoderSizes;
  readonly places: DecoderPlaces;
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  readonly rowIds: Int32Array;
  readonly logits: Float32Array;

  constructor(buffer: ArrayBufferLike, first: number, sizes: DecoderSizes, base: number) {
    this.first = first;
    this.sizes = sizes;
    this.places = placeDecoder(sizes, base);
    const { R, V } = sizes;
    const { ids, positions, rowIds, logits } = this.places;
    this.ids = new Int32Array(buffer, ids, R);
    this.positions = new Int32Array(buffer, positions, R);
    this.rowIds = new Int32Array(buffer, rowIds, R);
    this.logits = new Float32Array(buffer, logits, R * V);
  }

  /** This group's part of a list with `width` numbers for each sequence of the batch. */
  of<Values extends { slice(from: number, to: number): Values }>(values: Values, width = 1): Values {
    return values.slice(this.first * width, (this.first + this.sizes.R) * width);
  }
}

/** Owns the lists and what their jobs write, except the caches; borrows model and caches. */
class FusedDecoder implements BoundDecoder {
  readonly #backend = simdBackend();
  readonly #sizes: DecoderSizes;
  readonly #groups: readonly RowGroup[];
  /** Of the groups' places, which begin at the first group's. */
  readonly #bytes: number;
  /** For each group: feeding a token, drawing the next, keeping it. */
  readonly #lists: JobList;
  /** Positions that the caches and the rotary tables have. */
  readonly #capacity: number;

  constructor(model: DecodeModel, caches: readonly LayerCache[]) {
    const { engine } = this.#backend;
    this.#sizes = decoderSizes(model, caches);
    const { R, M } = this.#sizes;
    this.#capacity = Math.min(M, model.cos.shape[0] ?? 0);
    const sizes = shares(R, engine.threads).map((rows) => ({ ...this.#sizes, R: rows }));
    this.#bytes = sizes.reduce((sum, one) => sum + placeDecoder(one, 0).end, 0);
    this.#groups = this.#place(sizes, engine.heap.allocate(this.#bytes));
    try {
      this.#lists = engine.recordList((sink) => {
        for (const { first, sizes: own, places } of this.#groups) {
          const jobs = new DecoderJobs(sink, this.#backend, model, own, places, first);
          jobs.feed(caches);
          jobs.draw();
          jobs.keep();
        }
      });
    } catch (error) {
      this.#releasePlaces();
      throw error;
    }
  }

  step(ids: Tensor, positions: readonly number[]): Tensor {
    const { R, V } = this.#sizes;
    const given = this.#backend.readSync(ids.dataId);
    if (!(given instanceof Int32Array)) throw new WorkbenchError('E-INTERNAL', 'Token ids must be int32.');
    this.#accept(Array.from(given), positions, 1);
    this.#run(1, 0, this.#drawJob);
    const logits = new Float32Array(R * V);
    for (const group of this.#groups) logits.set(group.logits, group.first * V);
    return tensor(logits, [R, V]);
  }

  draw({ from, positions, rowIds, firstStep, count, ...settings }: DrawRequest): Promise<Float32Array> {
    const { heap } = this.#backend.engine;
    const { R } = this.#sizes;
    if ('logits' in from) this.#acceptLogits(from.logits, positions, count - 1);
    else this.#accept(from.ids, positions, count);
    const out = heap.allocate(12 * count * R);
    try {
      for (const [g, group] of this.#groups.entries()) {
        group.rowIds.set(group.of(rowIds));
        this.#setDraw(g, group, firstStep, settings);
        this.#setKeep(g, group, out, count);
      }
      this.#run(count, 'logits' in from ? this.#drawJob : 0, this.#length);
      const { buffer } = heap.memory;
      const drawn = new Float32Array(3 * count * R);
      drawn.set(new Int32Array(buffer, out, count * R));
      drawn.set(new Float32Array(buffer, out + 4 * count * R, 2 * count * R), count * R);
      return Promise.resolve(drawn);
    } finally {
      heap.release(out, 12 * count * R);
    }
  }

  dispose(): void {
    this.#backend.engine.releaseList(this.#lists);
    this.#releasePlaces();
  }

  /** Jobs of one group's list. */
  get #length(): number {
    return this.#lists.length / this.#groups.length;
  }

  get #drawJob(): number {
    return this.#length - 2;
  }

  #place(sizes: readonly DecoderSizes[], base: number): RowGroup[] {
    const buffer = this.#backend.engine.settledBuffer; // JavaScript writes there from now on
    const groups: RowGroup[] = [];
    for (const own of sizes) {
      const before = groups.at(-1);
      groups.push(new RowGroup(buffer, before ? before.first + before.sizes.R : 0, own, before ? before.places.end : base));
    }
    return groups;
  }

  #releasePlaces(): void {
    this.#backend.engine.heap.release(this.#groups[0]?.places.ids ?? 0, this.#bytes);
  }

  /** Runs the lists so often, up to the job `to`; the first time from the job `from` on. */
  #run(times: number, from: number, to: number): void {
    const { engine } = this.#backend;
    if (this.#groups.length === 1 && engine.threads > 1) {
      for (let i = 0; i < times; i++) engine.runList(this.#lists, i === 0 ? from : 0, to);
      return;
    }
    const args = [this.#lists.address, listBytes(this.#length), times, listBytes(from), listBytes(to)];
    engine.run(Op.repeatLists, this.#groups.length, 1, args, [], times * this.#lists.work(0, this.#lists.length));
  }

  /**
   * The next tokens to feed and their places. The kernels address memory by these numbers.
   * @param fed tokens that will be fed to each sequence
   */
  #accept(ids: readonly number[], positions: readonly number[], fed: number): void {
    const { R, V } = this.#sizes;
    for (let r = 0; r < R; r++) assertBelow(V, ids[r] ?? -1, 'ids', r);
    this.#assertPlaces(positions, fed);
    for (const group of this.#groups) {
      group.ids.set(group.of(ids));
      group.positions.set(group.of(positions));
    }
  }

  /** Logits to draw the first token from. Nothing is fed before it, but `keepTokens` counts it: so positions begin one lower. */
  #acceptLogits(logits: Tensor, positions: readonly number[], fed: number): void {
    const { R, V } = this.#sizes;
    if (fed > 0) this.#assertPlaces(positions, fed);
    const values = new Float32Array(this.#backend.engine.settledBuffer, this.#backend.pointer(logits), R * V);
    for (const group of this.#groups) {
      group.logits.set(group.of(values, V));
      group.positions.set(group.of(positions).map((position) => position - 1));
    }
  }

  #assertPlaces(positions: readonly number[], fed: number): void {
    for (let r = 0; r < this.#sizes.R; r++) {
      assertBelow(this.#capacity, positions[r] ?? -1, 'positions', r);
      assertBelow(this.#capacity, (positions[r] ?? -1) + fed - 1, 'positions', r);
    }
  }

  #setDraw(g: number, { places }: RowGroup, step: number, settings: SamplingSettings): void {
    const { ints, floats } = drawArguments(places, this.#sizes.V, step, settings);
    this.#lists.replace(g * this.#length + this.#drawJob, ints, floats);
  }

  /** @param out [3, count, R] */
  #setKeep(g: number, { first, sizes, places }: RowGroup, out: number, count: number): void {
    const draw = g * this.#length + this.#drawJob;
    const { positions, ids, logProbs, entropies } = places;
    const drawRecord = this.#lists.address + listBytes(draw);
    const args = [drawRecord, positions, ids, logProbs, entropies, out + 4 * first, sizes.R, this.#sizes.R, count, 0];
    this.#lists.replace(draw + 1, args, []);
  }
}

/** Sequences of each group. */
function shares(R: number, threads: number): number[] {
  const groups = R >= ROWS_A_THREAD * threads ? threads : 1;
  const begin = (g: number): number => Math.floor((R * g) / groups);
  return Array.from({ length: groups }, (_, g) => begin(g + 1) - begin(g));
}

export function registerFusedDecoder(): void {
  registerDecoder('simd', (model, caches) => new FusedDecoder(model, caches));
}
