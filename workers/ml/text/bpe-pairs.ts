// Counts of neighbouring symbols over all words, with a heap that always gives the most frequent pair. Used by bpe-train.ts.

/** A pair of symbol ids and how often it occurs. */
export interface Pair {
  left: number;
  right: number;
  count: number;
}

interface Word {
  symbols: number[];
  count: number;
}

// Ids stay far below 2^24, so the key is exact in a double.
const KEY_BASE = 2 ** 24;
const keyOf = (left: number, right: number): number => left * KEY_BASE + right;

/** More frequent first; equal counts by left id, then right id. */
function comesBefore(a: Pair, b: Pair): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.left !== b.left ? a.left < b.left : a.right < b.right;
}

/** All words and their pairs. Counts in the heap may be stale; they are checked when popped. */
export class PairTable {
  readonly #words: Word[] = [];
  readonly #counts = new Map<number, number>();
  /** Words in which a pair occurs or once occurred. */
  readonly #wordsOf = new Map<number, Set<number>>();
  readonly #heap: Pair[] = [];
  #heaped = false;

  /** Adds a word with its frequency. Call before the first `popBest`. */
  addWord(symbols: number[], count: number): void {
    const index = this.#words.push({ symbols, count }) - 1;
    for (let i = 0; i + 1 < symbols.length; i++) this.#change(symbols[i] ?? 0, symbols[i + 1] ?? 0, count, index);
  }

  #change(left: number, right: number, by: number, word: number): void {
    const key = keyOf(left, right);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
    if (by <= 0) return;
    const words = this.#wordsOf.get(key);
    if (words === undefined) this.#wordsOf.set(key, new Set([word]));
    else words.add(word);
  }

  /** Takes the most frequent pair; null when none is left. */
  popBest(): Pair | null {
    if (!this.#heaped) this.#fillHeap();
    for (let top = this.#pop(); top !== null; top = this.#pop()) {
      const count = this.#counts.get(keyOf(top.left, top.right)) ?? 0;
      if (count === top.count) return top;
      if (count > 0) this.#push({ ...top, count });
    }
    return null;
  }

  #fillHeap(): void {
    this.#heaped = true;
    for (const [key, count] of this.#counts) this.#push({ left: Math.floor(key / KEY_BASE), right: key % KEY_BASE, count });
  }

  /** Replaces the pair by one symbol in every word. */
  merge(left: number, right: number, merged: number): void {
    const touched = new Set<number>();
    for (const index of this.#wordsOf.get(keyOf(left, right)) ?? []) this.#mergeInWord(index, left, right, merged, touched);
    this.#counts.delete(keyOf(left, right));
    this.#wordsOf.delete(keyOf(left, right));
    for (const key of touched) {
      const count = this.#counts.get(key) ?? 0;
      if (count > 0) this.#push({ left: Math.floor(key / KEY_BASE), right: key % KEY_BASE, count });
    }
  }

  #mergeInWord(index: number, left: number, right: number, merged: number, touched: Set<number>): void {
    const word = this.#words[index];
    if (word === undefined) return;
    const { symbols, count } = word;
    const result: number[] = [];
    for (let i = 0; i < symbols.length; i++) {
      const fits = symbols[i] === left && symbols[i + 1] === right;
      result.push(fits ? merged : (symbols[i] ?? 0));
      if (fits) i++;
    }
    for (let i = 0; i + 1 < symbols.length; i++) this.#change(symbols[i] ?? 0, symbols[i + 1] ?? 0, -count, index);
    for (let i = 0; i + 1 < result.length; i++) {
      this.#change(result[i] ?? 0, result[i + 1] ?? 0, count, index);
      if (result[i] === merged || result[i + 1] === merged) touched.add(keyOf(result[i] ?? 0, result[i + 1] ?? 0));
    }
    word.symbols = result;
  }

  #push(pair: Pair): void {
    const heap = this.#heap;
    let at = heap.push(pair) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !comesBefore(pair, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = pair;
  }

  #pop(): Pair | null {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined) return null;
    if (heap.length > 0) this.#sink(last);
    return top;
  }

  /** Puts a pair at the root and lets it sink. */
  #sink(pair: Pair): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      const best = right !== undefined && comesBefore(right, left) ? right : left;
      if (best === right) child++;
      if (!comesBefore(best, pair)) break;
      heap[at] = best;
      at = child;
    }
    heap[at] = pair;
  }
}
