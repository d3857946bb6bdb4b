// Where the rows of a file lie: 16 bytes a row instead of its text.
import { countColumn, sizeColumn } from './column.ts';

/** One row by the bytes it takes. */
export interface RowRange {
  start: number;
  length: number;
  /** By which people find it: index in an array, line in JSONL. */
  number: number;
}

export class RowRanges {
  readonly #starts = sizeColumn();
  readonly #lengths = countColumn();
  readonly #numbers = countColumn();

  get length(): number {
    return this.#starts.length;
  }

  get heldBytes(): number {
    return this.#starts.heldBytes + this.#lengths.heldBytes + this.#numbers.heldBytes;
  }

  add({ start, length, number }: RowRange): void {
    this.#starts.push(start);
    this.#lengths.push(length);
    this.#numbers.push(number);
  }

  at(index: number): RowRange {
    return { start: this.#starts.at(index), length: this.#lengths.at(index), number: this.#numbers.at(index) };
  }

  /** Rows from an index on, at most `count`. */
  from(index: number, count: number): RowRange[] {
    return Array.from({ length: Math.max(0, Math.min(count, this.length - index)) }, (_, i) => this.at(index + i));
  }
}
