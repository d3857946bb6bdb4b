// The part of CPython's `random` that the official scripts use: random.seed(int) and random.sample(list, k), number for number.
// Generator: MT19937 (Matsumoto, Nishimura 1998), seeded by its init_by_array. Sampling: as documented for Python 3.11 and later;
// 3.2 to 3.10 give the same for lists. No code of CPython is copied.

const N = 624;
const M = 397;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;

/** A stream that gives what Python gives after `random.seed(seed)`. */
export class PythonRandom {
  readonly #state = new Uint32Array(N);
  #at = N;

  /** @param seed as Python's int; its sign is ignored, as Python does */
  constructor(seed: number | bigint) {
    this.#seedByArray(wordsOf(seed));
  }

  #seed(value: number): void {
    const state = this.#state;
    state[0] = value >>> 0;
    for (let i = 1; i < N; i++) {
      const before = state[i - 1] ?? 0;
      state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** Two passes that spread a key of any length over the state. */
  #seedByArray(key: readonly number[]): void {
    const state = this.#state;
    this.#seed(19650218);
    let i = 1;
    const mix = (factor: number) => {
      const before = state[i - 1] ?? 0;
      return (state[i] ?? 0) ^ Math.imul(before ^ (before >>> 30), factor);
    };
    const step = () => {
      i++;
      if (i < N) return;
      state[0] = state[N - 1] ?? 0;
      i = 1;
    };
    for (let round = 0, j = 0; round < Math.max(N, key.length); round++, j = (j + 1) % key.length) {
      state[i] = mix(1664525) + (key[j] ?? 0) + j;
      step();
    }
    for (let round = 0; round < N - 1; round++) {
      state[i] = mix(1566083941) - i;
      step();
    }
    state[0] = UPPER;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = ((state[i] ?? 0) & UPPER) | ((state[(i + 1) % N] ?? 0) & LOWER);
      state[i] = (state[(i + M) % N] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }

  /** The next 32 random bits. */
  nextUint32(): number {
    if (this.#at >= N) this.#refill();
    let y = this.#state[this.#at++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** A whole number in [0, n), n up to 2^32 - 1: bits are drawn until they are below n. */
  below(n: number): number {
    const bits = 32 - Math.clz32(n);
    for (;;) {
      const drawn = this.nextUint32() >>> (32 - bits);
      if (drawn < n) return drawn;
    }
  }

  /**
   * `random.sample(items, count)`: items in the order drawn.
   * @throws RangeError when fewer items are there
   */
  sample<Item>(items: readonly Item[], count: number): Item[] {
    const n = items.length;
    if (count > n || count < 0) throw new RangeError(`${count} of ${n} items cannot be sampled`);
    const drawn = n <= poolLimit(count) ? this.#sampleFromPool(n, count) : this.#sampleBySet(n, count);
    return drawn.flatMap((index) => items.slice(index, index + 1));
  }

  /** Draws from the rest of a list, closing each gap with its last entry. */
  #sampleFromPool(n: number, count: number): number[] {
    const pool = Array.from({ length: n }, (_, i) => i);
    return Array.from({ length: count }, (_, i) => {
      const at = this.below(n - i);
      const drawn = pool[at] ?? 0;
      pool[at] = pool[n - i - 1] ?? 0;
      return drawn;
    });
  }

  /** Draws from the whole and draws again what was drawn before. */
  #sampleBySet(n: number, count: number): number[] {
    const drawn = new Set<number>();
    while (drawn.size < count) {
      let at = this.below(n);
      while (drawn.has(at)) at = this.below(n);
      drawn.add(at);
    }
    return [...drawn];
  }
}

/** Up to this many items the pool is used: it takes less memory than a set of the samples. */
function poolLimit(count: number): number {
  return count <= 5 ? 21 : 21 + 4 ** Math.ceil(Math.log(count * 3) / Math.log(4));
}

/** 32-bit words of the absolute value, lowest first; zero has one. */
function wordsOf(seed: number | bigint): number[] {
  let rest = BigInt(seed);
  if (rest < 0n) rest = -rest;
  const words: number[] = [];
  for (; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  return words.length > 0 ? words : [0];
}
