// Text of a completion as it grows: a character whose bytes are split over tokens is held back until it is whole.
import type { Tokenizer } from './tokenizer.ts';

/** Decodes one completion token by token; make a new one for each completion. */
export class StreamingDecoder {
  readonly #tokenizer: Tokenizer;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #atStart = true;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** Takes the next token; returns the text that became certain, possibly empty. */
  push(id: number): string {
    const piece = this.#tokenizer.pieceOf(id, this.#atStart);
    if (!this.#tokenizer.isSpecial(id)) this.#atStart = false;
    return this.#decoder.decode(piece, { stream: true });
  }

  /** Ends the text; a broken character comes out as U+FFFD. */
  finish(): string {
    return this.#decoder.decode();
  }
}
