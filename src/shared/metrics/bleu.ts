// BLEU of one text against one reference: 1- to 4-grams, brevity penalty, add-one smoothing above 1-grams (Lin and Och 2004), since
// single texts often share no 4-gram. Words as in text-overlap.ts. A weak measure; pages must say so.
import { overlapTokens } from './text-overlap.ts';

const MOST_WORDS = 4;

function counts(words: readonly string[], size: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 0; i + size <= words.length; i++) {
    const gram = words.slice(i, i + size).join(' ');
    found.set(gram, (found.get(gram) ?? 0) + 1);
  }
  return found;
}

/** Share of the generated n-grams that the reference has, each as often as it has it. */
function precision(generated: readonly string[], reference: readonly string[], size: number): number {
  const wanted = counts(reference, size);
  let matched = 0;
  for (const [gram, count] of counts(generated, size)) matched += Math.min(count, wanted.get(gram) ?? 0);
  const total = Math.max(0, generated.length - size + 1);
  return size === 1 ? matched / total : (matched + 1) / (total + 1);
}

/** 0..1; 0 where either text has no word or none is shared. */
export function sentenceBleu(generated: string, reference: string): number {
  const [got, wanted] = [overlapTokens(generated), overlapTokens(reference)];
  if (got.length === 0 || wanted.length === 0) return 0;
  const precisions = Array.from({ length: MOST_WORDS }, (_, i) => precision(got, wanted, i + 1));
  if (precisions[0] === 0) return 0;
  const brevity = got.length >= wanted.length ? 1 : Math.exp(1 - wanted.length / got.length);
  return brevity * Math.exp(precisions.reduce((sum, value) => sum + Math.log(value), 0) / MOST_WORDS);
}
