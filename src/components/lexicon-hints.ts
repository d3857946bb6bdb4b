// Where the word lists read a paragraph otherwise than a person would (spec/prpo.md 5.2, weak spots). Pure.
import { formatPlural } from './format.ts';
import type { LexiconHit, ParagraphRecord } from '../shared/domain/answer.ts';
import { negatorPlace } from '../shared/text/lexicon.ts';

/** Terms of the real list that are common in any sense. */
const VAGUE = ['appropriate', 'expected'];
/** The negators that are written with an apostrophe, with the typographic one, which the list does not have. */
const CURLY_NEGATOR = /(?<!\p{L})(?:doesn|isn|aren|can|won)’t(?!\p{L})/giu;
const WINDOW = 80;

/** Terms flipped by one and the same negator, by its place. */
function flippedTogether(text: string, hits: readonly LexiconHit[]): { word: string; starts: Set<number> }[] {
  const byPlace = new Map<number, { word: string; starts: Set<number> }>();
  for (const { negator, start } of hits) {
    const place = negator ? negatorPlace(text, start) : null;
    if (!negator || !place) continue;
    const known = byPlace.get(place.start) ?? { word: negator, starts: new Set<number>() };
    byPlace.set(place.start, { ...known, starts: known.starts.add(start) });
  }
  return [...byPlace.values()].filter(({ starts }) => starts.size > 1);
}

/** One sentence per weak spot; empty for most paragraphs. */
export function lexiconHints({
  text,
  hits,
  realScore,
  fakeScore,
}: Pick<ParagraphRecord, 'text' | 'hits' | 'realScore' | 'fakeScore'>): string[] {
  const vague = VAGUE.filter((term) => hits.some((hit) => hit.term === term));
  const curly = Array.from(text.matchAll(CURLY_NEGATOR)).filter(({ 0: { length }, index }) =>
    hits.some(({ start }) => start >= index + length && start - index - length <= WINDOW),
  );
  return [
    ...flippedTogether(text, hits).map(
      ({ word, starts }) =>
        `One “${word}” flips ${formatPlural(starts.size, 'term')}: a negator acts on every term in the 80 characters after it.`,
    ),
    ...vague.map((term) => `“${term}” is on the real list whatever it refers to.`),
    ...[...new Set(curly.map(([word]) => word))].map(
      (word) => `“${word}” is no negator: the list knows it only with a straight apostrophe.`,
    ),
    ...(hits.length > 0 && realScore === fakeScore ? ['Both sides are equal: a tie counts as real.'] : []),
  ];
}
