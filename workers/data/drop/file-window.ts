// A file of any size read piece by piece: in memory is only what is still needed.
import type { TextSource } from '../source-file.ts';

/** Bytes read at once. */
export const PIECE_BYTES = 2 ** 20;

/** The end of what was read. */
export class FileWindow {
  #bytes = new Uint8Array();
  #start: number;

  /** @param from where reading begins */
  constructor(
    private readonly file: TextSource,
    from = 0,
  ) {
    this.#start = from;
  }

  /** Where in the file the bytes end. */
  get end(): number {
    return this.#start + this.#bytes.length;
  }

  get heldBytes(): number {
    return this.#bytes.length;
  }

  /** Reads the next piece; empty at the end of the file. Bytes before `neededFrom` are let go. */
  async next(neededFrom: number): Promise<Uint8Array> {
    const piece = new Uint8Array(await this.file.slice(this.end, Math.min(this.end + PIECE_BYTES, this.file.size)).arrayBuffer());
    const kept = this.slice(neededFrom, this.end);
    const bytes = new Uint8Array(kept.length + piece.length);
    bytes.set(kept);
    bytes.set(piece, kept.length);
    this.#start = this.end - kept.length;
    this.#bytes = bytes;
    return bytes.subarray(kept.length);
  }

  /** Bytes by their place in the file; of those let go, none. */
  slice(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(Math.max(0, start - this.#start), Math.max(0, end - this.#start));
  }
}
