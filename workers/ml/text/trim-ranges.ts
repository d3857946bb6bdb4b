// Post-processors with `trim_offsets` (GPT-2, RoBERTa): the range of a token without the white space at its ends.
import { BYTE_TO_CHARACTER } from './byte-level.ts';
import type { Range } from './align.ts';

/** What a post-processor says about ranges; null = they stay as they are. */
export type RangeTrimming = { addPrefixSpace: boolean } | null;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The trimming that a tokenizer.json's `post_processor` asks for. */
export function readRangeTrimming(config: unknown): RangeTrimming {
  if (!isRecord(config)) return null;
  if (Array.isArray(config.processors)) return config.processors.map(readRangeTrimming).find((one) => one !== null) ?? null;
  const trims = (config.type === 'ByteLevel' || config.type === 'RobertaProcessing') && config.trim_offsets === true;
  return trims ? { addPrefixSpace: config.add_prefix_space === true } : null;
}

const isSpace = (character: string): boolean => character === BYTE_TO_CHARACTER[0x20] || /^\p{White_Space}$/u.test(character);

/** @param isFirst it is the text's first token: a single space there may be the one that was put in front, and stays */
export function trimRange(token: string, [start, end]: Range, isFirst: boolean, { addPrefixSpace }: { addPrefixSpace: boolean }): Range {
  const characters = Array.from(token);
  const ink = characters.findIndex((character) => !isSpace(character));
  const leading = ink < 0 ? characters.length : ink;
  const trailing = characters.length - 1 - characters.findLastIndex((character) => !isSpace(character));
  const keepsSpace = addPrefixSpace && leading === 1 && (isFirst || start === 0);
  const from = keepsSpace ? start : Math.min(start + leading, end);
  return [from, trailing > 0 && end >= trailing ? Math.max(end - trailing, from) : end];
}
