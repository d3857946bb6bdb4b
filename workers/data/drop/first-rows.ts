// The first row with each id, to tell repeated rows: hashes in columns, some 36 bytes a row. Two hashes of 32 bits each stand for a text;
// that two ids of a million share both happens once in 40 million files.
import { countColumn } from './column.ts';
import { hashOf } from './key-index.ts';

const OTHER_BASIS = 0x9747b28c;

/** The hashes of a text; an absent one has none of its own. */
function hashesOf(text: string | undefined): [number, number] {
  return text === undefined ? [0, 0] : [hashOf(text) >>> 0, hashOf(text, OTHER_BASIS) >>> 0];
}

export interface FirstRow {
  file: number;
  number: number;
  /** Whether it named the same image as the row that is asked about. */
  isSameImage: boolean;
}

export class FirstRows {
  readonly #ids = [countColumn(), countColumn()] as const;
  readonly #images = [countColumn(), countColumn()] as const;
  readonly #files = countColumn();
  readonly #numbers = countColumn();
  /** Entry plus 1 by hash; 0 where a slot is free. */
  #slots = new Uint32Array(64);

  get heldBytes(): number {
    const columns = [...this.#ids, ...this.#images, this.#files, this.#numbers];
    return columns.reduce((sum, { heldBytes }) => sum + heldBytes, this.#slots.byteLength);
  }

  /** The row that had this id first, or undefined; then the given one is remembered as that. */
  findOrAdd(id: string, image: string | undefined, file: number, number: number): FirstRow | undefined {
    const [idA, idB] = hashesOf(id);
    const [imageA, imageB] = hashesOf(image);
    const slot = this.#slotOf(idA, idB);
    const entry = (this.#slots[slot] ?? 0) - 1;
    if (entry >= 0) {
      const isSameImage = this.#images[0].at(entry) === imageA && this.#images[1].at(entry) === imageB;
      return { file: this.#files.at(entry), number: this.#numbers.at(entry), isSameImage };
    }
    this.#slots[slot] = this.#files.length + 1;
    this.#ids[0].push(idA);
    this.#ids[1].push(idB);
    this.#images[0].push(imageA);
    this.#images[1].push(imageB);
    this.#files.push(file);
    this.#numbers.push(number);
    if (2 * this.#files.length > this.#slots.length) this.#grow();
    return undefined;
  }

  /** The slot of an id, or the free one that it would take. */
  #slotOf(a: number, b: number): number {
    const mask = this.#slots.length - 1;
    let slot = a & mask;
    for (;;) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0 || (this.#ids[0].at(entry) === a && this.#ids[1].at(entry) === b)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let entry = 0; entry < this.#files.length; entry++)
      this.#slots[this.#slotOf(this.#ids[0].at(entry), this.#ids[1].at(entry))] = entry + 1;
  }
}
