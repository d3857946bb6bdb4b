// Finds items by a text without keeping the texts: a table of hashes in typed arrays, and the text of a candidate is made again to be
// sure. 12 to 20 bytes an item; a Map of strings takes ten times as much.

const NONE = -1;

const BASIS = 0x811c9dc5;

/** FNV-1a over UTF-16 units with a final mix; another basis gives an unrelated hash. */
export function hashOf(text: string, basis = BASIS): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** An index over the items 0 to count - 1. Exact: equal hashes are compared as texts. */
export class KeyIndex {
  readonly #hashes: Int32Array;
  /** First item of a slot, and the next one in the same slot. */
  readonly #heads: Int32Array;
  readonly #next: Int32Array;

  /** @param keyOf the text of an item, the same whenever it is asked; null for items that cannot be found */
  constructor(
    count: number,
    private readonly keyOf: (item: number) => string | null,
  ) {
    this.#hashes = new Int32Array(count);
    this.#next = new Int32Array(count).fill(NONE);
    this.#heads = new Int32Array(2 ** Math.max(4, Math.ceil(Math.log2(count + 1)))).fill(NONE);
    for (let item = count - 1; item >= 0; item--) this.#add(item); // so that chains begin with the first item
  }

  get heldBytes(): number {
    return this.#hashes.byteLength + this.#next.byteLength + this.#heads.byteLength;
  }

  /** Items with this text, in their order. */
  *all(key: string): Generator<number> {
    const hash = hashOf(key);
    for (let item = this.#heads[this.#slot(hash)] ?? NONE; item !== NONE; item = this.#next[item] ?? NONE)
      if (this.#hashes[item] === hash && this.keyOf(item) === key) yield item;
  }

  /** The first item with this text, or undefined. */
  first(key: string): number | undefined {
    for (const item of this.all(key)) return item;
    return undefined;
  }

  #add(item: number): void {
    const key = this.keyOf(item);
    if (key === null) return;
    const hash = hashOf(key);
    const slot = this.#slot(hash);
    this.#hashes[item] = hash;
    this.#next[item] = this.#heads[slot] ?? NONE;
    this.#heads[slot] = item;
  }

  #slot(hash: number): number {
    return hash & (this.#heads.length - 1);
  }
}
