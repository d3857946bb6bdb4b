import { describe, expect, test } from 'vitest';
import { SafetensorsFile, ShardedTensors, encodeSafetensors, type HostTensor } from '../../src/shared/safetensors.ts';

const TENSORS = new Map<string, HostTensor>([
  ['a.weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-20, 6) }],
  ['scalar', { shape: [], data: Float32Array.of(0.25) }],
  ['ids', { shape: [3], data: Int32Array.of(-200, 0, 7) }],
  ['empty', { shape: [0, 4], data: new Float32Array(0) }],
]);

async function bytesOf(parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** A file from a header object (or text) and data bytes. */
function craft(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

const entry = (dtype: string, shape: unknown, begin: number, end: number): unknown => ({ dtype, shape, data_offsets: [begin, end] });

describe('writing', () => {
  test('what is written is read back from memory and from a Blob', async () => {
    const parts = encodeSafetensors(TENSORS);
    for (const source of [await bytesOf(parts), new Blob(parts)]) {
      const file = await SafetensorsFile.open(source);
      expect(file.names()).toEqual([...TENSORS.keys()]);
      expect(file.metadata).toEqual({ format: 'pt' });
      for (const [name, tensor] of TENSORS) {
        expect(file.shapeOf(name)).toEqual(tensor.shape);
        expect(await file.read(name)).toEqual(tensor);
      }
    }
  });

  test('the header is padded with spaces so that the data begins at a multiple of 8', async () => {
    const bytes = await bytesOf(encodeSafetensors(TENSORS));
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerBytes % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))).toMatch(/^\{.*\} *$/);
  });

  test('data in memory shared between threads can be written', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([3, 4]);
    const file = await SafetensorsFile.open(new Blob(encodeSafetensors(new Map([['x', { shape: [2], data: shared }]]))));
    expect((await file.read('x')).data).toEqual(Float32Array.of(3, 4));
  });
});

describe('narrow and wide types', () => {
  const read = async (dtype: string, shape: number[], data: ArrayBufferView): Promise<number[]> => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const file = await SafetensorsFile.open(craft({ x: entry(dtype, shape, 0, bytes.length) }, bytes));
    return Array.from((await file.read('x')).data);
  };

  test('half precision is widened exactly, with subnormals, infinity and NaN', async () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x8000);
    expect(await read('F16', [8], bits)).toEqual([1, -2, 2 ** -24, 65504, Infinity, -Infinity, NaN, -0]);
  });

  test('bfloat16 is widened exactly', async () => {
    expect(await read('BF16', [4], Uint16Array.of(0x3f80, 0xc040, 0x4049, 0x0000))).toEqual([1, -3, 3.140625, 0]);
  });

  test('64-bit numbers are narrowed, and refused where they do not fit', async () => {
    expect(await read('I64', [2], BigInt64Array.of(-200n, 5n))).toEqual([-200, 5]);
    expect(await read('F64', [1], Float64Array.of(0.5))).toEqual([0.5]);
    await expect(read('I64', [1], BigInt64Array.of(2n ** 40n))).rejects.toMatchObject({ code: 'E-UNSUPPORTED' });
  });

  test('bytes become integers, and a type without a reader is refused only when it is read', async () => {
    expect(await read('U8', [3], Uint8Array.of(0, 128, 255))).toEqual([0, 128, 255]);
    await expect(read('I16', [1], Uint8Array.of(0, 1))).rejects.toMatchObject({ code: 'E-UNSUPPORTED' });
  });
});

describe('broken files', () => {
  const four = new Uint8Array(4);
  const cases: [string, Uint8Array, RegExp][] = [
    ['no bytes', new Uint8Array(3), /only 3 bytes/],
    ['a header longer than the file', craft('{}').subarray(0, 9), /does not fit/],
    ['a header over 100 MB', Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), /limit 100000000/],
    ['text that is not JSON', craft('{"x": '), /not JSON/],
    ['a list for a header', craft([]), /not an object/],
    ['an unknown dtype', craft({ x: entry('F33', [1], 0, 4) }, four), /unknown dtype F33/],
    ['a negative size', craft({ x: entry('F32', [-1], 0, 4) }, four), /no valid shape/],
    ['offsets that run backwards', craft({ x: entry('F32', [1], 4, 0) }, four), /impossible data_offsets/],
    ['a size that does not fit the shape', craft({ x: entry('F32', [2], 0, 4) }, four), /takes 4 bytes but its shape needs 8/],
    ['overlapping tensors', craft({ x: entry('F32', [1], 0, 4), y: entry('F32', [1], 2, 6) }, new Uint8Array(6)), /overlaps/],
    ['a hole', craft({ x: entry('F32', [1], 4, 8) }, new Uint8Array(8)), /hole/],
    ['a cut file', craft({ x: entry('F32', [2], 0, 8) }, four), /cut short/],
    ['a tail', craft({ x: entry('F32', [1], 0, 4) }, new Uint8Array(5)), /tail/],
  ];
  test.each(cases)('%s is refused with the reason', async (_, bytes, reason) => {
    await expect(SafetensorsFile.open(bytes)).rejects.toMatchObject({ code: 'E-SCHEMA', message: expect.stringMatching(reason) });
  });
});

describe('sharded files', () => {
  const shards = async (): Promise<Map<string, SafetensorsFile>> =>
    new Map([
      [
        '1.safetensors',
        await SafetensorsFile.open(new Blob(encodeSafetensors(new Map([['a', { shape: [1], data: Float32Array.of(1) }]])))),
      ],
      [
        '2.safetensors',
        await SafetensorsFile.open(new Blob(encodeSafetensors(new Map([['b', { shape: [1], data: Float32Array.of(2) }]])))),
      ],
    ]);

  test('tensors are found in their shard', async () => {
    const source = new ShardedTensors({ weight_map: { a: '1.safetensors', b: '2.safetensors' } }, await shards());
    expect(source.names()).toEqual(['a', 'b']);
    expect((await source.read('b')).data).toEqual(Float32Array.of(2));
  });

  test('a missing shard or tensor is named', async () => {
    const open = await shards();
    expect(() => new ShardedTensors({ weight_map: { a: '3.safetensors' } }, open)).toThrow(/3\.safetensors/);
    expect(() => new ShardedTensors({ weight_map: { c: '1.safetensors' } }, open)).toThrow(/places c in/);
    expect(() => new ShardedTensors({}, open)).toThrow(/weight_map/);
  });
});
