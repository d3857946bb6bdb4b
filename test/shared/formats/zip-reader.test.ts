import { downloadZip } from 'client-zip';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { openZip } from '../../../src/shared/formats/zip-reader.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const FILES = { 'a.txt': bytes('alpha'), 'folder/b.txt': bytes('beta '.repeat(1000)), 'empty.bin': new Uint8Array() };
const deflated = () => new Blob([zipSync(FILES).slice()]);
const streamed = () => downloadZip(Object.entries(FILES).map(([name, input]) => ({ name, input: input.slice() }))).blob();
const textOf = async (source: Blob, path: string) => (await (await openZip(source)).get(path)?.read())?.text();
const refusal = (text: string) => expect.objectContaining({ code: 'E-SCHEMA', message: expect.stringContaining(text) });

const u16 = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const u64 = (value: number) => [...u32(value), 0, 0, 0, 0];

/** The same archive with every size and offset in ZIP64 fields, as archives beyond 4 GB have them (APPNOTE 4.3.14, 4.5.3). */
function with64BitFields(zip: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(zip.buffer);
  const end = zip.length - 22;
  const start = view.getUint32(end + 16, true);
  const central: number[] = [];
  for (let at = start; at < end;) {
    const [nameBytes, extraBytes] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const [stored, size, offset] = [20, 24, 42].map((field) => view.getUint32(at + field, true));
    const fixed = [
      ...zip.slice(at, at + 20),
      ...u32(2 ** 32 - 1),
      ...u32(2 ** 32 - 1),
      ...u16(nameBytes),
      ...u16(28),
      ...zip.slice(at + 32, at + 42),
    ];
    const extra = [...u16(1), ...u16(24), ...u64(size ?? 0), ...u64(stored ?? 0), ...u64(offset ?? 0)];
    central.push(...fixed, ...u32(2 ** 32 - 1), ...zip.slice(at + 46, at + 46 + nameBytes), ...extra);
    at += 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
  }
  const end64 = [
    ...u32(0x06064b50),
    ...u64(44),
    ...u16(45),
    ...u16(45),
    ...u32(0),
    ...u32(0),
    ...u64(3),
    ...u64(3),
    ...u64(central.length),
    ...u64(start),
  ];
  const locator = [...u32(0x07064b50), ...u32(0), ...u64(start + central.length), ...u32(1)];
  const clamped = [...zip.slice(end, end + 8), ...u16(0xffff), ...u16(0xffff), ...u32(2 ** 32 - 1), ...u32(2 ** 32 - 1), 0, 0];
  return Uint8Array.from([...zip.slice(0, start), ...central, ...end64, ...locator, ...clamped]);
}

describe('the zip reader', () => {
  it.each([
    ['deflated by fflate', async () => deflated()],
    ['streamed by client-zip', streamed],
  ])('reads what was %s', async (_name, make) => {
    const source = await make();
    expect([...(await openZip(source)).entries()].map(([path, { sizeBytes }]) => [path, sizeBytes])).toEqual([
      ['a.txt', 5],
      ['folder/b.txt', 5000],
      ['empty.bin', 0],
    ]);
    expect(await textOf(source, 'a.txt')).toBe('alpha');
    expect(await textOf(source, 'folder/b.txt')).toBe('beta '.repeat(1000));
    expect(await textOf(source, 'empty.bin')).toBe('');
  });

  it('reads 64-bit directories and entries', async () => {
    const source = new Blob([with64BitFields(new Uint8Array(await (await streamed()).arrayBuffer()))]);
    expect([...(await openZip(source)).keys()]).toEqual(['a.txt', 'folder/b.txt', 'empty.bin']);
    expect(await textOf(source, 'folder/b.txt')).toBe('beta '.repeat(1000));
  });

  it('refuses an archive that is cut short, wherever it is cut', async () => {
    const whole = await streamed();
    for (const kept of [0, 10, 200, whole.size - 100, whole.size - 1]) {
      await expect(openZip(whole.slice(0, kept))).rejects.toThrowError(refusal('cut short'));
    }
  });

  it('refuses damaged compressed data', async () => {
    const all = new Uint8Array(await deflated().arrayBuffer());
    const at = all.indexOf(98, 50); // "b" of folder/b.txt
    all.fill(255, at + 8, at + 20);
    await expect(textOf(new Blob([all]), 'folder/b.txt')).rejects.toThrowError(refusal('folder/b.txt'));
  });

  it.each(['../evil.txt', '/etc/passwd', 'a/../../b', 'C:\\x'])('refuses the path %s', async (path) => {
    await expect(openZip(new Blob([zipSync({ [path]: bytes('x') }).slice()]))).rejects.toThrowError(refusal('leads out'));
  });
});
