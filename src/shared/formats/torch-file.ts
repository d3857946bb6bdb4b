// Weights in torch.save's format (a zip with a pickle and raw storages, torch >= 1.6), read without executing anything.
import { WorkbenchError } from '../errors.ts';
import { SafetensorsFile, safetensorsHead, type TensorSource } from '../safetensors.ts';
import { PickleCall, PickleGlobal, PicklePersistentId, PickleTuple, readPickle, type PickleValue } from './restricted-pickle.ts';
import { openZip, type ZipEntry } from './zip-reader.ts';

/** Bytes per element and safetensors' name of torch's storages. */
const STORAGE_TYPES: Readonly<Record<string, { dtype: string; bytes: number }>> = {
  'torch.FloatStorage': { dtype: 'F32', bytes: 4 },
  'torch.DoubleStorage': { dtype: 'F64', bytes: 8 },
  'torch.HalfStorage': { dtype: 'F16', bytes: 2 },
  'torch.BFloat16Storage': { dtype: 'BF16', bytes: 2 },
  'torch.LongStorage': { dtype: 'I64', bytes: 8 },
  'torch.IntStorage': { dtype: 'I32', bytes: 4 },
  'torch.ShortStorage': { dtype: 'I16', bytes: 2 },
  'torch.CharStorage': { dtype: 'I8', bytes: 1 },
  'torch.ByteStorage': { dtype: 'U8', bytes: 1 },
  'torch.BoolStorage': { dtype: 'BOOL', bytes: 1 },
};

/** Where the values of a tensor lie. */
interface TensorPlace {
  storage: string;
  dtype: string;
  elementBytes: number;
  offset: number;
  shape: number[];
  strides: number[];
}

function malformed(reason: string): WorkbenchError {
  return new WorkbenchError('E-SCHEMA', `This is not a file of torch weights: ${reason}.`, {
    safe: 'Nothing of it was executed or stored.',
    remedy: 'Download or copy the file again, or save the weights as safetensors and import that file.',
  });
}

const isZip = (head: Uint8Array): boolean => head[0] === 0x50 && head[1] === 0x4b;

/**
 * Reads a `.bin` or `.pth` file.
 * @returns the same tensors as an open safetensors file, in the order and precision of the original
 * @throws E-UNSUPPORTED for anything but tensors in dictionaries and for files of torch before 1.6; E-SCHEMA
 */
export async function readTorchFile(file: Blob): Promise<TensorSource> {
  return SafetensorsFile.open(await convertTorchFile(file));
}

/** The file rewritten as safetensors. @throws as `readTorchFile` */
export async function convertTorchFile(file: Blob): Promise<Blob> {
  if (!isZip(new Uint8Array(await file.slice(0, 2).arrayBuffer()))) {
    throw new WorkbenchError('E-UNSUPPORTED', 'The file is a bare pickle as torch wrote it before version 1.6, or no torch file at all.', {
      safe: 'Nothing of it was executed or stored.',
      remedy: 'Load it with torch and save it again, best as safetensors.',
    });
  }
  const entries = await openZip(file);
  const pickle = [...entries.keys()].find((path) => path.endsWith('/data.pkl') || path === 'data.pkl');
  if (pickle === undefined) throw malformed('it has no data.pkl');
  const folder = pickle.slice(0, -'data.pkl'.length);
  await assertLittleEndian(entries.get(`${folder}byteorder`));
  const places = tensorsIn(readPickle(new Uint8Array(await ((await entries.get(pickle)?.read()) ?? new Blob()).arrayBuffer())));
  return gather(places, entries, folder);
}

async function assertLittleEndian(entry: ZipEntry | undefined): Promise<void> {
  if (entry && (await (await entry.read()).text()).trim() !== 'little') throw malformed('its numbers are big-endian');
}

/** The tensors of a state dictionary; nested dictionaries are joined with dots, other values (versions, flags) are passed over. */
function tensorsIn(value: PickleValue, prefix = ''): Map<string, TensorPlace> {
  const found = new Map<string, TensorPlace>();
  if (!(value instanceof Map)) throw malformed('it holds no dictionary of tensors');
  for (const [key, inner] of value) {
    if (typeof key !== 'string') continue; // an optimizer's numbered states, not weights
    const name = `${prefix}${key}`;
    const place = placeOf(inner, name);
    if (place) found.set(name, place);
    else if (inner instanceof Map) for (const [path, nested] of tensorsIn(inner, `${name}.`)) found.set(path, nested);
  }
  return found;
}

function placeOf(value: PickleValue, name: string): TensorPlace | null {
  if (!(value instanceof PickleCall)) return null;
  if (value.callee === 'torch._utils._rebuild_parameter') return placeOf(value.args[0] ?? null, name);
  const [reference, offset, shape, strides] = value.args;
  const id = reference instanceof PicklePersistentId && reference.id instanceof PickleTuple ? reference.id.items : [];
  const [kind, type, key] = id;
  const storage = type instanceof PickleGlobal ? STORAGE_TYPES[type.name] : undefined;
  if (kind !== 'storage' || !storage || typeof key !== 'string' || typeof offset !== 'number') throw malformed(`${name} has no storage`);
  return {
    storage: key,
    dtype: storage.dtype,
    elementBytes: storage.bytes,
    offset,
    shape: countsOf(shape, name),
    strides: countsOf(strides, name),
  };
}

function countsOf(value: PickleValue | undefined, name: string): number[] {
  const items = value instanceof PickleTuple ? value.items : [];
  const counts = items.filter((item) => typeof item === 'number').filter((item) => Number.isSafeInteger(item) && item >= 0);
  if (!(value instanceof PickleTuple) || counts.length !== items.length) throw malformed(`${name} has no valid shape`);
  return counts;
}

/** Copies the values out of the storages, in the tensors' order even where they are views or transposed. */
async function gather(places: ReadonlyMap<string, TensorPlace>, entries: ReadonlyMap<string, ZipEntry>, folder: string): Promise<Blob> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let position = 0;
  for (const [name, place] of places) {
    const entry = entries.get(`${folder}data/${place.storage}`);
    if (!entry) throw malformed(`the storage of ${name} is missing`);
    const data = elementsOf(new Uint8Array(await (await entry.read()).arrayBuffer()), place, name);
    header[name] = { dtype: place.dtype, shape: place.shape, data_offsets: [position, position + data.length] };
    position += data.length;
    parts.push(data);
  }
  if (parts.length === 0) throw malformed('it holds no tensor');
  return new Blob([safetensorsHead(header), ...parts]);
}

function elementsOf(
  storage: Uint8Array<ArrayBuffer>,
  { shape, strides, offset, elementBytes }: TensorPlace,
  name: string,
): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  const last = shape.reduce((sum, size, axis) => sum + Math.max(0, size - 1) * (strides[axis] ?? 0), offset);
  if (count > 0 && (strides.length !== shape.length || (last + 1) * elementBytes > storage.length))
    throw malformed(`${name} lies outside its storage`);
  const isDense = shape.every((_, axis) => strides[axis] === shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  if (isDense) return storage.slice(offset * elementBytes, (offset + count) * elementBytes);
  const data = new Uint8Array(count * elementBytes);
  const index = shape.map(() => 0);
  for (let i = 0; i < count; i++) {
    const from = (offset + index.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), 0)) * elementBytes;
    data.set(storage.subarray(from, from + elementBytes), i * elementBytes);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === shape[axis] ? 0 : next;
      if (index[axis] !== 0) break;
    }
  }
  return data;
}
