// A reader of pickles that executes nothing: it builds lists, dictionaries and tuples, notes calls to a few names of torch as data,
// and refuses everything else with the reason. Opcodes: Python's Lib/pickletools.py, protocols 2 to 5.
import { WorkbenchError } from '../errors.ts';

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleTuple
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleCall
  | PicklePersistentId;

/** A name such as `torch.FloatStorage`; nothing is looked up. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A call that was written down, not made. */
export class PickleCall {
  readonly callee: string;
  readonly args: readonly PickleValue[];
  constructor(callee: string, args: readonly PickleValue[]) {
    this.callee = callee;
    this.args = args;
  }
}

/** How torch refers to a storage: ("storage", type, key, device, size). */
export class PicklePersistentId {
  readonly id: PickleValue;
  constructor(id: PickleValue) {
    this.id = id;
  }
}

const STORAGES = /^torch\.(?:Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage$/;
const ALLOWED = new Set(['torch._utils._rebuild_tensor_v2', 'torch._utils._rebuild_parameter', 'collections.OrderedDict']);

function refused(reason: string): WorkbenchError {
  return new WorkbenchError('E-UNSUPPORTED', `The pickle is refused: ${reason}.`, {
    safe: 'Nothing of it was executed or stored.',
    remedy: 'Save the weights as safetensors, for example with safetensors.torch.save_file, and import that file.',
  });
}

const MARK = Symbol('mark');
type StackItem = PickleValue | typeof MARK;

/** Reads one pickle. @throws E-UNSUPPORTED naming opcode and place, E-SCHEMA when it is cut short */
export function readPickle(bytes: Uint8Array): PickleValue {
  return new Unpickler(bytes).run();
}

class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: StackItem[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (;;) {
      const place = this.#at;
      const opcode = this.#take(1)[0] ?? 0;
      if (opcode === 0x2e) return this.#pop(); // STOP
      if (!this.#constant(opcode) && !this.#container(opcode) && !this.#reference(opcode)) {
        throw refused(`opcode 0x${opcode.toString(16).padStart(2, '0')} at byte ${place} is not one that weights need`);
      }
    }
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length)
      throw new WorkbenchError('E-SCHEMA', 'The pickle is cut short.', {
        safe: 'Nothing of it was executed or stored.',
        remedy: 'Download or copy the file again.',
      });
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A little-endian unsigned number. */
  #uint(length: 1 | 2 | 4 | 8): number {
    const at = this.#at;
    this.#take(length);
    if (length === 1) return this.#view.getUint8(at);
    if (length === 2) return this.#view.getUint16(at, true);
    return length === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  #text(length: number): string {
    return new TextDecoder().decode(this.#take(length));
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    const text = this.#text((end < 0 ? this.#bytes.length + 1 : end) - this.#at);
    this.#at++;
    return text;
  }

  #push(value: StackItem): true {
    this.#stack.push(value);
    return true;
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw refused('its stack is in disorder');
    return value;
  }

  #popToMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) throw refused('its stack is in disorder');
    return this.#stack.splice(at).flatMap((value) => (value === MARK ? [] : [value]));
  }

  /** Numbers, texts, None, True, False, and headers without a value. */
  #constant(opcode: number): boolean {
    switch (opcode) {
      case 0x80: // PROTO
        if (this.#uint(1) > 5) throw refused('its protocol is newer than 5');
        return true;
      case 0x95: // FRAME
        this.#take(8);
        return true;
      case 0x4e:
        return this.#push(null);
      case 0x88:
        return this.#push(true);
      case 0x89:
        return this.#push(false);
      case 0x4b: // BININT1
        return this.#push(this.#uint(1));
      case 0x4d: // BININT2
        return this.#push(this.#uint(2));
      case 0x4a: // BININT
        return this.#push(this.#uint(4) | 0);
      case 0x8a: // LONG1
        return this.#push(this.#long(this.#uint(1)));
      case 0x47: // BINFLOAT, big-endian
        this.#take(8);
        return this.#push(this.#view.getFloat64(this.#at - 8));
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#text(this.#uint(1)));
      case 0x58: // BINUNICODE
        return this.#push(this.#text(this.#uint(4)));
      default:
        return false;
    }
  }

  /** Two's complement, little-endian. */
  #long(length: number): number {
    if (length > 8) throw refused('it holds a number of more than 64 bits');
    let value = 0n;
    for (const byte of this.#take(length).toReversed()) value = (value << 8n) | BigInt(byte);
    return Number(length === 0 ? 0n : BigInt.asIntN(8 * length, value));
  }

  #container(opcode: number): boolean {
    switch (opcode) {
      case 0x28:
        return this.#push(MARK);
      case 0x7d:
        return this.#push(new Map());
      case 0x5d:
        return this.#push([]);
      case 0x29:
        return this.#push(new PickleTuple([]));
      case 0x74:
        return this.#push(new PickleTuple(this.#popToMark()));
      case 0x85:
      case 0x86:
      case 0x87: // TUPLE1 to TUPLE3
        return this.#push(new PickleTuple(Array.from({ length: opcode - 0x84 }, () => this.#pop()).reverse()));
      case 0x61: // APPEND
        return this.#append([this.#pop()]);
      case 0x65: // APPENDS
        return this.#append(this.#popToMark());
      case 0x73: // SETITEM
        return this.#setItems([this.#pop(), this.#pop()].reverse());
      case 0x75: // SETITEMS
        return this.#setItems(this.#popToMark());
      default:
        return false;
    }
  }

  #append(values: readonly PickleValue[]): true {
    const list = this.#stack.at(-1);
    if (!Array.isArray(list)) throw refused('it appends to something that is no list');
    list.push(...values);
    return true;
  }

  #setItems(values: readonly PickleValue[]): true {
    const map = this.#stack.at(-1);
    if (!(map instanceof Map)) throw refused('it sets items of something that is no dictionary');
    for (let i = 0; i + 1 < values.length; i += 2) map.set(values[i] ?? null, values[i + 1] ?? null);
    return true;
  }

  #reference(opcode: number): boolean {
    switch (opcode) {
      case 0x71: // BINPUT
        return this.#remember(this.#uint(1));
      case 0x72: // LONG_BINPUT
        return this.#remember(this.#uint(4));
      case 0x94: // MEMOIZE
        return this.#remember(this.#memo.size);
      case 0x68: // BINGET
        return this.#push(this.#recall(this.#uint(1)));
      case 0x6a: // LONG_BINGET
        return this.#push(this.#recall(this.#uint(4)));
      case 0x63: // GLOBAL
        return this.#push(this.#global(this.#line(), this.#line()));
      case 0x93: {
        // STACK_GLOBAL
        const [name, module] = [this.#pop(), this.#pop()];
        if (typeof module !== 'string' || typeof name !== 'string') throw refused('it asks for a name that is no text');
        return this.#push(this.#global(module, name));
      }
      case 0x51: // BINPERSID
        return this.#push(new PicklePersistentId(this.#pop()));
      case 0x52: // REDUCE
        return this.#reduce();
      case 0x62: // BUILD: attributes such as a state dictionary's `_metadata`, which no tensor needs
        this.#pop();
        return true;
      default:
        return false;
    }
  }

  #remember(key: number): true {
    const value = this.#pop();
    this.#memo.set(key, value);
    return this.#push(value);
  }

  #recall(key: number): PickleValue {
    const value = this.#memo.get(key);
    if (value === undefined) throw refused('it refers to something that it never held');
    return value;
  }

  #global(module: string, name: string): PickleGlobal {
    const whole = `${module}.${name}`;
    if (!ALLOWED.has(whole) && !STORAGES.test(whole)) throw refused(`it asks for ${whole.slice(0, 120)}, which weights do not need`);
    return new PickleGlobal(whole);
  }

  /** An ordered dictionary is a dictionary; anything else stays a note of the call. */
  #reduce(): true {
    const [args, callee] = [this.#pop(), this.#pop()];
    if (!(callee instanceof PickleGlobal) || !(args instanceof PickleTuple)) throw refused('it calls something that is no name');
    if (callee.name !== 'collections.OrderedDict') return this.#push(new PickleCall(callee.name, args.items));
    if (args.items.length > 0) throw refused('it fills a dictionary in a way that weights do not need');
    return this.#push(new Map());
  }
}
