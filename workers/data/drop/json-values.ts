// Finds the values of a JSON document while its bytes come in pieces: the elements of the outermost array, or the members of the
// outermost object with the elements of those that are arrays. What lies deeper is skipped unread; JSON.parse judges it.

/** A value by the bytes it takes: [start, end) in the file. */
export interface FoundValue {
  start: number;
  end: number;
  /** Where its key begins; -1 in an array. */
  keyStart: number;
  /** `OUTER` for members of the outermost object and for a document that is neither list nor object, else the number of its array. */
  list: number;
  /** An array whose elements were found one by one. */
  isList: boolean;
}

export interface FoundKey {
  start: number;
  end: number;
}

/** Where the text is no JSON. */
export interface ScanFault {
  /** In the file. */
  offset: number;
  expected: Expectation;
  /** Where the value begins that breaks; -1 where the fault lies between values. */
  valueStart: number;
}

export type Expectation = 'value' | 'first-value' | 'first-key' | 'key' | 'colon' | 'after-value';

export const OUTER = -1;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [LEFT_LIST, RIGHT_LIST, LEFT_OBJECT, RIGHT_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const FIRST_PRINTABLE = 0x20;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isOpening = (byte: number): boolean => byte === LEFT_LIST || byte === LEFT_OBJECT;
const isClosing = (byte: number): boolean => byte === RIGHT_LIST || byte === RIGHT_OBJECT;

/** A list or object whose members are looked at. */
interface Container {
  isList: boolean;
  start: number;
  list: number;
  keyStart: number;
}

/** A whole document. */
export interface DocumentRange {
  start: number;
  end: number;
  isList: boolean;
}

/** A key or value that is being skipped. */
interface OpenToken {
  start: number;
  isKey: boolean;
  isScalar: boolean;
  depth: number;
  inString: boolean;
  escaped: boolean;
}

/** Push parser: give it the bytes in order, take out what it found. */
export class ValueScanner {
  /** Found since the caller emptied them. */
  readonly values: FoundValue[] = [];
  readonly keys: FoundKey[] = [];
  fault: ScanFault | null = null;
  #expected: Expectation = 'value';
  readonly #containers: Container[] = [];
  #open: OpenToken | null = null;
  #keyStart = -1;
  #lists = 0;
  #position = 0;
  #document: DocumentRange | null = null;

  /** The outermost list or object; null before its end, and where there is none. */
  get document(): DocumentRange | null {
    return this.#document;
  }

  /** Bytes from here on are still needed to read what is open. */
  get neededFrom(): number {
    return this.#open?.start ?? this.#position;
  }

  /** @param offset of the first byte in the file */
  push(bytes: Uint8Array, offset: number): void {
    for (let i = 0; i < bytes.length && !this.fault;)
      i = this.#open ? this.#skip(this.#open, bytes, i, offset) : this.#step(bytes, i, offset);
    this.#position = offset + bytes.length;
  }

  /** The file ends here. */
  finish(offset: number): void {
    if (this.fault) return;
    if (this.#open?.isScalar) this.#close(this.#open, offset);
    if (this.#open) this.fault = { offset, expected: this.#expected, valueStart: this.#open.start };
    else if (this.#containers.length > 0 || this.#expected !== 'after-value') this.#fail(offset);
  }

  #fail(offset: number): void {
    this.fault = { offset, expected: this.#expected, valueStart: -1 };
  }

  /** One byte between values. @returns the next index */
  #step(bytes: Uint8Array, i: number, offset: number): number {
    const byte = bytes[i] ?? 0;
    if (isSpace(byte)) return i + 1;
    const inside = this.#containers.at(-1);
    const at = offset + i;
    const mayClose = this.#expected === 'after-value' || this.#expected === 'first-value' || this.#expected === 'first-key';
    if (this.#expected === 'colon') return byte === COLON ? this.#expect('value', i) : this.#failAt(at, i);
    if (mayClose && inside && byte === (inside.isList ? RIGHT_LIST : RIGHT_OBJECT)) return this.#leave(inside, at, i);
    if (this.#expected === 'after-value') {
      return byte === COMMA && inside ? this.#expect(inside.isList ? 'value' : 'key', i) : this.#failAt(at, i);
    }
    if (this.#expected === 'key' || this.#expected === 'first-key')
      return byte === QUOTE ? this.#begin(byte, at, i, true) : this.#failAt(at, i);
    if (isClosing(byte) || byte === COMMA || byte === COLON) return this.#failAt(at, i);
    return this.#enters(byte) ? this.#enter(byte, at, i) : this.#begin(byte, at, i, false);
  }

  #failAt(at: number, i: number): number {
    this.#fail(at);
    return i;
  }

  #expect(next: Expectation, i: number): number {
    this.#expected = next;
    return i + 1;
  }

  /** Looked into are the outermost list or object, and lists that are members of the latter. */
  #enters(byte: number): boolean {
    const [outermost, second] = this.#containers;
    if (!outermost) return isOpening(byte);
    return !outermost.isList && !second && byte === LEFT_LIST;
  }

  #enter(byte: number, start: number, i: number): number {
    const isList = byte === LEFT_LIST;
    this.#containers.push({ isList, start, list: isList ? this.#lists++ : OUTER, keyStart: this.#keyStart });
    return this.#expect(isList ? 'first-value' : 'first-key', i);
  }

  #leave({ start, keyStart, isList }: Container, at: number, i: number): number {
    this.#containers.pop();
    if (this.#containers.length > 0) this.values.push({ start, end: at + 1, keyStart, list: OUTER, isList });
    else this.#document = { start, end: at + 1, isList };
    return this.#expect('after-value', i);
  }

  #begin(byte: number, start: number, i: number, isKey: boolean): number {
    const isScalar = byte !== QUOTE && !isOpening(byte);
    this.#open = { start, isKey, isScalar, depth: isOpening(byte) ? 1 : 0, inString: byte === QUOTE, escaped: false };
    if (isKey) this.#keyStart = start;
    return i + 1;
  }

  #close(open: OpenToken, end: number): void {
    this.#open = null;
    this.#expected = open.isKey ? 'colon' : 'after-value';
    if (open.isKey) this.keys.push({ start: open.start, end });
    else {
      const inside = this.#containers.at(-1);
      const isMember = inside !== undefined && !inside.isList;
      const keyStart = isMember ? this.#keyStart : -1;
      this.values.push({ start: open.start, end, keyStart, list: inside?.list ?? OUTER, isList: false });
    }
  }

  /** Goes to the end of what is open, or of the bytes. */
  #skip(open: OpenToken, bytes: Uint8Array, from: number, offset: number): number {
    if (open.isScalar) return this.#skipScalar(open, bytes, from, offset);
    let { depth, inString, escaped } = open;
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (!inString) {
        if (byte === QUOTE) inString = true;
        else if (isOpening(byte)) depth++;
        else if (isClosing(byte)) depth--;
      } else if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) inString = false;
      else if (byte < FIRST_PRINTABLE) {
        this.fault = { offset: offset + i, expected: this.#expected, valueStart: open.start };
        return i;
      }
      if (depth === 0 && !inString) {
        this.#close(open, offset + i + 1);
        return i + 1;
      }
    }
    Object.assign(open, { depth, inString, escaped });
    return bytes.length;
  }

  #skipScalar(open: OpenToken, bytes: Uint8Array, from: number, offset: number): number {
    let i = from;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (byte !== COMMA && !isClosing(byte) && !isSpace(byte)) continue;
      this.#close(open, offset + i);
      break;
    }
    return i;
  }
}
