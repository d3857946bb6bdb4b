// A tokenizer.json as this project uses it: ids with exact source ranges, and the bytes that each token adds to a text.
// @huggingface/tokenizers does pre-tokenization, BPE, post-processing and decoding; sections, normalization and ranges are ours.
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { pythonStrip } from '../../../src/shared/text/python-text.ts';
import { decodeUtf8, joinBytes } from '../../../src/shared/text/utf8.ts';
import { createSectionSplitter } from './added-tokens.ts';
import type { AddedToken, Section, SectionSplitter } from './added-tokens.ts';
import { alignTokens } from './align.ts';
import type { Range } from './align.ts';
import { fromByteLevel } from './byte-level.ts';
import { createMappedNormalizer, createSpaceMapping, isTextStart, mapText } from './normalise.ts';
import type { MappedNormalizer } from './normalise.ts';
import { correctSplits } from './reference-splits.ts';
import { readRangeTrimming, trimRange } from './trim-ranges.ts';
import type { RangeTrimming } from './trim-ranges.ts';

/** Tokens of a text; all arrays have one entry per token. */
export interface Encoding {
  ids: number[];
  tokens: string[];
  /** Ranges in Unicode code points; [0, 0] for tokens that the post-processor adds. */
  offsets: Range[];
  /** The same in UTF-16 units. */
  offsetsUtf16: Range[];
}

interface Piece {
  token: string;
  id: number;
  range: Range;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const ENCODER = new TextEncoder();
const BYTE_TOKEN = /^<0x([0-9A-F]{2})>$/;
const META_SPACE = '\u2581';

const UNUSABLE = { safe: 'Nothing was stored or loaded.', remedy: 'Choose a tokenizer.json written by Hugging Face tokenizers.' };

function refuse(reason: string): WorkbenchError {
  return new WorkbenchError('E-SCHEMA', `This tokenizer.json cannot be used: ${reason}.`, UNUSABLE);
}

function readAddedTokens(value: unknown): AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw refuse('added_tokens is not a list');
  return value.map((entry: unknown) => {
    if (!isRecord(entry) || typeof entry.id !== 'number' || typeof entry.content !== 'string')
      throw refuse('an added token lacks id or content');
    const special = entry.special === true;
    return {
      id: entry.id,
      content: entry.content,
      special,
      normalized: typeof entry.normalized === 'boolean' ? entry.normalized : !special,
      lstrip: entry.lstrip === true,
      rstrip: entry.rstrip === true,
      singleWord: entry.single_word === true,
    };
  });
}

function mentions(config: unknown, type: string): boolean {
  if (Array.isArray(config)) return config.some((entry) => mentions(entry, type));
  if (!isRecord(config)) return false;
  return config.type === type || Object.values(config).some((entry) => mentions(entry, type));
}

function createLibraryTokenizer(json: Record<string, unknown>, config: object): HuggingFaceTokenizer {
  try {
    const library = new HuggingFaceTokenizer(json, config);
    correctSplits(library.pre_tokenizer);
    return library;
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

/** UTF-16 index at each code-point index, and the length at the end. */
function utf16Index(text: string): number[] {
  const index: number[] = [];
  let at = 0;
  for (const character of text) {
    index.push(at);
    at += character.length;
  }
  index.push(at);
  return index;
}

/** One loaded tokenizer; keep one per worker, its word cache pays off. */
export class Tokenizer {
  /** Number of ids, added tokens included. */
  readonly vocabularySize: number;
  readonly #library: HuggingFaceTokenizer;
  readonly #added: Map<number, AddedToken>;
  /** How an added token that is searched in the normalised text is spelled there, and in decoded text. */
  readonly #normalSpelling: Map<number, string>;
  readonly #split: SectionSplitter;
  readonly #trimming: RangeTrimming;
  readonly #mapSpaces: MappedNormalizer;
  readonly #byteLevel: boolean;
  readonly #byteFallback: boolean;
  readonly #stripsFirstSpace: boolean;
  readonly #suffix: string;
  /** By spelling; null for the unknown token. */
  readonly #tokenBytes = new Map<string, Uint8Array | null>();
  readonly #prefixTokens: string[];
  readonly #suffixTokens: string[];

  constructor(json: Record<string, unknown>, config: object) {
    this.#library = createLibraryTokenizer(json, config);
    const added = readAddedTokens(json.added_tokens);
    this.#added = new Map(added.map((token) => [token.id, token]));
    const normalize = createMappedNormalizer(json.normalizer);
    const searched = added.filter((token) => token.normalized);
    this.#normalSpelling = new Map(searched.map(({ id, content }) => [id, normalize(mapText(content, 0)).characters.join('')]));
    this.#split = createSectionSplitter(added, normalize);
    this.#trimming = readRangeTrimming(json.post_processor);
    this.#mapSpaces = createSpaceMapping(json.pre_tokenizer);
    this.#byteLevel = mentions(json.pre_tokenizer, 'ByteLevel') || mentions(json.decoder, 'ByteLevel');
    this.#byteFallback = isRecord(json.model) && json.model.byte_fallback === true;
    this.#stripsFirstSpace = mentions(json.decoder, 'Strip') || mentions(json.decoder, 'Metaspace');
    this.#suffix = this.#library.model?.end_of_word_suffix ?? '';
    this.vocabularySize = this.#library.get_vocab(true).size;
    [this.#prefixTokens, this.#suffixTokens] = this.#specialFrame();
  }

  /** What the post-processor puts before and after a text. */
  #specialFrame(): [string[], string[]] {
    const marker = '\u0000text\u0000';
    const framed = this.#library.post_processor?.([marker], null, true).tokens ?? [marker];
    const at = framed.indexOf(marker);
    return [framed.slice(0, at), framed.slice(at + 1)];
  }

  /**
   * Text -> tokens with their source ranges.
   * @param addSpecialTokens adds what the post-processor adds (`<s>` before a LLaMA text)
   */
  encode(text: string, addSpecialTokens = true): Encoding {
    const pieces = this.#trimmed(this.#split(text).flatMap((section) => this.#encodeSection(section)));
    const frame = (tokens: string[]): Piece[] => tokens.map((token) => ({ token, id: this.#idOf(token), range: [0, 0] }));
    const all = addSpecialTokens ? [...frame(this.#prefixTokens), ...pieces, ...frame(this.#suffixTokens)] : pieces;
    const index = utf16Index(text);
    return {
      ids: all.map((piece) => piece.id),
      tokens: all.map((piece) => piece.token),
      offsets: all.map((piece) => piece.range),
      offsetsUtf16: all.map(({ range: [start, end] }): Range => [index[start] ?? 0, index[end] ?? 0]),
    };
  }

  #trimmed(pieces: Piece[]): Piece[] {
    const trimming = this.#trimming;
    if (trimming === null) return pieces;
    return pieces.map((piece, i) => ({ ...piece, range: trimRange(piece.token, piece.range, i === 0, trimming) }));
  }

  #encodeSection(section: Section): Piece[] {
    if (section.kind === 'added') return [{ token: section.spelling, id: section.token.id, range: [section.start, section.end] }];
    const text = section.text.characters.join('');
    if (text.length === 0) return [];
    const words = this.#library.pre_tokenizer?.(text, { section_index: isTextStart(section.text) ? 0 : 1 }) ?? [text];
    const tokens = this.#library.model?.(words) ?? [];
    const ranges = alignTokens(
      this.#mapSpaces(section.text),
      tokens.map((token) => this.#bytesInNormalisedText(token)),
      { dropsSpace: this.#suffix !== '', fusesUnknown: this.#library.model?.fuse_unk === true },
    );
    return tokens.map((token, i) => ({ token, id: this.#idOf(token), range: ranges[i] ?? [0, 0] }));
  }

  #idOf(token: string): number {
    const id = this.#library.token_to_id(token) ?? this.#library.model?.unk_token_id;
    if (id === undefined) throw refuse(`the token ${JSON.stringify(token)} has no id and there is no unknown token`);
    return id;
  }

  #withoutSuffix(token: string): string {
    return this.#suffix !== '' && token.endsWith(this.#suffix) ? token.slice(0, -this.#suffix.length) : token;
  }

  #bytesInNormalisedText(token: string): Uint8Array | null {
    let bytes = this.#tokenBytes.get(token);
    if (bytes === undefined) {
      bytes = this.#computeBytes(token);
      this.#tokenBytes.set(token, bytes);
    }
    return bytes;
  }

  #computeBytes(token: string): Uint8Array | null {
    if (token === this.#library.model?.unk_token) return null;
    if (this.#byteLevel) return fromByteLevel(this.#withoutSuffix(token));
    const byte = this.#byteFallback ? BYTE_TOKEN.exec(token)?.[1] : undefined;
    return byte === undefined ? ENCODER.encode(this.#withoutSuffix(token)) : Uint8Array.of(Number.parseInt(byte, 16));
  }

  /** ids that the post-processor puts before a text: `<s>` for LLaMA. */
  get prefixIds(): number[] {
    return this.#prefixTokens.map((token) => this.#idOf(token));
  }

  /** ids that the post-processor puts after a text: the end token for CLIP. */
  get suffixIds(): number[] {
    return this.#suffixTokens.map((token) => this.#idOf(token));
  }

  /** The id of a token's exact spelling in the vocabulary; undefined if there is none. */
  idOf(token: string): number | undefined {
    return this.#library.token_to_id(token);
  }

  /** The spelling of an id in the vocabulary; undefined if there is none. */
  tokenOf(id: number): string | undefined {
    return this.#library.id_to_token(id);
  }

  /** `<s>`, `</s>` and the like: never part of the decoded text. */
  isSpecial(id: number): boolean {
    return this.#added.get(id)?.special ?? false;
  }

  /** ids -> text, without special tokens unless asked; broken characters become U+FFFD. */
  decode(ids: ArrayLike<number>, skipSpecialTokens = true): string {
    const list = Array.from(ids);
    const pieces = this.piecesOf(list);
    if (!skipSpecialTokens) list.forEach((id, i) => this.isSpecial(id) && (pieces[i] = ENCODER.encode(this.tokenOf(id))));
    // The library's own decoder drops a byte order mark; joining the pieces does not.
    const { text } = decodeUtf8(joinBytes(pieces));
    return this.#suffix !== '' && skipSpecialTokens ? pythonStrip(text) : text;
  }

  /**
   * The bytes that each token adds to the decoded text of `ids`: empty for special tokens, parts of a character where a
   * character is split over tokens. Joined and decoded as UTF-8 they are `decode(ids)` (CLIP's last space apart).
   */
  piecesOf(ids: ArrayLike<number>): Uint8Array[] {
    let atStart = true;
    return Array.from(ids, (id) => {
      const piece = this.pieceOf(id, atStart);
      if (this.#hasText(id)) atStart = false;
      return piece;
    });
  }

  /**
   * The bytes that one token adds.
   * @param atStart no token with text came before: LLaMA tokenizers drop the first space of a text
   */
  pieceOf(id: number, atStart: boolean): Uint8Array {
    const token = this.#hasText(id) ? (this.#normalSpelling.get(id) ?? this.tokenOf(id)) : undefined;
    if (token === undefined) return new Uint8Array(0);
    const bytes = this.#bytesInText(token);
    return bytes.subarray(atStart && this.#stripsFirstSpace && bytes[0] === 0x20 ? 1 : 0);
  }

  #hasText(id: number): boolean {
    return !this.isSpecial(id) && this.tokenOf(id) !== undefined;
  }

  #bytesInText(token: string): Uint8Array {
    if (this.#suffix !== '' && token.endsWith(this.#suffix)) return Uint8Array.of(...fromByteLevel(this.#withoutSuffix(token)), 0x20);
    if (this.#byteLevel) return fromByteLevel(token);
    const byte = this.#byteFallback ? BYTE_TOKEN.exec(token)?.[1] : undefined;
    if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
    return ENCODER.encode(token.replaceAll(META_SPACE, ' '));
  }
}

/**
 * Reads a tokenizer.json.
 * @param json the file's text, or what JSON.parse made of it
 * @param config tokenizer_config.json where there is one
 * @throws WorkbenchError E-JSON, E-SCHEMA or E-UNSUPPORTED with the reason
 */
export function loadTokenizer(json: string | object, config: object = {}): Tokenizer {
  const parsed = typeof json === 'string' ? parseTokenizerJson(json) : json;
  if (!isRecord(parsed)) throw refuse('it is not an object');
  return new Tokenizer(parsed, config);
}

function parseTokenizerJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WorkbenchError('E-JSON', `tokenizer.json is not JSON: ${error instanceof Error ? error.message : String(error)}`, UNUSABLE);
  }
}
