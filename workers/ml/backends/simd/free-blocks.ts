// The gaps of a heap: where free memory lies, merged with its neighbours, found by size. Numbers only; knows no memory.

/** Sizes and places are multiples of this: cache lines, so that flat kernels may write whole vectors. */
export const QUANTUM = 64;
/** Bins are 1/8 of an octave wide. */
const BINS_PER_OCTAVE = 8;
const NUM_BINS = 32 * BINS_PER_OCTAVE;
/** Blocks of the own bin that are looked at for the closest fit. */
const MOST_LOOKS = 16;

const binOf = (size: number): number => Math.min(NUM_BINS - 1, Math.floor(Math.log2(size / QUANTUM) * BINS_PER_OCTAVE));

/**
 * Free blocks, none of which touch. Taking prefers a block that fits closely and cuts off what is not needed; giving back
 * merges with both neighbours. So memory that one length of a sequence left is there for every other length.
 */
export class FreeBlocks {
  /** Size by start, and start by end. */
  readonly #sizes = new Map<number, number>();
  readonly #starts = new Map<number, number>();
  readonly #bins = Array.from({ length: NUM_BINS }, () => new Set<number>());

  /** @param size multiple of `QUANTUM` @returns where it begins; null when no block is large enough */
  take(size: number): number | null {
    const start = this.#find(size);
    if (start === null) return null;
    const found = this.#remove(start);
    if (found > size) this.#insert(start + size, found - size);
    return start;
  }

  /** @param size as taken */
  give(start: number, size: number): void {
    const before = this.#starts.get(start);
    const end = start + size;
    const from = before ?? start;
    const length = (before === undefined ? 0 : this.#remove(before)) + size + (this.#sizes.has(end) ? this.#remove(end) : 0);
    this.#insert(from, length);
  }

  startOfBlockEndingAt(end: number): number | undefined {
    return this.#starts.get(end);
  }

  /** Takes the block that ends there out, if there is one. */
  takeEndingAt(end: number): void {
    const start = this.#starts.get(end);
    if (start !== undefined) this.#remove(start);
  }

  #find(size: number): number | null {
    const own = binOf(size);
    const near = this.#closest(own, size);
    if (near !== null) return near;
    for (let bin = own + 1; bin < NUM_BINS; bin++) {
      for (const start of this.#bins[bin] ?? []) return start;
    }
    return null;
  }

  /** Blocks of one bin may be too small by an eighth. Of those that fit as well the newest is taken: its memory is still in a cache. */
  #closest(bin: number, size: number): number | null {
    let best: number | null = null;
    let bestSize = Infinity;
    let looks = 0;
    for (const start of this.#bins[bin] ?? []) {
      const found = this.#sizes.get(start) ?? 0;
      if (found >= size && found <= bestSize) [best, bestSize] = [start, found];
      if (++looks >= MOST_LOOKS && best !== null) break;
    }
    return best;
  }

  #insert(start: number, size: number): void {
    this.#sizes.set(start, size);
    this.#starts.set(start + size, start);
    this.#bins[binOf(size)]?.add(start);
  }

  #remove(start: number): number {
    const size = this.#sizes.get(start) ?? 0;
    this.#sizes.delete(start);
    this.#starts.delete(start + size);
    this.#bins[binOf(size)]?.delete(start);
    return size;
  }
}
