// What an image file is, from its bytes alone: format, stored size, EXIF orientation, and whether it is whole.
// Browsers silently draw half of a truncated file, so the check is made here, before decoding.
import type { ImageFormat } from '../domain/sample.ts';
import { WorkbenchError } from '../errors.ts';

/** Facts read from the header. */
export interface ImageFacts {
  format: ImageFormat;
  /** Stored size, before any rotation; pixels. */
  width: number;
  height: number;
  /** 1..8; 1 where the file says nothing. */
  exifOrientation: number;
  /** Byte position and order of the orientation value, so that a decoder can be made to ignore it. */
  orientationAt: { offset: number; littleEndian: boolean } | null;
}

/** Largest picture that is decoded: 100 megapixels, as much as a phone's largest. */
const MAX_PIXELS = 100_000_000;

/** Stable codes of the import's problem list. */
export type ImageFault = 'image-empty' | 'image-not-an-image' | 'image-truncated' | 'image-too-large' | 'image-undecodable';

/** An E-IMAGE error; `details.fault` is its ImageFault. */
export function badImage(message: string, fault: ImageFault = 'image-undecodable'): WorkbenchError {
  return new WorkbenchError('E-IMAGE', message, {
    safe: 'Nothing was stored for this file.',
    remedy: 'Open it in an image viewer; export it again as PNG or JPEG.',
    details: { fault },
  });
}

function truncated(): WorkbenchError {
  return badImage('The image file is cut off before its end.', 'image-truncated');
}

/** Reads that refuse to leave the file. */
class ByteReader {
  readonly #view: DataView;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #check(at: number, count: number): void {
    if (at + count > this.bytes.length) throw truncated();
  }

  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number, littleEndian = false): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, littleEndian);
  }

  u32(at: number, littleEndian = false): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, littleEndian);
  }

  i32le(at: number): number {
    this.#check(at, 4);
    return this.#view.getInt32(at, true);
  }

  ascii(at: number, count: number): string {
    this.#check(at, count);
    return String.fromCharCode(...this.bytes.subarray(at, at + count));
  }
}

type Orientation = Pick<ImageFacts, 'exifOrientation' | 'orientationAt'>;
const UPRIGHT: Orientation = { exifOrientation: 1, orientationAt: null };
const ORIENTATION_TAG = 0x0112;

/** Orientation in a TIFF block (the body of every EXIF record); a damaged block counts as none. */
function readOrientation(reader: ByteReader, start: number, end: number): Orientation {
  if (end - start < 14) return UPRIGHT;
  const order = reader.ascii(start, 2);
  if (order !== 'II' && order !== 'MM') return UPRIGHT;
  const littleEndian = order === 'II';
  const directory = start + reader.u32(start + 4, littleEndian);
  if (directory + 2 > end) return UPRIGHT;
  const entries = reader.u16(directory, littleEndian);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * 12;
    if (at + 12 > end) return UPRIGHT;
    if (reader.u16(at, littleEndian) !== ORIENTATION_TAG) continue;
    const value = reader.u16(at + 8, littleEndian);
    return value >= 1 && value <= 8 ? { exifOrientation: value, orientationAt: { offset: at + 8, littleEndian } } : UPRIGHT;
  }
  return UPRIGHT;
}

function sniffPng(reader: ByteReader): ImageFacts {
  if (reader.ascii(12, 4) !== 'IHDR') throw badImage('The PNG file has no header chunk.');
  const facts: ImageFacts = { format: 'png', width: reader.u32(16), height: reader.u32(20), ...UPRIGHT };
  let orientation = UPRIGHT;
  for (let at = 8; ;) {
    const length = reader.u32(at);
    const kind = reader.ascii(at + 4, 4);
    const end = at + 12 + length;
    if (end > reader.bytes.length) throw truncated();
    if (kind === 'eXIf') orientation = readOrientation(reader, at + 8, at + 8 + length);
    if (kind === 'IEND') return { ...facts, ...orientation };
    at = end;
  }
}

/** A JPEG marker that starts a frame, which holds the size. */
function isFrameStart(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** A JPEG is whole when an end marker follows its last scan; a few padding bytes may follow. */
function endsWithMarker(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.length - 2; at >= from; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  return false;
}

function sniffJpeg(reader: ByteReader): ImageFacts {
  let orientation = UPRIGHT;
  let size: { width: number; height: number } | null = null;
  for (let at = 2; ;) {
    if (reader.u8(at) !== 0xff) throw badImage('The JPEG file is damaged: a marker is missing.');
    const marker = reader.u8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = reader.u16(at + 2);
    if (marker === 0xe1 && reader.ascii(at + 4, 4) === 'Exif')
      orientation = readOrientation(reader, at + 10, Math.min(at + 2 + length, reader.bytes.length));
    if (isFrameStart(marker)) size = { width: reader.u16(at + 7), height: reader.u16(at + 5) };
    at += 2 + length;
    if (marker !== 0xda) continue;
    if (size === null) throw badImage('The JPEG file is damaged: it has no size.');
    if (!endsWithMarker(reader.bytes, at)) throw truncated();
    return { format: 'jpeg', ...size, ...orientation };
  }
}

/** Size in the first picture chunk of a WebP file. */
function webpSize(reader: ByteReader): { width: number; height: number } {
  const kind = reader.ascii(12, 4);
  const u24 = (at: number): number => reader.u16(at, true) + reader.u8(at + 2) * 65536;
  if (kind === 'VP8X') return { width: u24(24) + 1, height: u24(27) + 1 };
  if (kind === 'VP8L') {
    const bits = reader.u32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === 'VP8 ') return { width: reader.u16(26, true) & 0x3fff, height: reader.u16(28, true) & 0x3fff };
  throw badImage('The WebP file has no picture.');
}

function sniffWebp(reader: ByteReader): ImageFacts {
  const end = 8 + reader.u32(4, true);
  if (end > reader.bytes.length) throw truncated();
  let orientation = UPRIGHT;
  for (let at = 12; at + 8 <= end;) {
    const length = reader.u32(at + 4, true);
    const prefix = reader.ascii(at, 4) === 'EXIF' && length > 6 && reader.ascii(at + 8, 4) === 'Exif' ? 6 : 0;
    if (reader.ascii(at, 4) === 'EXIF') orientation = readOrientation(reader, at + 8 + prefix, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  return { format: 'webp', ...webpSize(reader), ...orientation };
}

function sniffBmp(reader: ByteReader): ImageFacts {
  const headerSize = reader.u32(14, true);
  const [width, height] = headerSize === 12 ? [reader.u16(18, true), reader.u16(20, true)] : [reader.i32le(18), Math.abs(reader.i32le(22))];
  return { format: 'bmp', width, height, ...UPRIGHT };
}

/** The sniffer of the format that the first bytes name. */
function snifferOf(bytes: Uint8Array): ((reader: ByteReader) => ImageFacts) | null {
  const starts = (...magic: number[]) => magic.every((value, i) => bytes[i] === value);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return sniffPng;
  if (starts(0xff, 0xd8, 0xff)) return sniffJpeg;
  if (starts(0x42, 0x4d)) return sniffBmp;
  const webp = starts(0x52, 0x49, 0x46, 0x46) && [0x57, 0x45, 0x42, 0x50].every((value, i) => bytes[8 + i] === value);
  return webp ? sniffWebp : null;
}

/**
 * Reads the header of a PNG, JPEG, WebP or BMP file.
 * @param bytes the whole file
 * @throws WorkbenchError E-IMAGE: empty, another type, damaged, cut off, or too large
 */
export function sniffImage(bytes: Uint8Array): ImageFacts {
  if (bytes.length === 0) throw badImage('The file is empty.', 'image-empty');
  const sniff = snifferOf(bytes);
  if (sniff === null) throw badImage('The file is not a PNG, JPEG, WebP or BMP image, whatever its name says.', 'image-not-an-image');
  const facts = sniff(new ByteReader(bytes));
  if (facts.width < 1 || facts.height < 1) throw badImage(`The image says that it is ${facts.width} x ${facts.height} pixels.`);
  if (facts.width * facts.height > MAX_PIXELS)
    throw badImage(
      `The image has ${facts.width} x ${facts.height} pixels; at most ${MAX_PIXELS / 1e6} million are read.`,
      'image-too-large',
    );
  return facts;
}
