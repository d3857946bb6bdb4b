// The drawn subset in the address, so that a link draws the same one: `?tab=splits&subset=1000&seed=42&of=aster&part=test`. Pure.
import { oneOf, type LinkRule } from '../../../components/link-values.ts';
import type { CountRow, Split } from '../../../shared/domain/sample.ts';
import { OFFICIAL_SEED, OFFICIAL_SIZE } from '../../../shared/official-subset.ts';

/** What is drawn from, how many, by which seed. */
export interface SubsetChoice {
  /** Empty: all domains. */
  domain: string;
  /** Empty: all splits. */
  split: Split | '';
  size: number;
  seed: number;
}

/** The script's own values. */
export const OFFICIAL_CHOICE: SubsetChoice = { domain: '', split: '', size: OFFICIAL_SIZE, seed: OFFICIAL_SEED };

const SPLITS: readonly Split[] = ['train', 'val', 'test', 'none'];

/** A whole number from `least` on, or null. */
export function wholeNumber(text: string, least: number): number | null {
  const value = Number(text);
  return text.trim() !== '' && Number.isSafeInteger(value) && value >= least ? value : null;
}

/** The subset that the address asks for; null where it asks for none. A value that is not known counts as not given. */
export function readSubset(params: URLSearchParams, counts: readonly CountRow[]): SubsetChoice | null {
  const size = wholeNumber(params.get('subset') ?? '', 1);
  if (size === null) return null;
  return {
    size,
    seed: wholeNumber(params.get('seed') ?? '', 0) ?? OFFICIAL_SEED,
    domain: oneOf(domainsOf(counts), params.get('of')) ?? '',
    split: oneOf(splitsOf(counts), params.get('part')) ?? '',
  };
}

/** The address with this subset in it. */
export function withSubset(now: URLSearchParams, { size, seed, domain, split }: SubsetChoice): URLSearchParams {
  const next = new URLSearchParams(now);
  next.set('subset', String(size));
  next.set('seed', String(seed));
  for (const [name, value] of [
    ['of', domain],
    ['part', split],
  ] as const) {
    // prettier-ignore
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}

/** Name of the tag of a subset: what it was drawn from, how many, seed. */
export function subsetTag({ domain, split, size, seed }: SubsetChoice): string {
  return ['subset', domain, split, size, `seed${seed}`].filter(Boolean).join('-').toLowerCase();
}

/** What a link may ask of the Splits tab. */
export function subsetRules(counts: readonly CountRow[]): readonly LinkRule[] {
  return [
    { parameter: 'subset', what: 'a subset of', isKnown: (text) => wholeNumber(text, 1) !== null, why: 'is not a whole number from 1', instead: 'the empty form' }, // prettier-ignore
    { parameter: 'seed', what: 'the seed', isKnown: (text) => wholeNumber(text, 0) !== null, why: 'is not a whole number from 0', instead: `seed ${OFFICIAL_SEED}` }, // prettier-ignore
    { parameter: 'of', what: 'the domain', isKnown: (text) => domainsOf(counts).includes(text), instead: 'every domain' },
    { parameter: 'part', what: 'the split', isKnown: (text) => oneOf(splitsOf(counts), text) !== null, instead: 'every split' },
  ];
}

/** By name. */
export function domainsOf(counts: readonly CountRow[]): string[] {
  return [...new Set(counts.map(({ domain }) => domain))].sort();
}

/** Those that have images. */
export function splitsOf(counts: readonly CountRow[]): Split[] {
  return SPLITS.filter((split) => counts.some((row) => row.split === split));
}
