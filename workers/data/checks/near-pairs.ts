// All pairs of 64-bit hashes within a few bits, without comparing everything with everything: multi-index hashing (Norouzi, Punjani,
// Fleet 2012). A hash is cut into four bands of 16 bits; hashes at most 8 apart agree in some band up to 2 bits, so only hashes
// in those 137 buckets per band are compared.
import { countBits, hashHalves } from '../../../src/shared/image/perceptual-hash.ts';

export interface NearPair {
  /** Indices into the list, a < b. */
  a: number;
  b: number;
  /** Bits in which they differ. */
  bits: number;
}

const BANDS = 4;
const BAND_BITS = 16;
const BUCKETS = 1 << BAND_BITS;

/** Every 16-bit mask with at most `bits` bits set. */
function masksUpTo(bits: number): number[] {
  return Array.from({ length: BUCKETS }, (_, mask) => mask).filter((mask) => countBits(mask) <= bits);
}

function bandOf(high: number, low: number, band: number): number {
  const word = band < 2 ? high : low;
  return band % 2 === 0 ? word >>> BAND_BITS : word & (BUCKETS - 1);
}

/** Linked lists of the hashes by the value of one band. */
class BandTable {
  readonly #heads = new Int32Array(BUCKETS).fill(-1);
  readonly #next: Int32Array;

  constructor(size: number) {
    this.#next = new Int32Array(size).fill(-1);
  }

  add(value: number, index: number): void {
    this.#next[index] = this.#heads[value] ?? -1;
    this.#heads[value] = index;
  }

  /** Calls `visit` for every index with this value. */
  each(value: number, visit: (index: number) => void): void {
    for (let at = this.#heads[value] ?? -1; at >= 0; at = this.#next[at] ?? -1) visit(at);
  }
}

/**
 * Pairs at most `limit` bits apart, by their second index.
 * @param hashes 16 hex digits each
 * @yields pairs, and now and then how many hashes are done, so that the caller can report and stop
 */
export function* findNearPairs(hashes: readonly string[], limit: number): Generator<NearPair | { done: number }> {
  const halves = hashes.map(hashHalves);
  const tables = Array.from({ length: BANDS }, () => new BandTable(hashes.length));
  const masks = masksUpTo(Math.floor(limit / BANDS));
  const seenBy = new Int32Array(hashes.length).fill(-1);
  for (const [b, [high, low]] of halves.entries()) {
    const found: NearPair[] = [];
    const compare = (a: number) => {
      if (seenBy[a] === b) return;
      seenBy[a] = b;
      const [otherHigh, otherLow] = halves[a] ?? [0, 0];
      const bits = countBits(high ^ otherHigh) + countBits(low ^ otherLow);
      if (bits <= limit) found.push({ a, b, bits });
    };
    for (const [band, table] of tables.entries()) {
      const value = bandOf(high, low, band);
      for (const mask of masks) table.each(value ^ mask, compare);
    }
    for (const [band, table] of tables.entries()) table.add(bandOf(high, low, band), b);
    yield* found;
    if (b % 500 === 499) yield { done: b + 1 };
  }
}
