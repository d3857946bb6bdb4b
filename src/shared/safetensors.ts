// Reading and writing safetensors (https://github.com/huggingface/safetensors, format text in its README).
// Nothing here knows what the tensors mean. Reading is lazy: only the header and the tensors asked for are loaded.
import { WorkbenchError } from './errors.ts';

/** Bytes that can be read in parts: a Blob, a File, or a whole file in memory. */
export type ByteSource = Blob | Uint8Array;

/** Numbers of one tensor; floats of any width are widened or narrowed to float32, integers to int32. */
export interface HostTensor {
  shape: number[];
  data: Float32Array | Int32Array;
}

/** Where tensors come from: one file, several shards, or a test's own map. */
export interface TensorSource {
  names(): string[];
  /** undefined for a name that is not there. */
  shapeOf(name: string): number[] | undefined;
  /** @throws WorkbenchError E-MISSING for an unknown name, E-UNSUPPORTED for a dtype that is not read */
  read(name: string): Promise<HostTensor>;
}

interface Entry {
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

const MAX_HEADER_BYTES = 100_000_000;

/** Bytes per element of every dtype of the format; those without a reader are only checked for their size. */
const DTYPE_BYTES: Record<string, number> = {
  F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1,
}; // prettier-ignore

const UNLOADED = { safe: 'Nothing was loaded or changed.' };

function malformed(reason: string): WorkbenchError {
  return new WorkbenchError('E-SCHEMA', `This is not a valid safetensors file: ${reason}.`, {
    ...UNLOADED,
    remedy: 'Download or export the file again and compare its size.',
  });
}

/** For a name that no tensor has. */
export function missingTensor(where: string, name: string): WorkbenchError {
  return new WorkbenchError('E-MISSING', `${where} has no tensor ${name}.`, { ...UNLOADED, remedy: 'Choose a file that holds it.' });
}

async function readRange(source: ByteSource, begin: number, end: number): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source.subarray(begin, end);
  return new Uint8Array(await source.slice(begin, end).arrayBuffer());
}

const sizeOf = (source: ByteSource): number => (source instanceof Uint8Array ? source.byteLength : source.size);

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseEntry(name: string, value: unknown): Entry {
  if (!isRecord(value)) throw malformed(`the entry of ${name} is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || DTYPE_BYTES[dtype] === undefined) throw malformed(`${name} has the unknown dtype ${String(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw malformed(`${name} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2) throw malformed(`${name} has no data_offsets`);
  const [begin, end]: unknown[] = offsets;
  if (!isCount(begin) || !isCount(end) || end < begin) throw malformed(`${name} has impossible data_offsets`);
  const wanted = shape.reduce((product: number, size: number) => product * size, DTYPE_BYTES[dtype]);
  if (end - begin !== wanted) throw malformed(`${name} takes ${end - begin} bytes but its shape needs ${wanted}`);
  return { dtype, shape, begin, end };
}

/** The data section must be covered exactly once: no overlap, no hole, no tail. */
function checkCoverage(entries: Map<string, Entry>, dataBytes: number): void {
  const sorted = [...entries].toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const [name, { begin, end }] of sorted) {
    if (begin < position) throw malformed(`the data of ${name} overlaps that of another tensor`);
    if (begin > position) throw malformed(`there is a hole before the data of ${name}`);
    position = end;
  }
  if (position !== dataBytes) throw malformed(`its tensors end at byte ${position} of ${dataBytes}; the file is cut short or has a tail`);
}

function parseHeader(text: string): { entries: Map<string, Entry>; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw malformed('its header is not JSON');
  }
  if (!isRecord(header)) throw malformed('its header is not an object');
  const { __metadata__: extra, ...tensors } = header;
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(isRecord(extra) ? extra : {})) metadata[key] = String(value);
  const entries = new Map(Object.entries(tensors).map(([name, value]) => [name, parseEntry(name, value)]));
  return { entries, metadata };
}

/** Half precision bits to a number (IEEE 754 binary16). */
function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function widenBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (value) => value * 65536).buffer);
}

function narrowInt64(values: BigInt64Array, name: string): Int32Array {
  return Int32Array.from(values, (value) => {
    const narrow = Number(value);
    if (narrow !== (narrow | 0))
      throw new WorkbenchError('E-UNSUPPORTED', `${name} holds ${value}, which does not fit 32 bits.`, {
        ...UNLOADED,
        remedy: 'Convert the tensor to I32 before importing.',
      });
    return narrow;
  });
}

/** @param bytes aligned copy of the tensor's data */
function decode(name: string, dtype: string, bytes: ArrayBuffer): Float32Array | Int32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes);
    case 'F64':
      return Float32Array.from(new Float64Array(bytes));
    case 'F16':
      return Float32Array.from(new Uint16Array(bytes), halfToNumber);
    case 'BF16':
      return widenBfloat16(new Uint16Array(bytes));
    case 'I64':
      return narrowInt64(new BigInt64Array(bytes), name);
    case 'I32':
      return new Int32Array(bytes);
    case 'U8':
    case 'BOOL':
      return Int32Array.from(new Uint8Array(bytes));
    default:
      throw new WorkbenchError('E-UNSUPPORTED', `${name} has the dtype ${dtype}, which is not read.`, {
        ...UNLOADED,
        remedy: 'Convert the tensor to F32, F16 or BF16 before importing.',
      });
  }
}

/** One open safetensors file. Holds no tensor data. */
export class SafetensorsFile implements TensorSource {
  readonly metadata: Record<string, string>;
  readonly #source: ByteSource;
  readonly #dataStart: number;
  readonly #entries: Map<string, Entry>;

  private constructor(source: ByteSource, dataStart: number, entries: Map<string, Entry>, metadata: Record<string, string>) {
    this.#source = source;
    this.#dataStart = dataStart;
    this.#entries = entries;
    this.metadata = metadata;
  }

  /**
   * Reads and checks the header: length (at most 100 MB), JSON, dtypes, shapes, offsets that cover the data exactly once.
   * @throws WorkbenchError E-SCHEMA with the reason
   */
  static async open(source: ByteSource): Promise<SafetensorsFile> {
    const size = sizeOf(source);
    if (size < 8) throw malformed(`it has only ${size} bytes`);
    const prefix = (await readRange(source, 0, 8)).slice();
    const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
    if (headerBytes > MAX_HEADER_BYTES) throw malformed(`its header would have ${headerBytes} bytes (limit ${MAX_HEADER_BYTES})`);
    if (headerBytes > size - 8) throw malformed(`its header of ${headerBytes} bytes does not fit the file of ${size}`);
    const bytes = (await readRange(source, 8, 8 + headerBytes)).slice();
    const { entries, metadata } = parseHeader(new TextDecoder().decode(bytes));
    checkCoverage(entries, size - 8 - headerBytes);
    return new SafetensorsFile(source, 8 + headerBytes, entries, metadata);
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  shapeOf(name: string): number[] | undefined {
    return this.#entries.get(name)?.shape;
  }

  async read(name: string): Promise<HostTensor> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw missingTensor('The file', name);
    const bytes = await readRange(this.#source, this.#dataStart + entry.begin, this.#dataStart + entry.end);
    // The copy is aligned and never shares the file's memory.
    return { shape: entry.shape, data: decode(name, entry.dtype, bytes.slice().buffer) };
  }
}

/** Several files read as one. */
export class ShardedTensors implements TensorSource {
  readonly #sources = new Map<string, TensorSource>();

  /**
   * @param index the parsed `model.safetensors.index.json`
   * @param shards the open shards by the file name that the index uses
   * @throws WorkbenchError E-SCHEMA for an index without weight_map, E-MISSING for a shard or tensor that is not there
   */
  constructor(index: unknown, shards: Map<string, TensorSource>) {
    const map = isRecord(index) ? index.weight_map : undefined;
    if (!isRecord(map))
      throw new WorkbenchError('E-SCHEMA', 'The shard index has no weight_map.', {
        ...UNLOADED,
        remedy: 'Write the model again with save_pretrained, or as one safetensors file.',
      });
    for (const [name, file] of Object.entries(map)) {
      const shard = shards.get(String(file));
      if (shard?.shapeOf(name) === undefined) {
        throw new WorkbenchError('E-MISSING', `The index places ${name} in ${String(file)}, where it is not.`, {
          ...UNLOADED,
          remedy: 'Add the missing shard.',
        });
      }
      this.#sources.set(name, shard);
    }
  }

  names(): string[] {
    return [...this.#sources.keys()];
  }

  shapeOf(name: string): number[] | undefined {
    return this.#sources.get(name)?.shapeOf(name);
  }

  async read(name: string): Promise<HostTensor> {
    const source = this.#sources.get(name);
    if (source === undefined) throw missingTensor('The shard index', name);
    return await source.read(name);
  }
}

/**
 * Encodes tensors as one file: 8-byte little-endian header length, header padded with spaces to a multiple of 8, data.
 * @param tensors in the order in which they are written; float32 as F32, int32 as I32
 * @returns the parts in order, ready for `new Blob(parts)`; the data parts share the tensors' memory
 */
export function encodeSafetensors(
  tensors: Map<string, HostTensor>,
  metadata: Record<string, string> = { format: 'pt' },
): Uint8Array<ArrayBuffer>[] {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let position = 0;
  for (const [name, { shape, data }] of tensors) {
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape, data_offsets: [position, position + data.byteLength] };
    position += data.byteLength;
    parts.push(unsharedBytes(data));
  }
  return [safetensorsHead(header), ...parts];
}

/** Length and header of a file: 8-byte little-endian length, JSON padded with spaces to a multiple of 8. */
export function safetensorsHead(header: Record<string, unknown>): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  return head;
}

/** Blobs refuse memory shared between threads, so such data is copied. */
function unsharedBytes(data: Float32Array | Int32Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = data;
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer, byteOffset, byteLength);
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
}
