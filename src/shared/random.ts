// Seeded random numbers that are the same in Node and in every browser: integer arithmetic only.
// Generator: sfc32 (Chris Doty-Humphrey, PractRand), seeded by an FNV-1a hash of a text.

/** The four 32-bit words of a stream; store them to continue a stream later. */
export type RandomState = [number, number, number, number];

/** FNV-1a over UTF-16 units, then an avalanche: texts that differ in one letter give unrelated numbers. */
function hashText(text: string, basis: number): number {
  let hash = basis >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A stream of random numbers. Streams made from different texts are independent of each other. */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  private constructor([a, b, c, counter]: RandomState) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = counter | 0;
  }

  /** A stream named by any text, for instance `"42/aster/train/fake/17"`. */
  static fromText(text: string): RandomStream {
    const stream = new RandomStream([hashText(text, 0x811c9dc5), hashText(text, 0x9747b28c), hashText(text, 0x5bd1e995), 1]);
    for (let i = 0; i < 12; i++) stream.nextUint32();
    return stream;
  }

  /** Continues a stream whose `state` was stored. */
  static fromState(state: RandomState): RandomStream {
    return new RandomStream(state);
  }

  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** An integer in [0, 2^32). */
  nextUint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  next(): number {
    return this.nextUint32() / 4294967296;
  }

  /** A number in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** An integer in [0, count). */
  integer(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    const item = list[this.integer(list.length)];
    if (item === undefined) throw new RangeError('pick: the list is empty');
    return item;
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const order = Uint32Array.from(list, (_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swap = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = swap;
    }
    return Array.from(order).flatMap((i) => list.slice(i, i + 1));
  }
}
