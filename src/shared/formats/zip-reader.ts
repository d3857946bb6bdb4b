// Reads zip archives of any size in place: only the directory is loaded, files are slices of the source (PKWARE APPNOTE 6.3,
// with ZIP64). Stored and deflated entries; nothing encrypted, nothing split over disks.
import { WorkbenchError } from '../errors.ts';

export interface ZipEntry {
  path: string;
  sizeBytes: number;
  /** The content, inflated where needed. @throws E-SCHEMA when it is not as long as the directory says */
  read: () => Promise<Blob>;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const ZIP64_FIELD = 1;
const IS_64 = 0xffffffff;
/** A directory of a million files is about 100 MB. */
const MAX_DIRECTORY_BYTES = 500_000_000;

function refused(reason: string): WorkbenchError {
  return new WorkbenchError('E-SCHEMA', `The zip file cannot be read: ${reason}.`, {
    safe: 'Nothing was stored.',
    remedy: 'Copy or download the file again and compare its size.',
  });
}

async function viewOf(source: Blob, begin: number, end: number): Promise<DataView> {
  if (begin < 0 || end > source.size) throw refused('it is cut short');
  return new DataView(await source.slice(begin, end).arrayBuffer());
}

const uint64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

interface Directory {
  offset: number;
  sizeBytes: number;
}

async function findDirectory(source: Blob): Promise<Directory> {
  const start = Math.max(0, source.size - END_BYTES - LONGEST_COMMENT);
  const tail = await viewOf(source, start, source.size);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    const isEnd = tail.getUint32(at, true) === END && at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength;
    if (!isEnd) continue;
    const directory = { sizeBytes: tail.getUint32(at + 12, true), offset: tail.getUint32(at + 16, true) };
    const has64 = at >= 20 && tail.getUint32(at - 20, true) === END_64_LOCATOR;
    return has64 ? findDirectory64(source, uint64(tail, at - 12)) : directory;
  }
  throw refused('it has no directory at its end, so it is cut short or no zip file');
}

async function findDirectory64(source: Blob, at: number): Promise<Directory> {
  const end = await viewOf(source, at, at + 56);
  if (end.getUint32(0, true) !== END_64) throw refused('its 64-bit directory is not where it should be');
  return { sizeBytes: uint64(end, 40), offset: uint64(end, 48) };
}

interface Header {
  path: string;
  method: number;
  storedBytes: number;
  sizeBytes: number;
  offset: number;
  next: number;
}

function readHeader(view: DataView, at: number): Header {
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) throw refused('its directory is damaged');
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  const nameEnd = at + 46 + (nameBytes ?? 0);
  const next = nameEnd + (extraBytes ?? 0) + (commentBytes ?? 0);
  if (next > view.byteLength) throw refused('its directory is damaged');
  const path = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameBytes));
  if (view.getUint16(at + 8, true) & 1) throw refused(`${path} is encrypted`);
  const header = { path, method: view.getUint16(at + 10, true), next };
  const short = {
    storedBytes: view.getUint32(at + 20, true),
    sizeBytes: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
  return { ...header, ...long64(view, nameEnd, nameEnd + (extraBytes ?? 0), short) };
}

/** Values that did not fit 32 bits lie in an extra field, in the order size, stored size, offset. */
function long64(view: DataView, begin: number, end: number, short: Pick<Header, 'storedBytes' | 'sizeBytes' | 'offset'>) {
  for (let at = begin; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_FIELD) continue;
    let next = at + 4;
    const take = (value: number): number => {
      if (value !== IS_64) return value;
      next += 8;
      if (next > end) throw refused('its directory is damaged');
      return uint64(view, next - 8);
    };
    const sizeBytes = take(short.sizeBytes);
    const storedBytes = take(short.storedBytes);
    return { sizeBytes, storedBytes, offset: take(short.offset) };
  }
  return short;
}

async function contentOf(source: Blob, { path, method, storedBytes, sizeBytes, offset }: Header): Promise<Blob> {
  const local = await viewOf(source, offset, offset + 30);
  if (local.getUint32(0, true) !== LOCAL) throw refused(`the data of ${path} is not where the directory says`);
  const begin = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  if (begin + storedBytes > source.size) throw refused(`the data of ${path} is cut short`);
  const stored = source.slice(begin, begin + storedBytes);
  const content = method === 0 ? stored : await inflate(stored, path, sizeBytes);
  if (content.size !== sizeBytes) throw refused(`${path} has ${content.size} bytes; the directory says ${sizeBytes}`);
  return content;
}

/** Stops as soon as more comes out than the directory promises. */
async function inflate(stored: Blob, path: string, sizeBytes: number): Promise<Blob> {
  const chunks: BlobPart[] = [];
  let total = 0;
  const reader = stored.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw refused(`the compressed data of ${path} is damaged`);
    });
    if (done) return new Blob(chunks);
    total += value.byteLength;
    if (total > sizeBytes) throw refused(`${path} is larger than the directory says`);
    chunks.push(value);
  }
}

function assertPlainPath(path: string): void {
  const isPlain = path !== '' && !/^[/\\]|^[A-Za-z]:|\\|\0/.test(path) && !path.split('/').includes('..');
  if (!isPlain) throw refused(`it holds the path "${path.slice(0, 80)}", which leads out of it`);
}

/**
 * Opens an archive. Folders are left out.
 * @returns the entries by path, in directory order
 * @throws E-SCHEMA when it is truncated, damaged, encrypted, holds a path twice or one that leads out of it
 */
export async function openZip(source: Blob): Promise<Map<string, ZipEntry>> {
  const directory = await findDirectory(source);
  if (directory.sizeBytes > MAX_DIRECTORY_BYTES) throw refused('its directory is too large');
  const view = await viewOf(source, directory.offset, directory.offset + directory.sizeBytes);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  // Not by the count: some writers clamp it at 65,535.
  while (at < view.byteLength) {
    const header = readHeader(view, at);
    at = header.next;
    if (header.path.endsWith('/')) continue;
    assertPlainPath(header.path);
    if (entries.has(header.path)) throw refused(`it holds ${header.path} twice`);
    if (header.method !== 0 && header.method !== 8) throw refused(`${header.path} uses the compression method ${header.method}`);
    entries.set(header.path, { path: header.path, sizeBytes: header.sizeBytes, read: () => contentOf(source, header) });
  }
  return entries;
}

/** What the files of an archive take when they are unpacked; no file gives more than its directory says. */
export function unpackedBytes(entries: ReadonlyMap<string, ZipEntry>): number {
  return [...entries.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
