// The normalizers of a tokenizer.json, applied so that every resulting character still knows the source range it came from.
// The library normalises plain strings; exact offsets need this form. Rules as observed from tokenizers 0.23 (test/fixtures).
import { WorkbenchError } from '../../../src/shared/errors.ts';

/** Normalised characters and the range of source code points of each. */
export interface MappedText {
  /** One code point each. */
  characters: string[];
  starts: number[];
  ends: number[];
}

/** A step of the chain. */
export type MappedNormalizer = (text: MappedText) => MappedText;

/** A piece of the source as mapped characters. @param offset code points before the piece */
export function mapText(text: string, offset: number): MappedText {
  const characters = Array.from(text);
  return { characters, starts: characters.map((_, i) => offset + i), ends: characters.map((_, i) => offset + i + 1) };
}

function emptyMapped(): MappedText {
  return { characters: [], starts: [], ends: [] };
}

function append(target: MappedText, content: string, start: number, end: number): void {
  for (const character of content) {
    target.characters.push(character);
    target.starts.push(start);
    target.ends.push(end);
  }
}

function append1to1(target: MappedText, source: MappedText, from: number, to: number, contents: string[]): void {
  for (let i = from; i < to; i++) append(target, contents[i - from] ?? '', source.starts[i] ?? 0, source.ends[i] ?? 0);
}

function prepend(content: string): MappedNormalizer {
  return (text) => {
    if (text.characters.length === 0) return text;
    const result = emptyMapped();
    append(result, content, text.starts[0] ?? 0, text.ends[0] ?? 0);
    append1to1(result, text, 0, text.characters.length, text.characters);
    return result;
  };
}

/** Code-point index at each UTF-16 index. */
function codePointIndex(characters: string[]): number[] {
  const index: number[] = [];
  characters.forEach((character, i) => {
    for (let unit = 0; unit < character.length; unit++) index.push(i);
  });
  index.push(characters.length);
  return index;
}

function replace(pattern: RegExp, content: string): MappedNormalizer {
  return (text) => {
    const joined = text.characters.join('');
    const indexOf = codePointIndex(text.characters);
    const result = emptyMapped();
    let done = 0;
    for (const match of joined.matchAll(pattern)) {
      const from = indexOf[match.index] ?? 0;
      const to = indexOf[match.index + match[0].length] ?? 0;
      if (to === from) continue;
      append1to1(result, text, done, from, text.characters.slice(done, from));
      // The reference gives what is put in the range of the last character that it replaces.
      append(result, content, text.starts[to - 1] ?? 0, text.ends[to - 1] ?? 0);
      done = to;
    }
    append1to1(result, text, done, text.characters.length, text.characters.slice(done));
    return result;
  };
}

// Rust lower-cases each character by itself; toLowerCase on the whole text would apply the final-sigma rule.
const lowercase: MappedNormalizer = (text) => {
  const result = emptyMapped();
  append1to1(
    result,
    text,
    0,
    text.characters.length,
    text.characters.map((character) => character.toLowerCase()),
  );
  return result;
};

// Characters that may combine with the one before: marks and the trailing jamo of a Hangul syllable.
const CONTINUES = /[\p{M}\u1160-\u11ff\uff9e\uff9f]/u;

/** Unicode normalization; a composed character has the range of its first code point. */
function unicodeForm(form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): MappedNormalizer {
  return (text) => {
    const result = emptyMapped();
    for (let from = 0; from < text.characters.length;) {
      let to = from + 1;
      while (to < text.characters.length && CONTINUES.test(text.characters[to] ?? '')) to++;
      appendSegment(result, text, from, to, form);
      from = to;
    }
    return result;
  };
}

/** Places of each character in a decomposed text, handed out in order. */
class Places {
  readonly #queues = new Map<string, number[]>();

  constructor(decomposed: string) {
    Array.from(decomposed).forEach((character, place) => {
      const queue = this.#queues.get(character);
      if (queue === undefined) this.#queues.set(character, [place]);
      else queue.push(place);
    });
  }

  take(character: string): number | undefined {
    return this.#queues.get(character)?.shift();
  }
}

const DECOMPOSED = { NFC: 'NFD', NFD: 'NFD', NFKC: 'NFKD', NFKD: 'NFKD' } as const;

/** Normalises characters [from, to), which do not interact with their neighbours. */
function appendSegment(target: MappedText, source: MappedText, from: number, to: number, form: keyof typeof DECOMPOSED): void {
  const segment = source.characters.slice(from, to);
  const joined = segment.join('');
  const normal = joined.normalize(form);
  if (normal === joined) return append1to1(target, source, from, to, segment);
  // The reference gives the n-th decomposed character, after reordering, the source of the n-th before it.
  const origins = segment.flatMap((character, i) => Array.from(character.normalize(DECOMPOSED[form]), () => from + i));
  const places = new Places(joined.normalize(DECOMPOSED[form]));
  for (const character of normal) {
    const [first = 0] = Array.from(character.normalize(DECOMPOSED[form]), (part) => places.take(part));
    const origin = origins[first] ?? from;
    append(target, character, source.starts[origin] ?? 0, source.ends[origin] ?? 0);
  }
}

function keep(text: MappedText, from: number, to: number, isKept: (character: string) => boolean): MappedText {
  const result = emptyMapped();
  for (let i = from; i < to; i++) {
    const character = text.characters[i] ?? '';
    if (isKept(character)) append(result, character, text.starts[i] ?? 0, text.ends[i] ?? 0);
  }
  return result;
}

const isSpace = (character: string): boolean => /^\p{White_Space}$/u.test(character);

function strip(left: boolean, right: boolean): MappedNormalizer {
  return (text) => {
    const ink = (character: string): boolean => !isSpace(character);
    const [first, last] = [text.characters.findIndex(ink), text.characters.findLastIndex(ink)];
    // Of white space alone nothing is left, whichever side is stripped.
    if (first < 0) return left || right ? emptyMapped() : text;
    return keep(text, left ? first : 0, right ? last + 1 : text.characters.length, () => true);
  };
}

const stripAccents: MappedNormalizer = (text) => keep(text, 0, text.characters.length, (character) => !/^\p{M}$/u.test(character));

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Rust's `\s` is White_Space; JavaScript's adds U+FEFF and misses U+0085. */
export function rustPattern(source: string): string {
  return source.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}');
}

function patternOf(value: unknown): RegExp {
  if (isRecord(value) && typeof value.String === 'string') return new RegExp(value.String.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gu');
  if (isRecord(value) && typeof value.Regex === 'string') return new RegExp(rustPattern(value.Regex), 'gu');
  throw unsupported('Replace without a pattern');
}

function unsupported(type: string): WorkbenchError {
  return new WorkbenchError(
    'E-UNSUPPORTED',
    `The tokenizer uses the normalizer "${type}", which cannot be followed character by character.`,
    {
      safe: 'Nothing was stored or loaded.',
      remedy: 'Use a LLaMA, CLIP or byte-level tokenizer.json.',
    },
  );
}

/**
 * The chain of a tokenizer.json's `normalizer`.
 * @throws WorkbenchError E-UNSUPPORTED for a type whose offsets cannot be followed
 */
export function createMappedNormalizer(config: unknown): MappedNormalizer {
  if (config === null || config === undefined) return (text) => text;
  if (!isRecord(config)) throw unsupported(typeof config);
  switch (config.type) {
    case 'Sequence': {
      const steps = Array.isArray(config.normalizers) ? config.normalizers.map(createMappedNormalizer) : [];
      return (text) => steps.reduce((current, step) => step(current), text);
    }
    case 'Prepend':
      return prepend(textOf(config.prepend));
    case 'Replace':
      return replace(patternOf(config.pattern), textOf(config.content));
    case 'Lowercase':
      return lowercase;
    case 'Strip':
      return strip(config.strip_left !== false, config.strip_right !== false);
    case 'StripAccents':
      return stripAccents;
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return unicodeForm(config.type);
    default:
      throw unsupported(String(config.type));
  }
}

/**
 * What a pre-tokenizer does to the characters before it cuts: Metaspace turns spaces into U+2581 and puts one in front, ByteLevel
 * may put a space in front. The identity for others.
 */
export function createSpaceMapping(config: unknown): MappedNormalizer {
  if (!isRecord(config)) return (text) => text;
  if (config.type === 'Sequence') return createSpaceMapping(Array.isArray(config.pretokenizers) ? config.pretokenizers[0] : undefined);
  if (config.type === 'ByteLevel' && config.add_prefix_space === true) return prependUnlessThere(' ');
  return config.type === 'Metaspace' ? createMetaspace(config) : (text) => text;
}

function prependUnlessThere(mark: string): MappedNormalizer {
  const putInFront = prepend(mark);
  return (text) => (text.characters[0] === mark ? text : putInFront(text));
}

function createMetaspace(config: Record<string, unknown>): MappedNormalizer {
  const mark = typeof config.replacement === 'string' ? config.replacement : '\u2581';
  const replaceSpaces = replace(/ /gu, mark);
  const putInFront = prependUnlessThere(mark);
  const prepends = config.prepend_scheme !== 'never' && config.add_prefix_space !== false;
  return (text) => {
    const isPlaced = config.prepend_scheme !== 'first' || isTextStart(text);
    return prepends && isPlaced ? putInFront(replaceSpaces(text)) : replaceSpaces(text);
  };
}

/** Whether a run begins where the source begins: the scheme `first` looks at that. */
export const isTextStart = ({ starts }: MappedText): boolean => starts[0] === 0;
