// Added tokens (`<s>`, `<|endoftext|>`, ...): found in the text before anything else. Mirrors tokenizers' AddedVocabulary.
import { codePointCount } from '../../../src/shared/text/python-text.ts';
import { WORD } from '../../../src/shared/text/sentences.ts';
import { mapText } from './normalise.ts';
import type { MappedNormalizer, MappedText } from './normalise.ts';

/** One entry of tokenizer.json's `added_tokens`. */
export interface AddedToken {
  id: number;
  content: string;
  special: boolean;
  /** true: searched in the normalised text; false: in the text as given. */
  normalized: boolean;
  /** White space before or after it belongs to it. */
  lstrip: boolean;
  rstrip: boolean;
  /** Counts only where no word character touches it. */
  singleWord: boolean;
}

/** A run of ordinary text, or one added token with its range of source code points. */
export type Section =
  | { kind: 'text'; text: MappedText }
  /** `spelling` is the token as it stands in the text, with the white space that it takes. */
  | { kind: 'added'; token: AddedToken; spelling: string; start: number; end: number };

interface Finder {
  pattern: RegExp;
  byContent: Map<string, AddedToken>;
}

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function createFinder(entries: [content: string, token: AddedToken][]): Finder | null {
  const usable = entries.filter(([content]) => content.length > 0).toSorted((a, b) => b[0].length - a[0].length);
  if (usable.length === 0) return null;
  const alternatives = usable.map(([content]) => escapePattern(content));
  return { pattern: new RegExp(alternatives.join('|'), 'gu'), byContent: new Map(usable) };
}

const ENDS_IN_WORD = new RegExp(`[${WORD}]$`, 'u');
const STARTS_WITH_WORD = new RegExp(`^[${WORD}]`, 'u');
const SPACE = /\p{White_Space}/u;
const LEADING_SPACE = /^\p{White_Space}*/u;

/** Start of the white space that ends at `end`, not before `least`. */
function startOfSpace(text: string, least: number, end: number): number {
  let at = end;
  while (at > least && SPACE.test(text[at - 1] ?? '')) at--;
  return at;
}

/** An added token in a text, in UTF-16 units. */
interface Found {
  token: AddedToken;
  start: number;
  end: number;
}

/** The added tokens of a text in order; a token never takes white space that the one before it has taken. */
function findAdded(text: string, { pattern, byContent }: Finder): Found[] {
  const found: Found[] = [];
  let done = 0;
  for (const { 0: content, index } of text.matchAll(pattern)) {
    const token = byContent.get(content);
    if (token === undefined) continue;
    const after = index + content.length;
    const touchesWord = ENDS_IN_WORD.test(text.slice(Math.max(0, index - 2), index)) || STARTS_WITH_WORD.test(text.slice(after, after + 2));
    if (token.singleWord && touchesWord) continue;
    const start = token.lstrip ? startOfSpace(text, done, index) : index;
    const end = token.rstrip ? after + (LEADING_SPACE.exec(text.slice(after))?.[0].length ?? 0) : after;
    found.push({ token, start, end });
    done = end;
  }
  return found;
}

const slice = (text: MappedText, from: number, to: number): MappedText => ({
  characters: text.characters.slice(from, to),
  starts: text.starts.slice(from, to),
  ends: text.ends.slice(from, to),
});

/** Splits one run of text at the added tokens of a finder. */
function splitText(text: MappedText, finder: Finder | null): Section[] {
  if (finder === null) return [{ kind: 'text', text }];
  const joined = text.characters.join('');
  const sections: Section[] = [];
  let done = 0;
  let doneUnits = 0;
  for (const { token, start, end } of findAdded(joined, finder)) {
    const spelling = joined.slice(start, end);
    const from = done + codePointCount(joined.slice(doneUnits, start));
    const to = from + codePointCount(spelling);
    if (from > done) sections.push({ kind: 'text', text: slice(text, done, from) });
    sections.push({ kind: 'added', token, spelling, start: text.starts[from] ?? 0, end: text.ends[to - 1] ?? 0 });
    done = to;
    doneUnits = end;
  }
  if (done < text.characters.length) sections.push({ kind: 'text', text: slice(text, done, text.characters.length) });
  return sections;
}

/** Cuts a text into normalised runs and added tokens. */
export type SectionSplitter = (text: string) => Section[];

/** Builds the two searches: as given before the normalizer, then in the normalised text. */
export function createSectionSplitter(tokens: AddedToken[], normalize: MappedNormalizer): SectionSplitter {
  const plain = createFinder(tokens.filter((token) => !token.normalized).map((token) => [token.content, token]));
  const inNormalised = createFinder(
    tokens.filter((token) => token.normalized).map((token) => [normalize(mapText(token.content, 0)).characters.join(''), token]),
  );
  return (text) =>
    splitText(mapText(text, 0), plain).flatMap((section) =>
      section.kind === 'added' ? [section] : splitText(normalize(section.text), inNormalised),
    );
}
