// The decoder of one batch as a list of jobs: written once, run for every token.
import { backend, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { SimdBackend } from '../../backends/simd/backend.ts';
import type { JobList } from '../../backends/simd/job-list.ts';
import { registerDecoder } from '../decode-step.ts';
import type { SamplingSettings } from '../sample-tokens.ts';
import type { BoundDecoder, DecodeModel, DrawRequest, LayerCache } from '../decode-step.ts';
import { DecoderJobs, decoderSizes, placeDecoder, type DecoderPlaces, type DecoderSizes } from './decoder-jobs.ts';
import { drawArguments } from './tokens.ts';

function simdBackend(): SimdBackend {
  const current = backend();
  if (current instanceof SimdBackend) return current;
  throw new WorkbenchError('E-INTERNAL', 'The SIMD decoder was bound on another backend.');
}

function assertBelow(limit: number, value: number, name: string, row: number): void {
  if (!(value >= 0 && value < limit)) throw new WorkbenchError('E-INTERNAL', `${name}[${row}] is ${value}, outside 0..${limit - 1}.`);
}

/** Owns the list and what its jobs write, except the caches; borrows model and caches. */
class FusedDecoder implements BoundDecoder {
  readonly #backend = simdBackend();
  readonly #sizes: DecoderSizes;
  readonly #places: DecoderPlaces;
  /** Of the block at `#places`. */
  readonly #bytes: number;
  /** Feeding a token, and as the last job drawing the next. */
  readonly #list: JobList;
  /** Positions that the caches and the rotary tables have. */
  readonly #capacity: number;
  readonly #ids: Int32Array;
  readonly #positions: Int32Array;
  readonly #rowIds: Int32Array;
  readonly #logProbs: Float32Array;
  readonly #entropies: Float32Array;
  readonly #logits: Float32Array;

  constructor(model: DecodeModel, caches: readonly LayerCache[]) {
    const { engine } = this.#backend;
    this.#sizes = decoderSizes(model, caches);
    const { R, M, V } = this.#sizes;
    this.#capacity = Math.min(M, model.cos.shape[0] ?? 0);
    this.#bytes = placeDecoder(this.#sizes, 0).end;
    this.#places = placeDecoder(this.#sizes, engine.heap.allocate(this.#bytes));
    try {
      this.#list = engine.recordList((sink) => {
        const jobs = new DecoderJobs(sink, this.#backend, model, this.#sizes, this.#places);
        jobs.feed(caches);
        jobs.draw();
      });
    } catch (error) {
      engine.heap.release(this.#places.ids, this.#bytes);
      throw error;
    }
    const { buffer } = engine.heap.memory;
    const { ids, positions, rowIds, logProbs, entropies, logits } = this.#places;
    this.#ids = new Int32Array(buffer, ids, R);
    this.#positions = new Int32Array(buffer, positions, R);
    this.#rowIds = new Int32Array(buffer, rowIds, R);
    this.#logProbs = new Float32Array(buffer, logProbs, R);
    this.#entropies = new Float32Array(buffer, entropies, R);
    this.#logits = new Float32Array(buffer, logits, R * V);
  }

  step(ids: Tensor, positions: readonly number[]): Tensor {
    const { R, V } = this.#sizes;
    const given = this.#backend.readSync(ids.dataId);
    if (!(given instanceof Int32Array)) throw new WorkbenchError('E-INTERNAL', 'Token ids must be int32.');
    this.#accept(given, positions);
    this.#backend.engine.runList(this.#list, 0, this.#drawJob);
    return tensor(this.#logits.slice(), [R, V]);
  }

  draw({ from, positions, rowIds, firstStep, count, ...settings }: DrawRequest): Promise<Float32Array> {
    const drawn = new Float32Array(3 * count * this.#sizes.R);
    this.#rowIds.set(rowIds);
    let fed = 0;
    for (let i = 0; i < count; i++) {
      const given = i === 0 && 'logits' in from ? from.logits : null;
      const logits = given ? this.#backend.pointer(given) : this.#places.logits;
      if (!given) {
        const newest = i === 0 && 'ids' in from ? from.ids : this.#ids;
        this.#accept(newest, positions, fed++);
      }
      this.#setDraw(logits, firstStep + i, settings);
      this.#backend.engine.runList(this.#list, given ? this.#drawJob : 0);
      this.#copyDraw(drawn, i, count);
    }
    return Promise.resolve(drawn);
  }

  dispose(): void {
    const { engine } = this.#backend;
    engine.releaseList(this.#list);
    engine.heap.release(this.#places.ids, this.#bytes);
  }

  get #drawJob(): number {
    return this.#list.length - 1;
  }

  /**
   * The next feed's tokens and places. The kernels address memory by these numbers.
   * @param ahead added to the positions
   */
  #accept(ids: ArrayLike<number>, positions: readonly number[], ahead = 0): void {
    const { R, V } = this.#sizes;
    for (let r = 0; r < R; r++) {
      const id = ids[r] ?? -1;
      const position = (positions[r] ?? -1) + ahead;
      assertBelow(V, id, 'ids', r);
      assertBelow(this.#capacity, position, 'positions', r);
      this.#ids[r] = id;
      this.#positions[r] = position;
    }
  }

  #setDraw(logits: number, step: number, settings: SamplingSettings): void {
    const { ints, floats } = drawArguments({ ...this.#places, logits }, this.#sizes.V, step, settings);
    this.#list.replace(this.#drawJob, ints, floats);
  }

  /** Step i of [3, count, R]. */
  #copyDraw(drawn: Float32Array, i: number, count: number): void {
    const { R } = this.#sizes;
    for (const [part, values] of [this.#ids, this.#logProbs, this.#entropies].entries()) drawn.set(values, (part * count + i) * R);
  }
}

export function registerFusedDecoder(): void {
  registerDecoder('simd', (model, caches) => new FusedDecoder(model, caches));
}
