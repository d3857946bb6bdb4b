// What an image file says about itself: EXIF fields, PNG text, markers of editors and provenance. All of it is easily changed or
// removed, so its absence says nothing.
import { hasAlphaChannel } from './alpha.ts';
import { jpegQualityOf, type JpegQuality } from './jpeg-tables.ts';
import { sniffImage, type ImageFacts } from './sniff.ts';

export interface MetadataField {
  name: string;
  value: string;
}

export interface FileMetadata extends Omit<ImageFacts, 'orientationAt'> {
  sizeBytes: number;
  /** It has an alpha channel, which models do not see. */
  hasAlpha: boolean;
  /** Of a JPEG file; null for other formats. */
  jpeg: (JpegQuality & { isProgressive: boolean; isChromaHalved: boolean }) | null;
  /** EXIF fields and PNG texts in file order. */
  fields: MetadataField[];
  /** Blocks that are there but not read: `ICC profile`, `XMP`, `C2PA`. */
  blocks: string[];
}

/** A part of the file that holds something. */
interface Block {
  kind: string;
  start: number;
  end: number;
}

/** Texts longer than this are cut. */
const MOST_CHARACTERS = 400;

const ascii = (bytes: Uint8Array, start: number, count: number): string =>
  String.fromCharCode(...bytes.subarray(start, Math.min(bytes.length, start + count)));
const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 65536 + u16(bytes, at + 2);
const u32Little = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 2 ** 8 + (bytes[at + 2] ?? 0) * 2 ** 16 + (bytes[at + 3] ?? 0) * 2 ** 24;

/** Segments of a JPEG up to its picture data, chunks of a PNG or WebP; kinds such as `APP1`, `SOF2`, `tEXt`, `EXIF`. */
function blocksOf(bytes: Uint8Array, { format }: ImageFacts): Block[] {
  if (format === 'jpeg') return jpegSegments(bytes);
  const blocks: Block[] = [];
  if (format === 'png') {
    for (let at = 8; at + 12 <= bytes.length; at += 12 + u32(bytes, at))
      blocks.push({ kind: ascii(bytes, at + 4, 4), start: at + 8, end: at + 8 + u32(bytes, at) });
  }
  if (format === 'webp') {
    for (let at = 12; at + 8 <= bytes.length; at += 8 + u32Little(bytes, at + 4) + (u32Little(bytes, at + 4) % 2))
      blocks.push({ kind: ascii(bytes, at, 4), start: at + 8, end: at + 8 + u32Little(bytes, at + 4) });
  }
  return blocks;
}

function jpegSegments(bytes: Uint8Array): Block[] {
  const blocks: Block[] = [];
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xda) break;
    const length = marker === 0xff ? 0 : u16(bytes, at + 2);
    const kind = marker >= 0xe0 && marker <= 0xef ? `APP${marker - 0xe0}` : marker >= 0xc0 && marker <= 0xcf ? `SOF${marker - 0xc0}` : '';
    if (length > 0) blocks.push({ kind, start: at + 4, end: Math.min(bytes.length, at + 2 + length) });
    at += marker === 0xff ? 1 : 2 + length;
  }
  return blocks;
}

/** EXIF tags worth a line, by number. GPS is only named, never shown: a report must not give a place away. */
const TAGS: Record<number, string> = {
  0x010e: 'Description',
  0x010f: 'Camera maker',
  0x0110: 'Camera model',
  0x0131: 'Software',
  0x0132: 'File changed',
  0x013b: 'Artist',
  0x8298: 'Copyright',
  0x829a: 'Exposure time',
  0x829d: 'F-number',
  0x8827: 'ISO',
  0x9003: 'Taken',
  0x920a: 'Focal length',
  0xa434: 'Lens',
};
const EXIF_DIRECTORY = 0x8769;
const GPS_DIRECTORY = 0x8825;
/** Files have two; a crafted one may send its reader round in circles. */
const MOST_DIRECTORIES = 8;

/** Such as `1/60`; what is within 2 % of no part of one has two digits. */
function rationalText(top: number, bottom: number): string {
  const parts = bottom / top;
  const isPart = top < bottom && Math.abs(parts - Math.round(parts)) < 0.02 * parts;
  return isPart ? `1/${Math.round(parts)}` : String(Math.round((100 * top) / bottom) / 100);
}

/** Reads a TIFF block's directory; what is damaged is left out. */
class TiffReader {
  readonly #view: DataView;
  readonly #little: boolean;
  /** Where the directories began that were read. */
  readonly #seen = new Set<number>();

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = bytes[0] === 0x49;
  }

  fields(): MetadataField[] {
    return this.#inside(4, 4) ? this.#directory(this.#view.getUint32(4, this.#little)) : [];
  }

  #inside(at: number, count: number): boolean {
    return at >= 0 && at + count <= this.#view.byteLength;
  }

  #directory(start: number): MetadataField[] {
    if (this.#seen.has(start) || this.#seen.size === MOST_DIRECTORIES || !this.#inside(start, 2)) return [];
    this.#seen.add(start);
    const fields: MetadataField[] = [];
    const count = this.#view.getUint16(start, this.#little);
    for (let i = 0; i < count && this.#inside(start + 2 + i * 12, 12); i++) fields.push(...this.#entry(start + 2 + i * 12));
    return fields;
  }

  #entry(at: number): MetadataField[] {
    const tag = this.#view.getUint16(at, this.#little);
    if (tag === EXIF_DIRECTORY) return this.#directory(this.#view.getUint32(at + 8, this.#little));
    if (tag === GPS_DIRECTORY) return [{ name: 'GPS position', value: 'present (not shown)' }];
    const name = TAGS[tag];
    const value = name ? this.#value(at) : '';
    return name && value !== '' ? [{ name, value }] : [];
  }

  /** Text, short, long and rational values. */
  #value(at: number): string {
    const type = this.#view.getUint16(at + 2, this.#little);
    const count = this.#view.getUint32(at + 4, this.#little);
    const size = (type === 2 ? 1 : type === 3 ? 2 : type === 5 ? 8 : 4) * count;
    const from = size <= 4 ? at + 8 : this.#view.getUint32(at + 8, this.#little);
    if (!this.#inside(from, size)) return '';
    if (type === 2) return this.#text(from, count);
    if (type === 3) return String(this.#view.getUint16(from, this.#little));
    if (type === 4) return String(this.#view.getUint32(from, this.#little));
    if (type !== 5) return '';
    const [top, bottom] = [this.#view.getUint32(from, this.#little), this.#view.getUint32(from + 4, this.#little)];
    return bottom === 0 ? '' : rationalText(top, bottom);
  }

  #text(from: number, count: number): string {
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + from, Math.min(count, MOST_CHARACTERS));
    return cleanText(new TextDecoder().decode(bytes));
  }
}

/** Without control characters, which a file may hold anywhere. */
function cleanText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

/** `keyword NUL text`; compressed and international texts only name their keyword. */
function pngText(bytes: Uint8Array, { kind, start, end }: Block): MetadataField[] {
  const zero = bytes.indexOf(0, start);
  if (zero < 0 || zero >= end) return [];
  const name = `PNG text “${cleanText(ascii(bytes, start, zero - start))}”`;
  const value = kind === 'tEXt' ? cleanText(ascii(bytes, zero + 1, Math.min(MOST_CHARACTERS, end - zero - 1))) : 'present';
  return [{ name, value }];
}

function fieldsOf(bytes: Uint8Array, block: Block): MetadataField[] {
  const { kind, start, end } = block;
  if (kind === 'tEXt' || kind === 'zTXt' || kind === 'iTXt') return pngText(bytes, block);
  const hasPrefix = ascii(bytes, start, 4) === 'Exif';
  const isExif = kind === 'eXIf' || kind === 'EXIF' || (kind === 'APP1' && hasPrefix);
  return isExif && end - start > 14 ? new TiffReader(bytes.subarray(hasPrefix ? start + 6 : start, end)).fields() : [];
}

function blockName(bytes: Uint8Array, { kind, start, end }: Block): string | null {
  const head = ascii(bytes, start, Math.min(64, end - start));
  if (kind === 'iCCP' || kind === 'ICCP' || (kind === 'APP2' && head.startsWith('ICC_PROFILE'))) return 'ICC profile';
  if (
    kind === 'XMP ' ||
    (kind === 'APP1' && head.startsWith('http://ns.adobe.com/xap')) ||
    (kind === 'iTXt' && head.startsWith('XML:com.adobe.xmp'))
  )
    return 'XMP';
  if (kind === 'caBX' || kind === 'C2PA' || (kind === 'APP11' && head.includes('jumb'))) return 'C2PA (content credentials)';
  if (kind === 'APP13' && head.startsWith('Photoshop')) return 'Photoshop';
  return null;
}

function jpegFacts(bytes: Uint8Array, blocks: readonly Block[]): FileMetadata['jpeg'] {
  const quality = jpegQualityOf(bytes);
  const frame = blocks.find(({ kind }) => /^SOF(0|1|2)$/.test(kind));
  if (!quality || !frame) return null;
  // The first component's sampling factors are above 1 where colour is stored coarser than brightness.
  const hasColour = bytes[frame.start + 5] !== 1;
  return { ...quality, isProgressive: frame.kind === 'SOF2', isChromaHalved: hasColour && (bytes[frame.start + 7] ?? 0x11) !== 0x11 };
}

/** @throws E-IMAGE as `sniffImage` does */
export function readFileMetadata(bytes: Uint8Array): FileMetadata {
  const facts = sniffImage(bytes);
  const { orientationAt: _, ...shown } = facts;
  const blocks = blocksOf(bytes, facts);
  const names = blocks.flatMap((block) => blockName(bytes, block) ?? []);
  return {
    ...shown,
    sizeBytes: bytes.length,
    hasAlpha: hasAlphaChannel(bytes),
    jpeg: facts.format === 'jpeg' ? jpegFacts(bytes, blocks) : null,
    fields: blocks.flatMap((block) => fieldsOf(bytes, block)),
    blocks: [...new Set(names)],
  };
}
