// Many short texts as UTF-8 in one buffer: 100,000 names take a few megabytes, and no collector has to walk over them.
import { countColumn } from './column.ts';

const FIRST_BYTES = 4096;
/** Most bytes of UTF-8 that one UTF-16 unit can become. */
const BYTES_PER_UNIT = 3;

/** An append-only list of texts. */
export class PackedTexts {
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Where each text ends. */
  readonly #ends = countColumn();
  #bytes = new Uint8Array(FIRST_BYTES);

  get length(): number {
    return this.#ends.length;
  }

  /** Of all texts together. */
  get textBytes(): number {
    return this.#ends.at(this.length - 1);
  }

  get heldBytes(): number {
    return this.#bytes.byteLength + this.#ends.heldBytes;
  }

  /** @returns the index of the new text */
  add(text: string): number {
    const start = this.textBytes;
    const most = start + BYTES_PER_UNIT * text.length;
    if (most > this.#bytes.length) this.#grow(most);
    const { written } = this.#encoder.encodeInto(text, this.#bytes.subarray(start));
    this.#ends.push(start + written);
    return this.length - 1;
  }

  at(index: number): string {
    return this.#decoder.decode(this.#bytesOf(index));
  }

  /** All texts in the order in which JavaScript sorts strings, one after the other, as UTF-8. */
  sortedBytes(): Uint8Array<ArrayBuffer> {
    const order = Uint32Array.from({ length: this.length }, (_, index) => index);
    order.sort((a, b) => compareAsText(this.#bytesOf(a), this.#bytesOf(b)));
    const all = new Uint8Array(this.textBytes);
    let at = 0;
    for (const index of order) {
      const text = this.#bytesOf(index);
      all.set(text, at);
      at += text.length;
    }
    return all;
  }

  #bytesOf(index: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(index === 0 ? 0 : this.#ends.at(index - 1), this.#ends.at(index));
  }

  #grow(least: number): void {
    const larger = new Uint8Array(Math.max(least, Math.ceil(this.#bytes.length * 1.5)));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** The order of UTF-16 units: that of UTF-8 bytes, but characters beyond U+FFFF (surrogates) come before U+E000 to U+FFFF. */
function compareAsText(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    if (x !== y) return x >= 0xee && y >= 0xee && x >= 0xf0 !== y >= 0xf0 ? y - x : x - y;
  }
  return a.length - b.length;
}
