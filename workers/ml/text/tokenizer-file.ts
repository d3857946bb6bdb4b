// The two tokenizer.json forms that this project writes: a byte-level LLaMA-like one and a CLIP-like one.
import { BYTE_TO_CHARACTER } from './byte-level.ts';

export type TokenizerStyle = 'llama' | 'clip';

/** A tokenizer.json. */
export interface TokenizerFile {
  version: '1.0';
  truncation: null;
  padding: null;
  added_tokens: object[];
  normalizer: object | null;
  pre_tokenizer: object;
  post_processor: object;
  decoder: object;
  model: { type: 'BPE'; vocab: Record<string, number>; merges: [string, string][] } & Record<string, unknown>;
}

/** LLaMA's first ids; <unk> is also the padding, as in template v1. */
export const LLAMA_SPECIALS = ['<unk>', '<s>', '</s>'] as const;
/** CLIP's last two ids. */
export const CLIP_SPECIALS = ['<|startoftext|>', '<|endoftext|>'] as const;

// CLIP's published split pattern.
const CLIP_PATTERN = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/** Ids before the first merge: LLaMA's specials and the bytes, or CLIP's bytes without and with `</w>`. */
export function baseVocabulary(style: TokenizerStyle): string[] {
  if (style === 'llama') return [...LLAMA_SPECIALS, ...BYTE_TO_CHARACTER];
  return [...BYTE_TO_CHARACTER, ...BYTE_TO_CHARACTER.map((character) => `${character}</w>`)];
}

const specialToken = (content: string, id: number): object => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const byteLevel = (addPrefixSpace: boolean): object => ({
  type: 'ByteLevel',
  add_prefix_space: addPrefixSpace,
  trim_offsets: true,
  use_regex: true,
});

function model(tokens: string[], merges: [string, string][], extra: Record<string, unknown>): TokenizerFile['model'] {
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return {
    type: 'BPE',
    dropout: null,
    continuing_subword_prefix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    ...extra,
    vocab,
    merges,
  };
}

/**
 * The whole file.
 * @param tokens spelling of each id, without CLIP's two specials
 */
export function tokenizerFile(style: TokenizerStyle, tokens: string[], merges: [string, string][]): TokenizerFile {
  return style === 'llama' ? llamaFile(tokens, merges) : clipFile(tokens, merges);
}

function llamaFile(tokens: string[], merges: [string, string][]): TokenizerFile {
  const start = { SpecialToken: { id: '<s>', type_id: 0 } };
  const first = { Sequence: { id: 'A', type_id: 0 } };
  const second = { Sequence: { id: 'B', type_id: 1 } };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: LLAMA_SPECIALS.map(specialToken),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(false)] },
    post_processor: {
      type: 'TemplateProcessing',
      single: [start, first],
      pair: [start, first, second],
      special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
    },
    decoder: byteLevel(true),
    model: model(tokens, merges, { unk_token: '<unk>', end_of_word_suffix: null }),
  };
}

function clipFile(tokens: string[], merges: [string, string][]): TokenizerFile {
  const all = [...tokens, ...CLIP_SPECIALS];
  const [start, end] = [all.length - 2, all.length - 1];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [specialToken(CLIP_SPECIALS[0], start), specialToken(CLIP_SPECIALS[1], end)],
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' }, { type: 'Lowercase' }],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex: CLIP_PATTERN }, behavior: 'Removed', invert: true }, byteLevel(false)],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [CLIP_SPECIALS[1], end],
      cls: [CLIP_SPECIALS[0], start],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: byteLevel(true),
    model: model(all, merges, { unk_token: CLIP_SPECIALS[1], continuing_subword_prefix: '', end_of_word_suffix: '</w>' }),
  };
}
