// Numbers of many items in a typed array that grows: a few bytes an item, where an object would take hundreds.

type Numbers = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

const FIRST_LENGTH = 64;

/** A list of numbers; items that were never set are 0. */
export class Column {
  #values: Numbers;
  #length = 0;

  /** @param make a typed array of a length, which says what range of numbers fits */
  constructor(private readonly make: (length: number) => Numbers) {
    this.#values = make(FIRST_LENGTH);
  }

  get length(): number {
    return this.#length;
  }

  get heldBytes(): number {
    return this.#values.byteLength;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  push(value: number): void {
    this.set(this.#length, value);
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#grow(index + 1);
    this.#values[index] = value;
    this.#length = Math.max(this.#length, index + 1);
  }

  #grow(least: number): void {
    const larger = this.make(Math.max(least, Math.ceil(this.#values.length * 1.5)));
    larger.set(this.#values);
    this.#values = larger;
  }
}

/** 0 to 255. */
export const byteColumn = () => new Column((length) => new Uint8Array(length));
/** 0 to 2^32 - 1. */
export const countColumn = () => new Column((length) => new Uint32Array(length));
/** Whole numbers to 2^53: places in files, sizes. */
export const sizeColumn = () => new Column((length) => new Float64Array(length));
