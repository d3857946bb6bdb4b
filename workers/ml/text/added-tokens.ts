// Added tokens (`<s>`, `<|endoftext|>`, ...): found in the text before anything else. Mirrors tokenizers' AddedVocabulary.
import { mapText } from './normalise.ts';
import type { MappedNormalizer, MappedText } from './normalise.ts';

/** One entry of tokenizer.json's `added_tokens`. */
export interface AddedToken {
  id: number;
  content: string;
  special: boolean;
  /** true: searched in the normalised text; false: in the text as given. */
  normalized: boolean;
  lstrip: boolean;
  rstrip: boolean;
}

/** A run of ordinary text, or one added token with its range of source code points. */
export type Section = { kind: 'text'; text: MappedText } | { kind: 'added'; token: AddedToken; start: number; end: number };

interface Finder {
  pattern: RegExp;
  byContent: Map<string, AddedToken>;
}

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function createFinder(entries: [content: string, token: AddedToken][]): Finder | null {
  const usable = entries.filter(([content]) => content.length > 0).toSorted((a, b) => b[0].length - a[0].length);
  if (usable.length === 0) return null;
  const alternatives = usable.map(([content, token]) => {
    const body = `(${escapePattern(content)})`;
    return `${token.lstrip ? '\\p{White_Space}*' : ''}${body}${token.rstrip ? '\\p{White_Space}*' : ''}`;
  });
  return { pattern: new RegExp(alternatives.join('|'), 'gu'), byContent: new Map(usable) };
}

const slice = (text: MappedText, from: number, to: number): MappedText => ({
  characters: text.characters.slice(from, to),
  starts: text.starts.slice(from, to),
  ends: text.ends.slice(from, to),
});

const lengthInCodePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

/** Splits one run of text at the added tokens of a finder. */
function splitText(text: MappedText, finder: Finder | null): Section[] {
  if (finder === null) return [{ kind: 'text', text }];
  const joined = text.characters.join('');
  const sections: Section[] = [];
  let done = 0;
  let doneUnits = 0;
  for (const match of joined.matchAll(finder.pattern)) {
    const content = match.slice(1).find((group) => group !== undefined);
    const token = content === undefined ? undefined : finder.byContent.get(content);
    if (token === undefined) continue;
    const from = done + lengthInCodePoints(joined.slice(doneUnits, match.index));
    const to = from + lengthInCodePoints(match[0]);
    if (from > done) sections.push({ kind: 'text', text: slice(text, done, from) });
    sections.push({ kind: 'added', token, start: text.starts[from] ?? 0, end: text.ends[to - 1] ?? 0 });
    done = to;
    doneUnits = match.index + match[0].length;
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
